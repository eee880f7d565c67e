"""Base classes and shared parts of the panels.
Views of snapshots, views that need a slow analysis, views of the lab, and when they draw."""
