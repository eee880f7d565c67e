"""Panels of the workspace Learn: a run as it learns."""
