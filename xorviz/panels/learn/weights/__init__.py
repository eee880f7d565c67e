"""The panel Weights.

Weights or gradients as coloured numbers; a weight can be set.
"""
