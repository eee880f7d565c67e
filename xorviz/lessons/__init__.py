"""Lessons: predict, run, see why. Each is data; see README.md here."""
