"""Diagnosis of a network: its state, the evidence, and advice.
All names, sentences and advice of window and command line are defined here."""
