"""The first updates of a program, checked as it makes them.

Shapes: R = 4 rows, O outputs, P numbers of the weights, K directions in which they are moved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product

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
from xorviz.core.check.code.program import (
    ROUNDINGS,
    WRONG,
    Call,
    Program,
    Slopes,
    Updates,
    programs,
)
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


class FirstUpdates:
    """Checks the first updates of a program by its weights before and after each.

    Those are moved while predict is called, and are then as they were, to the last bit.
    """

    def __init__(self, program: Program, targets: Sequence[int] | None) -> None:
        """Take a program, and its targets for 00, 01, 10, 11 if they are known."""
        self._program, self._targets = program, targets
        self._names: list[str] = []
        self._states: list[Array] = []
        """The weights (P,) at each call."""
        self._slopes: list[Slopes] = []
        """How outputs depend on them."""

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
        self._states.append(program.holders.read())
        if len(self._states) > UPDATES:
            return self._judged(program)
        program.holders.go_to(self._states[-1])
        self._slopes.append(program.slopes(program.x))
        return None

    def _judged(self, program: Program) -> CodeCheck:
        """Return what is found of all updates, with the targets unless they are known.

        They are those that explain an update if there are some; else those of XOR, or the opposite
        ones where these look inverted.
        """
        tables = [*self._tables(program.t.shape[1])]
        fitting = (
            t
            for _, slopes, *update in self._updates(program)
            for t in tables
            if _explains(t, slopes, *update)
        )
        t = next(fitting, tables[0])
        found = self._found_with(program, t)
        if self._targets is None and "inverted" in found.sentence:
            t = tables[0].max() + tables[0].min() - tables[0]
            found = self._found_with(program, t)
        said, targets = _IN_A_LOOP.get(found.sentence, found.sentence), t[:, -1].tolist()
        if self._targets is None and (found.verdict != CORRECT or targets != [*_XOR]):
            said += f" Targets assumed: {listed([f'{y:g}' for y in targets])}."
        return replace(found, sentence=said)

    def _updates(self, program: Program) -> Iterator[tuple[Array, Slopes, Array, Array]]:
        """Yield weights (P,), slopes, the change of an update (K,), and bounds of its errors."""
        probes = program.probes
        for (before, after), slopes in zip(pairwise(self._states), self._slopes, strict=True):
            sizes = np.abs(after - before) + np.abs(before)
            errors = probes.bounds(ROUNDINGS * program.holders.rounding * sizes) + 1e-300
            yield before, slopes, probes.of(after - before), errors

    def _found_with(self, program: Program, t: Array) -> CodeCheck:
        """Return what is found of all updates with targets (R, O)."""
        velocity, seen, probes, last = None, list[CodeCheck](), program.probes, program.last()
        for theta, slopes, *parts in self._updates(program):
            change, errors = (part[np.newaxis] for part in parts)
            losses = {name: np.array([both]) for name, both in slopes.gradients(t).items()}
            pulls = np.array([[probes.of(theta)], [probes.of(np.sign(theta))]])
            nothing = np.zeros(change.shape)
            first = Updates(
                probes.places, last, probes.is_single, pulls, nothing, change, errors, losses
            )
            later = first if velocity is None else replace(first, velocity=velocity)
            judge = Judge(replace(program, t=t), None, False, seen=(first, later))
            seen.append(judge.found_at(theta, is_first=not seen))
            velocity = change
        return concluded(seen, False, _LATER)

    def _tables(self, outputs: int) -> Iterator[Array]:
        """Yield the targets (R, O) that a program may have, those of XOR first if none are known.

        They may be -1 and 1. Of two outputs, one is 1.
        """
        functions = [_XOR, *product((0, 1), repeat=len(_ROWS))]
        for low in (0.0, -1.0):
            for function in functions if self._targets is None else [self._targets]:
                t = low + (1 - low) * np.array(function)
                yield np.stack([1 + low - t, t][-outputs:], axis=1)


def _explains(t: Array, slopes: Slopes, change: Array, errors: Array) -> bool:
    """Return whether a change (K,) is down the gradient of a loss over all rows, with targets."""
    for loss, (by_row, bounds) in slopes.gradients(t).items():
        g = by_row.sum(axis=0)
        rate = -(change @ g) / max(float(g @ g), 1e-300)
        allowed = errors + 2 * abs(rate) * bounds.sum(axis=0)
        if loss not in WRONG and (np.abs(change + rate * g) <= allowed).all():
            return True
    return False
