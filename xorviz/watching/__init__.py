"""Training loops of other programs, shown live in a window: the client, and what it speaks."""
