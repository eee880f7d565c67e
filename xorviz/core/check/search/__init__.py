"""The search for what explains a training step."""
