"""The panels of the window: one folder or file each, listed in the registry."""
