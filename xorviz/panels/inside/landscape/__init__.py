"""The panel Landscape: loss over a plane of weights, with the path of the run."""
