"""Panels of the workspace Inside: what happens in the network. Made when first needed."""
