"""Runs of other programs: what comes from them, and what is reported of them."""
