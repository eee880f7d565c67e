"""Panels of the workspace Inside: what goes on in the network. Made when first needed."""
