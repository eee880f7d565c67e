"""What several plots over the step axis share: the gradient norm, and styles of pinned runs."""
