"""The sentences of a diagnosis and its evidence."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from xorviz.core import numerals
from xorviz.core.diagnosis.evidence import Evidence, row_name, unit_name
from xorviz.core.diagnosis.reach import for_one_unit
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.runs.snapshot import LEARNED_ERROR
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED

Line = tuple[str, str]

UNTRAINED = "not trained yet"
"""The state of a network before its first step."""
UNKNOWN = "no known state"
"""The state of a network without a history that is in no other state."""

_PARTS = {
    1 / 4: "one quarter",
    1 / 3: "one third",
    1 / 2: "one half",
    2 / 3: "two thirds",
    3 / 4: "three quarters",
}
_MANY = 1_000_000_000
_NEAR = 0.05
"""Largest distance of outputs that are called near a value."""
_TOO_STEEP = "the next step is too large"
_STEEP = 0.1
"""A fall of more than this share of the loss is not stated as a number."""


def sentence(state: str, evidence: Evidence, of_curvature: str = "") -> str:
    """Return the sentences for a state.

    The last one says why not all rows can be correct or, where they can, what the curvature says.
    """
    if state == UNTRAINED:
        return f"{state.capitalize()}."
    limit = f"{evidence.limit[0].upper()}{evidence.limit[1:]}." if evidence.limit else ""
    said = f"{_head(state, evidence)}: {_DETAILS.get(state, _stuck)(evidence)}"
    return " ".join(filter(None, (said, limit or of_curvature)))


def _head(state: str, evidence: Evidence) -> str:
    """Return the state's name, or since when all rows are correct or learned, if known."""
    since, first = evidence.right_since, evidence.first_right
    # A watched run keeps only some steps, so the first of them bounds the exact step.
    at = "by" if evidence.is_watched else "at"
    if state == "learned" and evidence.learned_since is not None:
        return f"Learned {at} step {numerals.whole(evidence.learned_since)}"
    if state == "learning" and since is not None:
        again = " again" if first is not None and first < since else ""
        return f"All four correct{again} {at} step {numerals.whole(since)}"
    if state == UNKNOWN and evidence.is_right:
        return "All four correct"
    if state in NAMES and evidence.worst_other >= LEARNED_ERROR:
        state = state.replace("learned", "nearly learned")
    return state.capitalize()


def number_lines(evidence: Evidence) -> Iterator[Line]:
    """Yield a name and a text for each number that is known, the most important first."""
    if evidence.loss is not None:
        yield "loss", numerals.real(evidence.loss)
    if evidence.gradient_norm is not None:
        yield "gradient norm", numerals.real(evidence.gradient_norm, 3)
    if evidence.change is not None:
        yield "slope of the loss", f"{numerals.real(evidence.change, 2)} per step"
    # While rows are wrong, the slope says little about how long it takes.
    if (left := evidence.steps_left) and evidence.is_right:
        yield "remaining", about(left) if math.isfinite(left) else "no end in sight"


def odd_units(evidence: Evidence) -> Iterator[tuple[tuple[int, ...], str]]:
    """Yield groups of hidden units, and what is odd about each: at the bounds, equal."""
    if evidence.saturated:
        yield evidence.saturated, "at the bounds"
    if evidence.dead:
        yield evidence.dead, "0 on every row"
    for group in evidence.coinciding:
        yield group, "equal" if evidence.are_equal else "nearly equal"


def pace(config: RunConfig) -> str:
    """Return the rate and, if there is any, the momentum: rate 0.5 and momentum 0.9."""
    momentum = f" and momentum {numerals.plain(config.momentum)}" if config.momentum else ""
    return f"rate {numerals.plain(config.rate)}{momentum}"


def about(steps: float) -> str:
    """Return a count of steps rounded to two digits: about 34 000 steps."""
    if math.isnan(steps) or steps >= _MANY:
        return "more than a billion steps"
    if steps < 10:
        return "a few steps"
    rounded = float(f"{steps:.1e}")
    if rounded < 1e6:
        return f"about {numerals.whole(rounded)} steps"
    millions = rounded / 1e6
    amount = numerals.fixed(millions, 1) if millions < 10 else numerals.whole(millions)
    return f"about {amount.removesuffix('.0')} million steps"


def rows_text(rows: Sequence[int]) -> str:
    """Return rows by name: rows 0 1 and 1 1."""
    return f"row{'s' * (len(rows) > 1)} {numerals.listed([row_name(row) for row in rows])}"


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


def _unknown(evidence: Evidence) -> str:
    has_all = evidence.is_right
    first = f"the largest error is {_small(max(evidence.errors))}" if has_all else _right(evidence)
    if evidence.slope is None:
        return f"{first}."
    if evidence.is_too_steep:
        return f"{first}, and {_TOO_STEEP}."
    if -evidence.slope > _STEEP * (evidence.loss or 0.0):
        return f"{first}, and steps at {evidence.pace} are long here."
    fall = f"falls by {_small(-evidence.slope)} per step" if evidence.slope else "does not fall"
    return f"{first}, and by the gradient the loss {fall} at {evidence.pace}."


def _learning(evidence: Evidence) -> str:
    change = evidence.change or 0.0
    if change >= 0:
        return _counted(evidence, "the loss does not fall at this step")
    return _counted(evidence, _TOO_STEEP) if evidence.is_too_steep else _falling(evidence, -change)


def _falling(evidence: Evidence, fall: float) -> str:
    left = evidence.steps_left
    has_all = evidence.is_right
    if has_all and evidence.learned_later is not None:
        return (
            f"all four errors are below 0.1 from step {numerals.whole(evidence.learned_later)} on."
        )
    if has_all and left is not None and math.isfinite(left):
        return f"{about(left)} to go at this pace."
    if fall > _STEEP * (evidence.loss or 0.0):
        return _counted(evidence, "the gradient is steep")
    return _counted(evidence, f"the loss falls by {_small(fall)} per step")


