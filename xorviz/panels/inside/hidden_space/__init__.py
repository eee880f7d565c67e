"""The panel Hidden space.

The four rows as the output unit sees them.
"""
