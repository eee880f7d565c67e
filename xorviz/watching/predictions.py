"""What a program's own function returns for the four rows, and what that shows of its code.

Shapes: O outputs of a row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.first_updates import FirstUpdates, predicting
from xorviz.core.check.code.program import Call, Program
from xorviz.core.check.step_check import UNDECIDED
from xorviz.core.truth_table import COUNTED
from xorviz.watching.opening import tell
from xorviz.watching.weight_reading import held_in, numbered, said_by

_GAP = "The first calls could not be read, or did not come one after the other."


class Predictions:
    """Calls the function at a program's weights; whatever it raises is said, and goes no further.

    Only for the check are the weights moved meanwhile; then they are as they were. Without a
    function, nothing is known.
    """

    def __init__(self) -> None:
        """Know no function."""
        self._program: Program | None = None
        self._check: FirstUpdates | None = None
        self._next = 0
        """The next call whose weights the check needs."""
        self._finding = ""
        """What is still to be said of the code."""

    def use(
        self, predict: Call, weights: object, targets: Sequence[int] | None, why_not: str
    ) -> None:
        """Find out how a function takes rows. Targets are in the order of ROWS, if they are known.

        ``why_not`` says why single updates cannot be checked, if that is so.
        """
        try:
            self._program = predicting(predict, weights)
        except Exception as error:
            tell(f"predict is not used: {said_by(error)}")
            why_not = said_by(error)
        else:
            known = None if targets is None else [targets[row] for row in COUNTED]
            self._check = None if why_not else FirstUpdates(self._program, known)
        self._finding = f"{UNDECIDED}: {why_not}" if why_not else ""

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the outputs, (4, O); () if there are none."""
        return () if self._program is None else self._program.t.shape

    def outputs(self, are_now: bool) -> Array:
        """Return the outputs (4, O) at the weights as they are; not a number where it fails.

        Nothing is known of the outputs if these are no longer the weights that are meant.
        """
        nothing = np.full(self.shape, np.nan)
        if self._program is None or not are_now:
            return nothing
        try:
            y = np.asarray(self._program.outputs(self._program.x), dtype=float)
        except Exception as error:
            tell(f"predict failed, and outputs are left out: {said_by(error)}")
            return nothing
        return np.where(np.isfinite(y), y, np.nan)

    def take(self, call: int, weights: Sequence[Any], named: Mapping[str, Any]) -> str:
        """Take the weights of a call; return what is found of the code, once."""
        if self._check is not None and call != self._next:
            self._finding = f"{UNDECIDED}: {_GAP}"
        elif self._check is not None:
            self._next += 1
            try:
                found = self._check.take(held_in(weights, named, numbered))
                self._finding = f"{found.verdict}: {found.sentence}" if found else ""
            except Exception as error:
                self._finding = f"{UNDECIDED}: {said_by(error)}"
        if self._finding:
            self._check = None
        said, self._finding = self._finding, ""
        return said
