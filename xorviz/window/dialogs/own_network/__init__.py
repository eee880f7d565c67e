"""The dialog for networks of other programs, and for their training steps."""
