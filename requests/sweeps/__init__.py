"""What comes due by the clock."""
