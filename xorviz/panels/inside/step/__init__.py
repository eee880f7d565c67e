"""The panel One step.

One training step with all its numbers.
"""
