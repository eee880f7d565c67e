"""The panel Success map.

Success rate over two settings.
"""
