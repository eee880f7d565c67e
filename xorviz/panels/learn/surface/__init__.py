"""The panel Decision surface: the output over the inputs, and the hidden units' lines."""
