"""Panels of the lab, which show its values and never train."""
