"""The panel Hidden space: the four rows as the output unit sees them."""
