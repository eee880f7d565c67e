"""Panels of the workspace Learn: a run as it learns.
A folder each, but for the truth table and the diagnosis."""
