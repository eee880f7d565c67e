"""The export dialog, and off-screen rendering of views.
Each kind of file is declared in exporter.py."""