def _counted(evidence: Evidence, rest: str) -> str:
    """Return how many rows are correct, unless the head says so, and the rest of a sentence."""
    if evidence.is_right:
        known = evidence.right_since is not None
        return f"{rest}." if known else f"all four rows are correct, and {rest}."
    before = evidence.first_right
    lost = "" if before is None else f" (all four were at step {numerals.whole(before)})"
    return f"{_right(evidence)}{lost}, and {rest}."


def _right(evidence: Evidence) -> str:
    return f"{evidence.right} of 4 rows {'is' if evidence.right == 1 else 'are'} correct"


def _learned(evidence: Evidence) -> str:
    largest = min(max(evidence.errors), 0.099)  # not rounded up to 0.10
    return f"all four errors are below 0.1; the largest is {_small(largest)}."


def _stuck(evidence: Evidence) -> str:
    """Return where the rows that are not learned are, and how far the others are from learned."""
    pinned, worst = evidence.pinned, evidence.worst_other
    held = _held(evidence)
    if len(pinned) == 4:
        return f"all four outputs {held}{', the mean of their targets' if 'near' in held else ''}."
    if len(pinned) == 3:
        other = next(row for row in COUNTED if row not in pinned)
        is_learned = worst < LEARNED_ERROR
        first = "is learned" if is_learned else f"is {_small(worst)} from its target"
        return f"{rows_text([other])} {first}; the other three outputs {held}."
    rest = "" if worst < LEARNED_ERROR else f"; the largest error of the others is {_small(worst)}"
    return f"{rows_text(pinned)} {held}{rest}."


def _saturated(evidence: Evidence) -> str:
    if evidence.firmly_wrong:
        rows = evidence.firmly_wrong
        return (
            f"{rows_text(rows)} {'is' if len(rows) == 1 else 'are'} far on the wrong side, where "
            "the output of a sigmoid hardly changes."
        )
    units = evidence.saturated
    does = "is" if len(units) == 1 else "are"
    return (
        f"{units_text(units, len(evidence.saturation))} {does} at the bounds on nearly every row, "
        "so hardly any gradient gets through."
    )


def _oscillating(evidence: Evidence) -> str:
    low, high = (_small(end) for end in evidence.swing or (0.0, 0.0))
    where = f"near {low}" if low == high else f"between {low} and {high}"
    return f"the loss goes up and down {where} instead of falling; the steps are too large here."


def _too_slow(evidence: Evidence) -> str:
    left = evidence.steps_left
    if left is None or not math.isfinite(left):
        return "the loss does not fall here, and the outputs are no known stuck state."
    pace = "this pace" if evidence.is_own else evidence.pace
    return f"at {pace} all four errors are below 0.1 only in {about(left)}."


def diverging(evidence: Evidence) -> str:
    """Return which numbers are beyond all bounds, or will be."""
    if evidence.is_last and evidence.is_watched:
        return "after this state, the program came to numbers that are not finite."
    if evidence.is_last:
        return "after the next step the loss or a weight would no longer be finite."
    if evidence.loss is not None and math.isfinite(evidence.loss):
        return "there are weights beyond a million, and each step still moves them far."
    return "there are numbers that are no longer finite."


def _dead_units(evidence: Evidence) -> str:
    dead, width = evidence.dead, len(evidence.saturation)
    subject = units_text(dead, width)
    is_one = len(dead) == 1
    rest = "" if len(dead) == width else "; the rest cannot separate the rows"
    return (
        f"{subject} {'is' if is_one else 'are'} 0 on every row and "
        f"{'gets' if is_one else 'get'} no gradient{rest}."
    )


def _symmetric_units(evidence: Evidence) -> str:
    units = units_text(evidence.coinciding[0], len(evidence.coinciding[0]))
    reason = "" if evidence.limit else for_one_unit(evidence.targets)
    rest = f" {reason[0].upper()}{reason[1:]}." if reason else ""
    if evidence.are_equal:
        return (
            f"{units} have equal weights and get equal gradients, so they stay as one unit.{rest}"
        )
    return f"{units} hardly differ in their incoming weights, so they act as one unit now.{rest}"


def _negated(evidence: Evidence) -> str:
    says = "all four outputs are the opposite of their targets"
    if evidence.is_own and not evidence.is_watched:
        return f"{says}."
    return f"{says}; targets or the sign of the gradient may be inverted."


def _held(evidence: Evidence) -> str:
    """Return where the pinned outputs are: near their level or, unless all are, in numbers."""
    values = [evidence.outputs[row] for row in evidence.pinned]
    is_are = "are" if len(values) > 1 else "is"
    if max(abs(value - evidence.level) for value in values) < _NEAR:
        return f"{is_are} near {_PARTS[evidence.level]}"
    low, high = (numerals.fixed(end(values), 2) for end in (min, max))
    return f"{is_are} at {low}" if low == high else f"lie between {low} and {high}"


def _small(number: float) -> str:
    return numerals.real(number, 2)


_DETAILS: Mapping[str, Callable[[Evidence], str]] = {
    "learning": _learning,
    "learned": _learned,
    "negated": _negated,
    UNKNOWN: _unknown,
    "saturated": _saturated,
    "oscillating": _oscillating,
    "too slow": _too_slow,
    "diverging": diverging,
    "dead units": _dead_units,
    "symmetric units": _symmetric_units,
}
"""Of all states but the stuck ones."""
