"""Dialogs: Help, About, a second run side by side, a network from another program."""
