"""Parts for curves on axes.

Axes, ticks, curves with bounded points, step picking.
"""
