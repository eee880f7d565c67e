"""The computing core: configuration, network, value ranges and number formats.
Imports NumPy and, where installed, Numba: no Qt, no files, no windows."""
