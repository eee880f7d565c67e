"""What a training step may be made of: activations, losses, batches, and faults."""
