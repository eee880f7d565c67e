"""What the commands share: messages, Ctrl+C, and the check whether a window can open."""
