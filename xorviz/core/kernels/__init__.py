"""What takes the training steps: one seam, a NumPy kernel, a Numba kernel.

A kernel takes n steps from one state and returns what was measured on the way.
"""
