"""Many networks at once: what to train, training, results, workers.

No Qt. Window and command line both plan, run and read the lab through these.
"""
