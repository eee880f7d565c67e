"""Which state a network is in, on what evidence, and what to try.

Names, sentences and advice come from here, for window and command line alike.
"""
