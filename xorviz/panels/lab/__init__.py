"""Panels of the lab.

Recipe, seeds, success map, gallery, published experiments.
"""
