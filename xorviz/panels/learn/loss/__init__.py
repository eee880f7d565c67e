"""The panel Loss.

Loss of the run and of pinned runs, with marks and the gradient norm.
"""
