"""The CSV table of the lab.

Its rows, its reader, and the file that is appended to and resumed.
"""
