"""Frames and small widgets around the content.

Panel frame, buttons, notice bar, icons.
"""
