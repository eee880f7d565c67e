"""The panel Units.

The response of each hidden unit over the input square.
"""
