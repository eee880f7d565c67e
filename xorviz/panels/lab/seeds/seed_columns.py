"""The columns of the table of seeds: what each says of a network, and what it is sorted by.

Shapes: N networks of one recipe, in the order of the plan's seeds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xorviz.core import numerals
from xorviz.core.config import COUNTED, ROWS
from xorviz.lab.results.book import LabPicture
from xorviz.lab.training.cohort import NO_STEP
from xorviz.panels.lab.outcomes import OUTCOMES, codes_of

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Column:
    """What stands at the head of a column, and what is below. A value."""

    header: str
    tip: str
    sample: str
    """As wide as texts commonly are."""
    values: Callable[[LabPicture, range], Array]
    """(N,) of the networks at these places; NaN where there is none."""
    write: Callable[[float], str]


def _seeds(picture: LabPicture, places: range) -> Array:  # noqa: ARG001
    return np.array(picture.plan.seeds, dtype=float)


def _outcomes(picture: LabPicture, places: range) -> Array:
    return codes_of(picture, places).astype(float)


def _outcome_text(code: float) -> str:
    return OUTCOMES[int(code)]


def _steps(name: str) -> Callable[[LabPicture, range], Array]:
    def values(picture: LabPicture, places: range) -> Array:
        steps = getattr(picture, name)[places.start : places.stop]
        return np.where(steps == NO_STEP, np.nan, steps)

    return values


def _numbers(name: str) -> Callable[[LabPicture, range], Array]:
    def values(picture: LabPicture, places: range) -> Array:
        found: Array = getattr(picture, name)[places.start : places.stop]
        return found

    return values


def _output(row: int) -> Column:
    x1, x2 = ROWS[row]

    def values(picture: LabPicture, places: range) -> Array:
        found: Array = picture.outputs[places.start : places.stop, row]
        return found

    tip = f"What the network answers to {x1} {x2} in the end"
    return Column(f"y {x1}{x2}", tip, "0.88", values, lambda y: numerals.fixed(y, 2))


COLUMNS = (
    Column("seed", "Seed of the initial weights", "88888", _seeds, numerals.plain),
    Column("outcome", "What became of the network", "one row on the fence", _outcomes,
           _outcome_text),
    Column("first right", "The first step after which all four rows were right",
           numerals.whole(88_888), _steps("first_right"), numerals.whole),
    Column("first learned", "The first step after which all four errors were below 0.1",
           numerals.whole(88_888), _steps("first_learned"), numerals.whole),
    Column("loss", "The loss in the end", numerals.real(8.888e-8), _numbers("loss"),
           numerals.real),
    Column("gradient", "The norm of the gradient in the end: how steep the loss is",
           numerals.real(8.888e-8), _numbers("gradient_norm"), numerals.real),
    *(_output(row) for row in COUNTED),
)  # fmt: skip
SEED, OUTCOME, FIRST_RIGHT, FIRST_LEARNED = range(4)
