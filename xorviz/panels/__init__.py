"""Every panel of the window: a folder (or file) each, and one line in the registry.

Panels see core and lab values and the ui parts; never the engine or files.
"""
