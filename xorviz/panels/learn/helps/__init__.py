"""The panel of changes that may help, each tried on the spot."""
