"""Networks of other programs, read from JSON, npz and printed arrays.
A matrix is turned where its shape demands it; names are matched loosely."""
