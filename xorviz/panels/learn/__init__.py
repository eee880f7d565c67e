"""Panels that show a run as it learns.

Shown in the workspace Learn.
"""
