"""Many networks at once, without Qt: what to train, training, results, workers."""
