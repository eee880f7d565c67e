"""The commands for a network of one's own program: diagnose and check."""
