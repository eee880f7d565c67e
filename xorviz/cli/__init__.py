"""The command line: one file per command. Only commands that draw import Qt."""
