"""Qt parts that know no network.

Plots, drawing, forms, frames, colours: what panels and window are built from.
"""
