"""Networks of other programs, read from JSON, npz and printed arrays."""
