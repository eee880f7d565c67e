"""Trials: changes to a network that does not learn, and the outcome of each."""
