"""The panel Success map: success rate over two settings."""
