"""The panel Weights: weights or gradients as coloured numbers; weights can be set.
Cells are painted by hand; an editor opens above one."""
