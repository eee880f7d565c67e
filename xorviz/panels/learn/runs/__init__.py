"""The panel Runs: the current and the pinned runs, and the settings in which they differ."""
