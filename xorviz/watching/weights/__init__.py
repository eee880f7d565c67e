"""The weights that a program shows: found in its arrays and models, read alike at every step."""
