"""A run of any length in bounded memory.

Trainer, trace, record, recording, snapshot, stop rules, and the project they belong to.
"""
