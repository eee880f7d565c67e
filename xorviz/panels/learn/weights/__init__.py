"""The panel Weights: weights or gradients as coloured numbers; weights can be set."""
