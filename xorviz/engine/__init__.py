"""Training beside the window: a worker in its own thread, and the session that paces it."""
