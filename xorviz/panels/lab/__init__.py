"""Panels of the lab: recipe, seeds, success map, gallery, published experiments."""
