"""Runs of other programs: what comes from them, and what is told of them."""
