"""The layout: trees of panels, what fits, and the desk that shows it."""
