"""What follows in this app from something elsewhere, one file for each hook of `circles.hooks`."""
