"""Connects the lab's panels with its training and its files.

One object runs the lab; the others open, export and ask.
"""
