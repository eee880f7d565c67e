"""Runs of any length in bounded memory: a recipe and its changes; the rest is computed again."""
