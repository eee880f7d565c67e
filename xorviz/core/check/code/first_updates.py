"""The first updates of a program, checked as it makes them.

Shapes: R = 4 rows, O outputs, P numbers of the weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.check_code import (
    NOTHING,
    ONE_UPDATE,
    UNCONFIRMED,
    Judge,
    concluded,
    unfit,
)
from xorviz.core.check.code.code_check import CodeCheck
from xorviz.core.check.code.holders import Holders
from xorviz.core.check.code.losses import ROUNDINGS, WRONG, Slopes
from xorviz.core.check.code.program import Call, Program, Updates, programs
from xorviz.core.check.step_check import CORRECT, UNDECIDED
from xorviz.core.network import INPUTS
from xorviz.core.numerals import listed
from xorviz.core.rules import SettingError
from xorviz.core.truth_table import COUNTED

UPDATES = 3
"""Updates that are checked: a fault must be in two of them."""
MOST_NUMBERS = 200
"""Of weights: for each one predict is called six times and more."""
_MOST_OUTPUTS = 4
_XOR = (0, 1, 1, 0)
_ROWS = INPUTS[[*COUNTED]]
_LATER = " Found in a later update."
_IN_A_LOOP = {
    ONE_UPDATE: "No array follows the gradient of a known loss: is there exactly one update from "
    "one call to the next? With Adam, clipping or several updates, use xorviz.check_code.",
    NOTHING: f"No weight changed in the first {UPDATES} updates.",
    UNCONFIRMED: "What looked wrong in one update was not confirmed by another.",
}
_TOO_WIDE = "The code is not checked: predict returns more than two outputs; use xorviz.check_code."


def predicting(predict: Call, weights: object) -> Program:
    """Return a program with the way in which predict takes rows. Raises SettingError.

    Its weights are as they were, to the last bit.
    """
    troubles = []
    try:
        holders = Holders(weights, None)
    except SettingError:  # arrays that are too large to be moved, or no floats
        holders = Holders(np.zeros(1), None)
    try:
        for outputs in range(1, _MOST_OUTPUTS + 1):
            t = np.zeros((len(_ROWS), outputs))
            try:
                return programs(Program(holders, predict, lambda: None, False, _ROWS, t))[0]
            except SettingError as error:
                troubles.append(error)
        raise troubles[0]
    finally:
        holders.restore()


@dataclass(frozen=True, eq=False)
class _Seen(Program):
    """A program whose updates have been seen, and are not made again."""

    seen: tuple[Updates, ...] = ()
    """One without the changes before it, and the same one with them."""

    def updates(self, theta: Array, *, again: bool = False) -> Updates:  # noqa: ARG002
        return self.seen[again]


class FirstUpdates:
    """Checks the first updates of a program by its weights before and after each.

    Those are moved while predict is called, and are then as they were, to the last bit.
    """

    def __init__(self, program: Program, targets: Sequence[int] | None) -> None:
        """Take a program, and its targets for 00, 01, 10, 11 if they are known."""
        self._program, self._targets = program, targets
        self._t: Array | None = None
        """The targets (R, O) that have explained an update."""
        self._names: list[str] = []
        self._last: tuple[Array, Slopes] | None = None
        """The weights (P,) at the last call, and how outputs depend on them."""
        self._velocity: Array | None = None
        """(P,) the change before the next one."""
        self._found: list[CodeCheck] = []
        """Of each update."""

    def take(self, weights: object) -> CodeCheck | None:
        """Take the weights after one more update; return what is found once there are enough.

        Raises SettingError, and whatever the program itself raises.
        """
        holders = Holders(weights, None)
        try:
            with np.errstate(all="ignore"):
                return self._taken(replace(self._program, holders=holders))
        finally:
            holders.restore()

    def _taken(self, program: Program) -> CodeCheck | None:
        if self._names:
            program.holders.choose(self._names)
        elif reason := unfit(program) if program.t.shape[1] < 3 else _TOO_WIDE:
            return CodeCheck(UNDECIDED, reason, {})
        self._names = [*program.holders.places]
        state = program.holders.read()
        if self._last is not None:
            before, slopes = self._last
            self._found.append(self._judged(program, before, state - before, slopes))
            self._velocity = state - before
            found = self._concluded()
            if len(self._found) == UPDATES or (found.wrong and len(self._found) > 1):
                return found
        program.holders.go_to(state)
        self._last = state, program.slopes(program.x)
        return None

    def _concluded(self) -> CodeCheck:
        """Return what is found of all updates, with the targets unless they are known."""
        found = concluded(self._found, False, _LATER)
        said = _IN_A_LOOP.get(found.sentence, found.sentence)
        t = next(self._tables(self._program.t.shape[1])) if self._t is None else self._t
        targets = t[:, -1].tolist()
        if self._targets is None and (found.verdict != CORRECT or targets != [*_XOR]):
            said += f" Targets assumed: {listed([f'{y:g}' for y in targets])}."
        return replace(found, sentence=said)

    def _judged(self, program: Program, before: Array, change: Array, slopes: Slopes) -> CodeCheck:
        """Return what is found of an update, with the targets that explain it if there are some.

        Else they are those of XOR, or the opposite ones where these look inverted.
        """
        sizes = np.abs(change) + np.abs(before)
        errors = ROUNDINGS * program.holders.rounding * sizes + 1e-300
        tables = [*self._tables(slopes.y.shape[1])]
        if self._t is None:
            fitting = (t for t in tables if _explains(slopes.gradients(t), change, errors))
            self._t = next(fitting, None)
        update = before, change, errors
        found = self._found_with(program, slopes, tables[0] if self._t is None else self._t, update)
        if self._targets is None and "inverted" in found.sentence:
            self._t = tables[0].max() + tables[0].min() - tables[0]
            found = self._found_with(program, slopes, self._t, update)
        return found

    def _found_with(
        self, program: Program, slopes: Slopes, t: Array, update: tuple[Array, Array, Array]
    ) -> CodeCheck:
        """Return what is found with targets (R, O) of an update: before, change and errors (P,)."""
        before, change, errors = (part[np.newaxis] for part in update)
        losses = {name: np.array([both]) for name, both in slopes.gradients(t).items()}
        places, nothing = program.holders.places, np.zeros(change.shape)
        first = later = Updates(places, before, nothing, change, errors, losses)
        if self._velocity is not None:
            later = replace(first, velocity=self._velocity[np.newaxis])
        parts = program.holders, program.predict, program.train, False, program.x, t
        seen = _Seen(*parts, program.form, seen=(first, later))
        judge = Judge(seen, None, is_once=False, tries_batches=False)
        return judge.found_at(update[0], is_first=not self._found)

    def _tables(self, outputs: int) -> Iterator[Array]:
        """Yield the targets (R, O) that a program may have, those of XOR first if none are known.

        They may be -1 and 1. Of two outputs, one is 1.
        """
        functions = [_XOR, *product((0, 1), repeat=len(_ROWS))]
        for low in (0.0, -1.0):
            for function in functions if self._targets is None else [self._targets]:
                t = low + (1 - low) * np.array(function)
                yield np.stack([1 + low - t, t][-outputs:], axis=1)


def _explains(gradients: Mapping[str, tuple[Array, Array]], change: Array, errors: Array) -> bool:
    """Return whether a change (P,) is down the gradient of a loss over all rows."""
    for loss, (by_row, bounds) in gradients.items():
        g = by_row.sum(axis=0)
        rate = -(change @ g) / max(float(g @ g), 1e-300)
        allowed = errors + 2 * abs(rate) * bounds.sum(axis=0)
        if loss not in WRONG and (np.abs(change + rate * g) <= allowed).all():
            return True
    return False
