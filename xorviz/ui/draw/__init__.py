"""Parts for painting by hand.

Cached pictures, colour tiles, label placement.
"""
