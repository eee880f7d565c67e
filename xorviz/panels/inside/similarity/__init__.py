"""The panel Symmetry: which hidden units compute the same, now and over time."""
