"""Exports of a run: pictures, animation, tables, and a NumPy script; and the table of a lab."""
