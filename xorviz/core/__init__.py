"""The network and its training. Knows NumPy alone: no window, no thread, no file."""
