"""The project as a document: undo, open, save, autosave, settings, clipboard."""
