"""Kernels, which compute training steps: one in NumPy and one compiled with Numba.
A kernel takes n steps from one state and returns what was measured on the way."""
