"""The panel Success map: success rate over two settings.
Each cell is a recipe; a click shows its seeds."""
