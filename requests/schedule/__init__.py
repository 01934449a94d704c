"""Time calculated: when what repeats takes place, when somebody is reminded, asked or written to. No rows are read."""
