"""Exports of a run: pictures, animation, tables, and a NumPy script that reproduces it."""
