"""Lessons: predict, run, see why. Each is data; see README.md here."""

SUFFIX = ".xlesson"
"""Of a lesson's file."""
