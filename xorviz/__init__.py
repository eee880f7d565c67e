"""A desktop instrument that shows a small neural network learning XOR, live."""

__version__ = "0.5.0"
