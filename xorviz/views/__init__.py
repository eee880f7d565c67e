"""The panels: a snapshot in, pixels out. They know neither each other nor the engine."""
