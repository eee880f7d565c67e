"""Runs and results as pages: in notebooks, as text, and as a file for a browser."""
