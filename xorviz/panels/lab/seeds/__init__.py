"""The panel Seeds: one recipe from many initial weights."""
