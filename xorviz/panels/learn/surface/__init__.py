"""The panel Decision surface: the output over the inputs, and the hidden units' lines.
The surface is an image on a pyqtgraph plot, with the 0.5 contour."""
