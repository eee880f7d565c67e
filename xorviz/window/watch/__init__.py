"""Runs that another program trains, in the window."""
