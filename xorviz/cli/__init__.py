"""The command line: one file per command; imports Qt only in the commands that draw."""
