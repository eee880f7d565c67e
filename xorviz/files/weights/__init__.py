"""Networks from other programs.

Reads weights or outputs from JSON, npz and printed arrays.
"""
