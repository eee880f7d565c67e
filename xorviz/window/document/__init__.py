"""What a person works on: the project, its history and its file.

Undo, open, save, autosave, settings, clipboard.
"""
