"""The panel Loss: the loss of the run and of pinned runs, with marks and the gradient norm."""
