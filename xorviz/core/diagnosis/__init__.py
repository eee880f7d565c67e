"""Diagnosis of a network: its state, the evidence, and all words for them."""
