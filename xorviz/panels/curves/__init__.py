"""Curves of runs over the step axis.

Bounded points, one style for each pinned run, and how axes fit to them.
"""
