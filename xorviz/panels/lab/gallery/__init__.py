"""The panel Gallery.

Decision surfaces of many networks, side by side.
"""
