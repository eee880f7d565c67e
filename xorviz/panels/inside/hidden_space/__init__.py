"""The panel Hidden space: the four rows as the output unit sees them.
Plane, axes and the warped input grid are painted by hand."""
