"""Pages of people and circles, a module per noun."""
