"""The panel One step: one training step with all its numbers."""
