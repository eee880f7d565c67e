"""The panel Symmetry.

Which hidden units compute the same, now and over time.
"""
