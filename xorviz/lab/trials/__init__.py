"""What helps: changes to a network that does not learn, and what became of each."""
