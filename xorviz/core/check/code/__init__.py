"""Whether the code of any network is right: through its own forward function."""
