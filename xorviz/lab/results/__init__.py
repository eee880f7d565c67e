"""Results of a lab: outcomes, success rate, histogram, map, published experiments."""
