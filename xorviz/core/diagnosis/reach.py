"""What a network cannot learn with any weights, and settings that make it fail.

Rows 10 and 01 are opposite, as are 11 and 00: inputs of -1 and 1 have the other signs there.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations

from xorviz.core import numerals
from xorviz.core.network import head_of, inputs
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS

NOT_FOR_ONE_UNIT = ((1, 0, 1, 0), (0, 1, 0, 1))
"""XOR and its complement, which no line separates, and so no single hidden unit."""

ORIGIN = ROWS.index((0, 0))
"""Index of row 00, where only biases affect a unit if inputs are 0 and 1."""
_X1, _X2, _BOTH = (ROWS.index(row) for row in ((1, 0), (0, 1), (1, 1)))
_OPPOSITE = ({_X1, _X2}, {ORIGIN, _BOTH})

STUCK_SEED = 16
"""From its weights, two sigmoid units without biases never had all rows of XOR correct.

Tried with 240 recipes: the 28 lines with any loss, rates 0.01 to 5, momentum to 0.9; 60,000 steps.
"""
_FASTEST, _MOST_MOMENTUM = 5, 0.9
_UNITS = 2
_XOR = RunConfig().targets


def has_fixed_origin(config: RunConfig) -> bool:
    """Return whether the output at row 00 is the same for all weights: that for z = 0."""
    is_zero = not inputs(config)[ORIGIN].any() and config.activation in {"tanh", "relu"}
    return not config.biases and is_zero


@lru_cache(maxsize=256)
def most_right(config: RunConfig) -> int:
    """Return how many rows can be correct at most; exact for one hidden unit."""
    choices = (c for n in range(len(ROWS), 0, -1) for c in combinations(range(len(ROWS)), n))
    return next((len(rows) for rows in choices if not any(_reasons(config, rows))), 0)


def limit_text(config: RunConfig) -> str:
    """Return why not all rows can be correct, and how many can; empty where all can."""
    most = most_right(config)
    if most == len(ROWS):
        return ""
    return f"at most {most} of 4 rows can be correct: {reason_text(config)}"


def reason_text(config: RunConfig) -> str:
    """Return why not all rows can be correct; empty where all can."""
    return ", and ".join(filter(None, _reasons(config, range(len(ROWS)))))


def for_one_unit(targets: tuple[int, ...]) -> str:
    """Return why one hidden unit cannot learn targets; empty where it can."""
    if targets not in NOT_FOR_ONE_UNIT:
        return ""
    return f"one hidden unit draws one line; {'XOR' if targets[0] else 'its complement'} needs two"


def _reasons(config: RunConfig, rows: Sequence[int]) -> Iterator[str]:
    """Yield why some rows cannot all be correct, whatever the weights are."""
    ones, zeros = ({row for row in rows if config.targets[row] == bit} for bit in (1, 0))
    middle, is_one = head_of(config).middle, config.width == 1
    half, is_at_zero = "½" if config.output == "sigmoid" else "0", has_fixed_origin(config)
    if math.isinf(middle):  # the others are correct with any weights
        if zeros:
            yield f"a sigmoid's output is never below 0, and the target {numerals.MINUS}1 is"
        return
    if is_one and len(rows) == len(ROWS) and (reason := for_one_unit(config.targets)):
        yield reason
    if config.biases:
        return
    # An output for z = 0 is correct for target 0 if the middle is above.
    if is_at_zero and (ORIGIN in ones or (ORIGIN in zeros and not middle)):
        yield f"without biases the output at row 00 is {half}"
    if is_one and config.activation != "tanh" and not middle and ones and zeros:
        yield f"with one unit without biases the output stays on one side of {half}"
    # A unit's input for 11 is the sum of those for 10 and 01, so it is on their side of 0.
    are_same = [same for same in ((ones,) if middle else (ones, zeros)) if {_X1, _X2} <= same]
    if is_one and is_at_zero and are_same and _BOTH in (ones | zeros) - are_same[0]:
        yield "without biases one unit adds up for row 11 what it gets for 10 and for 01"
    if config.coding == "plus-minus":
        yield _opposite_reason(config, ones, zeros)


def _opposite_reason(config: RunConfig, ones: set[int], zeros: set[int]) -> str:
    """Return why rows cannot all be correct where inputs are -1 and 1, without biases."""
    plus, minus = (max(len(some & pair) for pair in _OPPOSITE) for some in (ones, zeros))
    match config.activation:
        case "tanh" if max(plus, minus) > 1:
            return "without biases tanh units give opposite outputs for opposite inputs"
        case "sigmoid" if plus > 1 and minus > 1:
            return "without biases z at 00 and z at 11 add up to the same as at 01 and 10"
        case "relu" if plus + minus > config.width:  # each answers one of two opposite inputs
            return f"without biases these targets need {plus + minus} ReLU units"
    return ""


def broken(config: RunConfig) -> RunConfig | None:
    """Return the settings with two units and no biases, which fail to learn XOR.

    The seed is kept if every seed fails. None if it is not known whether they fail, and if the
    settings have no biases and at most two units already.
    """
    if config.targets != _XOR or (config.width <= _UNITS and not config.biases):
        return None
    fewer = replace(config, width=_UNITS, biases=False)
    if most_right(fewer) < len(ROWS):
        return fewer
    is_tried = config.rate <= _FASTEST and config.momentum <= _MOST_MOMENTUM
    tried = {name: getattr(config, name) for name in ("rate", "momentum", "loss", "seed")}
    if is_tried and fewer == replace(RunConfig(width=_UNITS), **tried):
        return replace(fewer, seed=STUCK_SEED)
    return None
