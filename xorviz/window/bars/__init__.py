"""Actions, menus, tool bar, timeline, status bar, diagnosis line.
Every action of the window is declared in actions.py."""
