"""The command line: one file per command.
Imports Qt only in the commands that draw."""
