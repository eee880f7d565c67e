"""What a network cannot learn with any weights, and settings that make it fail."""

from dataclasses import replace

from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS

NOT_FOR_ONE_UNIT = ((1, 0, 1, 0), (0, 1, 0, 1))
"""XOR and its complement, which no line separates, and so no single hidden unit."""

ORIGIN = ROWS.index((0, 0))
"""Index of row 00, where only biases affect a unit."""


_ONE_SIDE = "the output stays on one side of ½"
STUCK_SEED = 16
"""From its weights, two sigmoid units without biases never had all rows of XOR correct.

Tried with 240 random recipes of every loss, rates 0.01 to 5 and momentum to 0.9, 60,000 steps each.
"""
_FASTEST, _MOST_MOMENTUM = 5, 0.9
_UNITS = 2
_XOR = RunConfig().targets


def has_fixed_origin(config: RunConfig) -> bool:
    """Return whether the output at row 00 is ½ for all weights."""
    return not config.biases and config.activation in {"tanh", "relu"}


def most_right(config: RunConfig) -> int:
    """Return how many rows can be correct at most; exact for one hidden unit.

    Without biases, the output of one sigmoid or ReLU unit is on the same side of one half in all
    rows; a tanh unit is odd, so its answer to 1 1 follows from equal ones to 1 0 and 0 1.
    """
    is_one = config.width == 1
    if config.biases:
        return 3 if is_one and config.targets in NOT_FOR_ONE_UNIT else 4
    is_fixed = has_fixed_origin(config)
    free = [target for row, target in enumerate(config.targets) if not (is_fixed and row == ORIGIN)]
    if not is_one:
        return len(free)
    if config.activation == "tanh":
        at_10, at_01, at_11 = free
        return 2 if at_10 == at_01 != at_11 else 3
    return max(sum(free), len(free) - sum(free))


def for_one_unit(targets: tuple[int, ...]) -> str:
    """Return why one hidden unit cannot learn targets; empty where it can."""
    if targets not in NOT_FOR_ONE_UNIT:
        return ""
    return f"one hidden unit draws one line; {'XOR' if targets[0] else 'its complement'} needs two"


def limit_text(config: RunConfig) -> str:
    """Return why not all rows can be correct, and how many can; empty where all can."""
    most = most_right(config)
    if most == len(ROWS):
        return ""
    if config.width == 1 and (reason := for_one_unit(config.targets)):
        if not config.biases:
            is_odd = config.activation == "tanh"
            line = "the line runs through row 00"
            reason += f", and without biases {line if is_odd else _ONE_SIDE}"
    elif config.width > 1:
        reason = "without biases the output at row 00 is ½"
    elif config.activation == "tanh":
        reason = "one tanh unit without biases draws one line, through row 00"
    else:
        reason = f"with one unit without biases {_ONE_SIDE}"
    return f"at most {most} of 4 rows can be correct: {reason}"


def broken(config: RunConfig) -> RunConfig | None:
    """Return the settings with two units and no biases, which fail to learn XOR.

    The seed is kept if every seed fails. None if it is not known whether they fail, and if the
    settings have no biases and at most two units already.
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
