"""Colours and fonts, light and dark.

Every colour on screen comes from here.
"""
