"""Colours and fonts, light and dark; every colour on screen comes from here."""
