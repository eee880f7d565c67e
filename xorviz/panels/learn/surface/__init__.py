"""The panel Decision surface.

The output over the input square, its 0.5 contour, and the hidden units' lines.
"""
