"""The panel Landscape: loss over a plane of weights, with the path of the run.
The losses are computed in core/analysis; the view asks for them."""
