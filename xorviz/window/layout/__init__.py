"""The docks: makes the panels, arranges them in each workspace, restores layouts."""
