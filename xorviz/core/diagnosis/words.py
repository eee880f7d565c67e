"""Names and numbers of a diagnosis as text: steps, units, the lines of its evidence."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from xorviz.core import numerals
from xorviz.core.diagnosis.evidence import Evidence, unit_name
from xorviz.core.network import head_of
from xorviz.core.settings import RunConfig

Line = tuple[str, str]

UNTRAINED = "not trained yet"
"""The state of a network before its first step."""
UNKNOWN = "no known state"
"""The state of a network without a history that is in no other state."""

_MANY = 1_000_000_000
_FRACTIONS = {0: "0", 0.25: "¼", 0.33: "⅓", 0.5: "½", 0.67: "⅔", 0.75: "¾", 1: "1"}


def number_lines(evidence: Evidence) -> Iterator[Line]:
    """Yield a name and a text for each number that is known, the most important first."""
    if evidence.loss is not None:
        yield "loss", numerals.real(evidence.loss)
    if evidence.gradient_norm is not None:
        yield "gradient norm", numerals.real(evidence.gradient_norm, 3)
    if evidence.change is not None:
        slope = numerals.real(evidence.change, 2)
        yield "slope of the loss", f"{slope} per {evidence.config.step_word}"


def odd_units(evidence: Evidence) -> Iterator[tuple[tuple[int, ...], str]]:
    """Yield groups of hidden units, and what is odd about each: saturated, equal."""
    if evidence.saturated:
        yield evidence.saturated, "saturated"
    if evidence.dead:
        yield evidence.dead, "0 on every row"
    for group in evidence.coinciding:
        yield group, "equal" if evidence.are_equal else "nearly equal"


def number_of(share: float, config: RunConfig) -> str:
    """Return the number of a share in a run: of a target, or of a stuck state's level: −1, ½."""
    value = round(float(head_of(config).coding.value(np.array(share))), 2)
    return f"{numerals.MINUS * (value < 0)}{_FRACTIONS[abs(value)]}"


def pace(config: RunConfig) -> str:
    """Return the rate and, if there is any, the momentum: rate 0.5 and momentum 0.9."""
    momentum = f" and momentum {numerals.plain(config.momentum)}" if config.momentum else ""
    by = " by Adam" if config.optimizer == "adam" else momentum
    return f"rate {numerals.plain(config.rate)}{by}"


def about(steps: float, word: str = "step") -> str:
    """Return a count of steps rounded to two digits: about 34 000 steps."""
    words = numerals.plural(word)
    if math.isnan(steps) or steps >= _MANY:
        return f"more than a billion {words}"
    if steps < 10:
        return f"a few {words}"
    rounded = float(f"{steps:.1e}")
    if rounded < 1e6:
        return f"about {numerals.whole(rounded)} {words}"
    millions = rounded / 1e6
    amount = numerals.fixed(millions, 1) if millions < 10 else numerals.whole(millions)
    return f"about {amount.removesuffix('.0')} million {words}"


def units_text(units: Sequence[int], width: int) -> str:
    """Return hidden units by name, or their number where there are many."""
    if len(units) == width > 1:
        return "both hidden units" if width == 2 else f"all {width} hidden units"
    if len(units) > 4:
        return f"{len(units)} of {width} hidden units"
    return numerals.listed([unit_name(unit) for unit in units])


def unit_subject(units: Sequence[int], width: int) -> str:
    """Return the same at the beginning of a sentence; names stay small."""
    text = units_text(units, width)
    return text if text.startswith("h") else f"{text[0].upper()}{text[1:]}"
