"""The export dialog, and off-screen rendering of views."""
