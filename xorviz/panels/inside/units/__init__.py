"""The panel Units: the response of each hidden unit over the input square.
A tile for each unit, painted by hand."""
