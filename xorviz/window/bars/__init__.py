"""Actions, menus, tool bar, timeline, status bar, diagnosis line."""
