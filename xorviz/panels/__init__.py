"""The panels of the window: one folder or file each, listed in the registry.
Panels see core and lab values and the ui parts; never the engine or files."""
