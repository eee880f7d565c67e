"""The panel Units: the response of each hidden unit over the input square."""
