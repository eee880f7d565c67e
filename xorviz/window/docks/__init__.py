"""Where panels stand, in each workspace.

Makes panels, arranges them, and remembers the layout.
"""
