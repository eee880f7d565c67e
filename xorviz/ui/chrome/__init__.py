"""Frames and small widgets around the content: panel frame, buttons, notice bar, icons.
Panel frame, buttons, notice bar, icons."""
