"""The panel Published: published experiments, and the results of xorviz."""
