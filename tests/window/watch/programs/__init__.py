"""Programs of other people, each run in a process of its own. They take a number of steps."""
