"""The main window and the application: the one place where panels and engine meet."""
