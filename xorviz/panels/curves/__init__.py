"""Curves of runs over the step axis: painting, styles of pinned runs, and axis ranges."""
