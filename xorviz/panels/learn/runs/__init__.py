"""The panel Runs.

The table of pinned runs, and in which settings they differ.
"""
