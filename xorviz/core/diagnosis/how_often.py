"""How often networks without a fault are in a state: a table that was measured.

Each recipe was trained by full batch from 500 seeds, 0 to 499. A network counts for the state of
its outputs alone, as it does for a reader who knows no more of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xorviz.core.diagnosis.stuck_states import NO_ROW, ONE_ROW, THREE_ROWS, TWO_ROWS
from xorviz.core.diagnosis.words import UNKNOWN
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.core.settings import RunConfig

SEEDS = 500
AFTER = (100, 1_000, 20_000, 100_000)
"""Steps."""
_BASE = RunConfig(width=2, biases=True, rate=0.5)
_LEAVE = 0.8
"""Networks leave a state if a smaller share of those once seen in it are there at the end."""


@dataclass(frozen=True, slots=True)
class Frequency:
    """A row of the table. A value."""

    settings: Mapping[str, Any]
    """What differs from width 2 with biases at rate 0.5."""
    counts: Mapping[str, tuple[int, ...]]
    """Networks after each of AFTER, by state, if there are any."""

    @property
    def text(self) -> str:
        """The settings in words, but for those of all rows."""
        texts = recipe_parts(replace(_BASE, **self.settings))
        named = ("init" if name == "init_range" else name for name in self.settings)
        return joined(texts[name] for name in dict.fromkeys(("width", "biases", *named)))

    def of(self, state: str) -> tuple[int, ...]:
        """Return how many networks are in a state after each of AFTER."""
        return self.counts.get(state, (0,) * len(AFTER))

    def to_dict(self, state: str) -> dict[str, Any]:
        """Return what differs and the counts of a state as values that JSON can represent."""
        after = dict(zip(map(str, AFTER), self.of(state), strict=True))
        return {"recipe": self.text, "networks": SEEDS, "after": after}


RECIPES = (
    Frequency({}, {
        "learned": (0, 319, 422, 423), TWO_ROWS: (0, 70, 68, 68), ONE_ROW: (0, 19, 10, 9),
        NO_ROW: (500, 28, 0, 0), UNKNOWN: (0, 64, 0, 0)}),
    Frequency({"width": 3}, {
        "learned": (0, 463, 494, 495), TWO_ROWS: (0, 9, 6, 5),
        NO_ROW: (500, 5, 0, 0), UNKNOWN: (0, 23, 0, 0)}),
    Frequency({"biases": False}, {
        "learned": (0, 0, 126, 127), THREE_ROWS: (0, 0, 136, 136), TWO_ROWS: (0, 32, 108, 109),
        ONE_ROW: (0, 185, 120, 119), NO_ROW: (500, 173, 10, 9), UNKNOWN: (0, 110, 0, 0)}),
    Frequency({"width": 3, "biases": False}, {
        "learned": (0, 0, 412, 492), THREE_ROWS: (0, 90, 82, 2), TWO_ROWS: (0, 53, 6, 6),
        ONE_ROW: (0, 22, 0, 0), NO_ROW: (500, 62, 0, 0), UNKNOWN: (0, 273, 0, 0)}),
    Frequency({"init_range": 0.1}, {
        "learned": (0, 0, 289, 478), TWO_ROWS: (0, 0, 0, 1), ONE_ROW: (0, 0, 2, 0),
        NO_ROW: (500, 500, 205, 21), UNKNOWN: (0, 0, 4, 0)}),
    Frequency({"rate": 0.01}, {
        "learned": (0, 0, 0, 406), TWO_ROWS: (0, 0, 22, 69), ONE_ROW: (0, 0, 83, 13),
        NO_ROW: (471, 500, 176, 5), UNKNOWN: (29, 0, 219, 7)}),
    Frequency({"activation": "tanh"}, {
        "learned": (0, 318, 326, 327), TWO_ROWS: (159, 171, 169, 169), ONE_ROW: (75, 11, 5, 4),
        NO_ROW: (25, 0, 0, 0), UNKNOWN: (241, 0, 0, 0)}),
    Frequency({"activation": "relu"}, {
        "learned": (41, 129, 129, 129), THREE_ROWS: (2, 0, 0, 0), TWO_ROWS: (35, 35, 35, 35),
        ONE_ROW: (152, 149, 149, 149), NO_ROW: (189, 187, 187, 187), UNKNOWN: (81, 0, 0, 0)}),
)  # fmt: skip
HEADING = (
    f"Of {SEEDS} networks trained by correct code, this many are in this state (rate 0.5, sigmoid "
    "units, sum of squared errors, all four rows in each update and initial weights within ±1, "
    "where no other is named):"
)


def recipes(state: str, targets: Sequence[int]) -> tuple[Frequency, ...]:
    """Return the rows with networks in a state; none for other targets than those of XOR."""
    is_xor = tuple(targets) == _BASE.targets
    return tuple(recipe for recipe in RECIPES if is_xor and any(recipe.of(state)))


def leave(state: str, targets: Sequence[int], **settings: Any) -> bool:
    """Return whether networks of this row are in a state, and leave it."""
    counts = [one.of(state) for one in recipes(state, targets) if one.settings == settings]
    return any(count[-1] < _LEAVE * max(count) for count in counts)


def need_biases(state: str, targets: Sequence[int]) -> bool:
    """Return whether more networks of width 2 end in a state without biases than with them."""
    ends = [one.of(state)[-1] for one in RECIPES if one.settings in ({}, {"biases": False})]
    return bool(recipes(state, targets)) and ends[0] < ends[1]
