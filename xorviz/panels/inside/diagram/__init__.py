"""The network as a diagram.

Units, edges and biases with their numbers; edges can be set.
"""
