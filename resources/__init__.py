"""Icons, presets and texts, read with importlib.resources."""
