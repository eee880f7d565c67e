"""Many networks at once, without Qt: what to train, training, results, workers."""

from xorviz.core.rules import Whole

STEPS = Whole(1, 10**9)
"""Steps of each network."""
SEED_COUNT = NETWORK_COUNT = Whole(1, 10**7)
"""Seeds of a plan, and networks of a command."""
