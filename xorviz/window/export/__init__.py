"""The export dialog, and the widgets that draw off screen.

Pictures, animations, scripts, tables.
"""
