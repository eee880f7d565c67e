"""Panels of the lab: recipe, seeds, success map, gallery, published experiments.
They show values of xorviz.lab and never train."""
