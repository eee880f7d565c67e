"""Whether a training step is a gradient step, and what is wrong in it if it is not."""
