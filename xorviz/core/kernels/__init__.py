"""Kernels, which compute training steps: one in NumPy and one compiled with Numba."""
