"""The panel Loss: the loss of the run and of pinned runs, with marks and the gradient norm.
The plot is pyqtgraph's; the legend and the marks are painted by hand."""
