"""The panel Seeds.
One recipe from many initial weights: rate, histogram, every seed."""
