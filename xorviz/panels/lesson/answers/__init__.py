"""Where predictions are answered, by one student or by a class."""
