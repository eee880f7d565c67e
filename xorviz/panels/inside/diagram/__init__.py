"""The panel Network diagram: a graph whose weights can be edited.
Graph, layout and drawing are apart, so that each can be tested alone."""
