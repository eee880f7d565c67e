"""The panel Network: a diagram whose weights can be edited."""
