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
from xorviz.watching.places import tell
from xorviz.watching.weight_reading import held_in, said_by

_GAP = "The first calls could not be read, or did not come one after the other."


class Predictions:
    """Calls the function at a program's weights; whatever it raises is said, and goes no further.

    Only for the check are the weights moved meanwhile; then they are as they were. Without a
    function, nothing is known.
    """

    def __init__(self, predict: Call | None) -> None:
        """Take a function, if there is one."""
        self._predict = predict
        self._program: Program | None = None
        self._check: FirstUpdates | None = None
        self._next = 0
        """The next call whose weights the check needs."""

    def use(self, weights: object, targets: Sequence[int] | None, why_not: str) -> str:
        """Find out how the function takes rows; return why the code is not checked, if that is so.

        Targets are in the order of ROWS, if they are known. ``why_not`` says why single updates
        cannot be checked, if that is so.
        """
        if self._predict is None:
            return ""
        try:
            self._program = predicting(self._predict, weights)
        except Exception as error:
            tell(f"predict is not used: {said_by(error)}")
            why_not = said_by(error)
        else:
            known = None if targets is None else [targets[row] for row in COUNTED]
            self._check = None if why_not else FirstUpdates(self._program, known)
        return f"{UNDECIDED}: {why_not}" if why_not else ""

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
        check, self._check = self._check, None
        if check is None:
            return ""
        if call != self._next:
            return f"{UNDECIDED}: {_GAP}"
        try:
            found = check.take(held_in(weights, named))
        except Exception as error:
            return f"{UNDECIDED}: {said_by(error)}"
        if found is None:
            self._check, self._next = check, call + 1
        return f"{found.verdict}: {found.sentence}" if found else ""
