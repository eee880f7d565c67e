"""Training many networks side by side in one process.

A NumPy and a Numba form of the steps; each network stops at its own step.
"""
