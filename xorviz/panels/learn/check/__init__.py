"""The panel Check: what an imported training step changed, beside what it should have changed."""
