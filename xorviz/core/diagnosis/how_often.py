"""How often networks without a fault are in a state: a table that was measured.

Each recipe was trained by full batch from 500 seeds, 0 to 499. A network counts for the state of
its outputs alone, as it does for a reader who knows no more of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xorviz.core import numerals
from xorviz.core.diagnosis.stuck_states import NO_ROW, ONE_ROW, THREE_ROWS, TWO_ROWS
from xorviz.core.diagnosis.words import UNKNOWN
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.core.settings import RunConfig

SEEDS = 500
AFTER = (100, 1_000, 20_000, 100_000)
"""Steps."""
_LONG = 2
"""The place in AFTER of the steps that most networks need."""
_BASE = RunConfig(width=2, biases=True, rate=0.5)
_OPEN = {"width", "biases"}
"""Settings that may have any value of the table where they are not known."""
_LEAVE = 0.8
"""Networks leave a state if a smaller share of those once seen in it are there at the end."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A row of the table. A value."""

    settings: Mapping[str, Any]
    """What differs from width 2 with biases at rate 0.5."""
    counts: Mapping[str, tuple[int, ...]]
    """Networks after each of AFTER, by state, if there are any."""

    @property
    def config(self) -> RunConfig:
        """All settings but the seed."""
        return replace(_BASE, **self.settings)

    @property
    def text(self) -> str:
        """The settings in words."""
        return joined(recipe_parts(self.config).values())

    def of(self, state: str) -> tuple[int, ...]:
        """Return how many networks are in a state after each of AFTER."""
        return self.counts.get(state, (0,) * len(AFTER))

    def line(self, state: str) -> str:
        """Return these numbers in words, with the settings."""
        counts = ", ".join(map(numerals.whole, self.of(state)))
        return f"{counts} ({self.text})"

    def fits(self, said: Mapping[str, Any]) -> bool:
        """Return whether it has what is said and, of what is not, the usual settings."""
        mine = self.config
        usual = {name: getattr(mine if name in _OPEN else _BASE, name) for name in _VARIED}
        return all(getattr(mine, name) == said.get(name, usual[name]) for name in _VARIED)


RECIPES = (
    Recipe({}, {
        "learned": (0, 319, 422, 423), TWO_ROWS: (0, 70, 68, 68), ONE_ROW: (0, 19, 10, 9),
        NO_ROW: (500, 28, 0, 0), UNKNOWN: (0, 64, 0, 0)}),
    Recipe({"width": 3}, {
        "learned": (0, 463, 494, 495), TWO_ROWS: (0, 9, 6, 5),
        NO_ROW: (500, 5, 0, 0), UNKNOWN: (0, 23, 0, 0)}),
    Recipe({"biases": False}, {
        "learned": (0, 0, 126, 127), THREE_ROWS: (0, 0, 136, 136), TWO_ROWS: (0, 32, 108, 109),
        ONE_ROW: (0, 185, 120, 119), NO_ROW: (500, 173, 10, 9), UNKNOWN: (0, 110, 0, 0)}),
    Recipe({"width": 3, "biases": False}, {
        "learned": (0, 0, 412, 492), THREE_ROWS: (0, 90, 82, 2), TWO_ROWS: (0, 53, 6, 6),
        ONE_ROW: (0, 22, 0, 0), NO_ROW: (500, 62, 0, 0), UNKNOWN: (0, 273, 0, 0)}),
    Recipe({"init_range": 0.1}, {
        "learned": (0, 0, 289, 478), TWO_ROWS: (0, 0, 0, 1), ONE_ROW: (0, 0, 2, 0),
        NO_ROW: (500, 500, 205, 21), UNKNOWN: (0, 0, 4, 0)}),
    Recipe({"rate": 0.01}, {
        "learned": (0, 0, 0, 406), TWO_ROWS: (0, 0, 22, 69), ONE_ROW: (0, 0, 83, 13),
        NO_ROW: (471, 500, 176, 5), UNKNOWN: (29, 0, 219, 7)}),
    Recipe({"activation": "tanh"}, {
        "learned": (0, 318, 326, 327), TWO_ROWS: (159, 171, 169, 169), ONE_ROW: (75, 11, 5, 4),
        NO_ROW: (25, 0, 0, 0), UNKNOWN: (241, 0, 0, 0)}),
    Recipe({"activation": "relu"}, {
        "learned": (41, 129, 129, 129), THREE_ROWS: (2, 0, 0, 0), TWO_ROWS: (35, 35, 35, 35),
        ONE_ROW: (152, 149, 149, 149), NO_ROW: (189, 187, 187, 187), UNKNOWN: (81, 0, 0, 0)}),
)  # fmt: skip
_VARIED = sorted({name for recipe in RECIPES for name in recipe.settings})
HEADING = f"Networks without a fault in this state, of {SEEDS}, after {{}} and {{}} steps:".format(
    ", ".join(map(numerals.whole, AFTER[:-1])), numerals.whole(AFTER[-1])
)


def recipes(state: str, targets: Sequence[int], said: Mapping[str, Any]) -> tuple[Recipe, ...]:
    """Return the rows that are like what is said and have networks in a state; for XOR only."""
    if tuple(targets) != _BASE.targets:
        return ()
    like = [recipe for recipe in RECIPES if recipe.fits(said)]
    like = like or [recipe for recipe in RECIPES if recipe.fits({})]
    return tuple(recipe for recipe in like if any(recipe.of(state)))


def left_text(state: str, targets: Sequence[int], said: Mapping[str, Any]) -> str:
    """Return that networks without a fault are in a state, and leave it; else nothing."""
    for recipe in recipes(state, targets, said):
        *_, end = counts = recipe.of(state)
        most, steps = max(zip(counts, AFTER, strict=True))
        if end < _LEAVE * most:
            then, last = numerals.whole(steps), numerals.whole(AFTER[-1])
            of = f"of {SEEDS} networks without a fault, {most} are there after {then} steps"
            return f"Training passes through it: {of}, {end} after {last} ({recipe.text})."
    return ""


def without_biases_text(state: str, targets: Sequence[int], said: Mapping[str, Any]) -> str:
    """Return that more networks without biases than with them are in a state; else nothing."""
    if said.get("biases") or said.get("activation", "sigmoid") != "sigmoid":
        return ""
    for recipe in recipes(state, targets, {**said, "biases": False}):
        here = {"width": recipe.config.width}
        on = sum(one.of(state)[_LONG] for one in RECIPES if one.fits({**here, "biases": True}))
        if recipe.config == replace(_BASE, **here, biases=False) and recipe.of(state)[_LONG] > on:
            of = f"Of {SEEDS} networks of width {recipe.config.width} without a fault"
            then = f"after {numerals.whole(AFTER[_LONG])} steps at rate 0.5"
            return f"{of}, {recipe.of(state)[_LONG]} without biases are there {then}, {on} with."
    return ""
