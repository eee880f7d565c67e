"""What computes: configuration, network, rules and numerals, on NumPy alone.

No Qt. Nothing in here knows a file, a thread or a window.
"""
