"""The panel Symmetry: which hidden units compute the same, now and over time.
A matrix of pairs above the history of the chosen pair."""
