"""The docks: makes the panels, arranges them in each workspace, restores layouts.
Makes panels, arranges them, and remembers the layout."""
