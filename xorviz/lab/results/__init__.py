"""Results of a lab: outcomes, success rate, histogram, map, published experiments.
Values made from the outcome of each network; no training happens here."""
