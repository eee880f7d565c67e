"""Programs that take one training step, as people write them; none of them imports a rule."""
