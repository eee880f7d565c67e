"""How much anyone may ask of a lab; apart, so that the command line knows it at once."""

from xorviz.core.rules import Whole

STEPS = Whole(1, 10**9)
"""How many steps each network may take."""
SEED_COUNT = NETWORK_COUNT = Whole(1, 10**7)
"""How many seeds a plan may have, and how many networks anyone should ask for."""
