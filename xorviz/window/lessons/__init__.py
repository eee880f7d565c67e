"""Lessons in the window: what is begun, opened, framed and brought back for each."""
