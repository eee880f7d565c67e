"""How to make a network fail: two units, no biases, and weights that are known to get stuck."""

from dataclasses import replace

from xorviz.core.diagnosis.reach import has_fixed_origin
from xorviz.core.settings import RunConfig

STUCK_SEED = 16
"""From its weights, two sigmoid units without biases never had all rows of XOR correct.

Tried with 240 random recipes of every loss, rates 0.01 to 5 and momentum to 0.9, 60,000 steps each.
"""
_FASTEST, _MOST_MOMENTUM = 5, 0.9
_UNITS = 2
_XOR = RunConfig().targets


def broken(config: RunConfig) -> RunConfig | None:
    """Return the settings with two units and no biases, with which XOR is not learned.

    The seed stays where any fails. None for settings of which that is not known, and for those
    that have no more units and no biases already.
    """
    if config.targets != _XOR or (config.width <= _UNITS and not config.biases):
        return None
    fewer = replace(config, width=_UNITS, biases=False)
    if has_fixed_origin(fewer):
        return fewer
    is_tried = config.rate <= _FASTEST and config.momentum <= _MOST_MOMENTUM
    if is_tried and (config.init, config.init_range) == ("uniform", RunConfig().init_range):
        return replace(fewer, seed=STUCK_SEED)
    return None
