"""The panel One step: one training step with all its numbers.
Forward pass, gradient and update, a line for each number."""
