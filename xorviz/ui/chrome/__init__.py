"""Frames and small widgets around the content: panel frame, buttons, notice bar, icons."""
