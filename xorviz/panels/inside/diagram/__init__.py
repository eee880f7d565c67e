"""The panel Network: a diagram whose weights can be edited.
Graph, layout and drawing are apart, so that each can be tested alone."""
