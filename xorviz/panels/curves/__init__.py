"""Curves of runs over the step axis: painting, styles of pinned runs, and axis ranges.
Bounded points, one style for each pinned run, and how axes fit to them."""
