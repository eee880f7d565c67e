"""Where predictions are answered, by one person or by a class."""
