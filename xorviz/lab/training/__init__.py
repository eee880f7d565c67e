"""Training of many networks side by side in one process, with NumPy or Numba."""
