"""Many networks at once: what to train, training, results, workers.
No Qt. The window and the command line share this code."""
