"""Why the run learns or does not, and what to do about it."""
