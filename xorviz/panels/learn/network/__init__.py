"""The panel Network diagram: a graph whose weights can be edited."""
