"""Whether the code of any network is right, found out through its own forward function."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.code_check import EXACT, ArrayCheck, CodeCheck
from xorviz.core.check.code.compare import (
    ELSEWHERE,
    LOSSES,
    OPPOSITE,
    UNMOVED,
    WRONG,
    Hypothesis,
    Steps,
    best,
)
from xorviz.core.check.code.factor import named
from xorviz.core.check.code.holders import Holders, raw
from xorviz.core.check.code.slopes import CLASSES, Call, Outputs, forwards
from xorviz.core.check.code.training import Training, training_of
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED
from xorviz.core.numerals import listed
from xorviz.core.rules import SettingError
from xorviz.core.truth_table import COUNTED, ROWS

UNUSED = "not told: not used by predict"
_NOISY = "Two calls of predict from the same weights differ: turn off dropout and other chance."
_FOREIGN = "predict does not change with these weights: it uses other arrays, or copies of them."
_ONE_UPDATE = (
    "No array follows the gradient of a known loss: is this exactly one update? Of Adam and of"
    " clipping let the function return the gradients, and give it as gradients=."
)
_CHANCE = "Two calls of train from the same weights differ: turn off chance, or give train(x, t)."
_NOTHING = (
    "train changes no array that predict uses; give a function that makes one update in place"
)
_ELSEWHERE = "What looks wrong at these weights was not confirmed at others beside them."
_CONSTANT = "does not change; if it is a constant, leave it out with names=."
_BESIDE = "Found at weights moved a little, since at yours not everything can be told."


def _text(loss: str | None) -> str:
    """Return a loss in words."""
    return "half the squared errors, summed," if loss == LOSSES[0] else f"the {loss}"


def check_code(
    weights: object,
    predict: Call,
    train: Call | None = None,
    *,
    inputs: Any = None,
    targets: Any = None,
    names: Sequence[str] | None = None,
    loss: str | None = None,
    gradients: Any = None,
) -> CodeCheck:
    """Return whether a program's training step is the negative gradient of a loss.

    ``weights`` holds the arrays: an object (attributes, also in lists and dictionaries), a
    dictionary such as ``globals()`` with ``names``, a list of arrays that are changed in place, a
    PyTorch module, a Keras model. ``predict(x)`` returns the outputs for one row or for all,
    ``train()`` makes one update, and ``train(x, t)`` one by a row. They are called many times, at
    weights moved a little, too; afterwards the weights are as they were, to the last bit.

    ``inputs`` (R, I) and ``targets`` (R, O) are those of XOR in counting order, 00 first, and
    ``loss`` is any of LOSSES, unless given. ``gradients``, in place of ``train``, are those at
    these weights, by name or in the order of the arrays, or a function that returns them.
    Raises SettingError, and what the program itself raises.
    """
    x, t = table(inputs, targets)
    if loss is not None and loss not in LOSSES:
        raise SettingError(f"loss is {loss!r}; allowed: {', '.join(LOSSES)}")
    if (train is None) == (gradients is None):
        raise SettingError("give one of the two: train or gradients")
    holders = Holders(weights, names)
    found = [*holders.sizes]
    try:
        with np.errstate(all="ignore"):  # weights are moved, and may be huge
            result = _checked(holders, forwards(predict, holders, x, t), t, train, gradients, loss)
    finally:
        holders.restore()
    unused = {name: ArrayCheck(UNUSED, 0.0, 0.0, 0.0) for name in found if names}
    return replace(result, arrays={**unused, **result.arrays} if result.arrays else {})


def _checked(
    holders: Holders, ways: Sequence[Outputs], t: Array, train: Call | None, gradients: Any,
    loss: str | None,
) -> CodeCheck:  # fmt: skip
    y = ways[0]()
    if not np.isfinite(y).all():
        raise SettingError("predict returns numbers that are not finite; check before it diverges")
    if (y != ways[0]()).any():
        return CodeCheck(UNDECIDED, _NOISY, {})
    trained = ways[0].used()
    if not trained and np.isin(y, (-1.0, 0.0, 1.0)).all():
        raise SettingError(CLASSES)
    if not trained:
        return CodeCheck(UNDECIDED, _FOREIGN, {})
    holders.choose(trained)
    is_once = train is None and not callable(gradients)
    call = train or (lambda: gradients) if is_once or train else gradients
    return _Judge(training_of(ways, t, call, train is None), loss, is_once).judged()


def table(inputs: Any, targets: Any) -> tuple[Array, Array]:
    """Return inputs (R, I) and targets (R, O), or raise SettingError."""
    xor = [ROWS[row] for row in COUNTED], [0, 1, 1, 0]
    found = []
    for name, given, default in zip(("inputs", "targets"), (inputs, targets), xor, strict=True):
        try:
            array = np.array(raw(default if given is None else given), dtype=float)
        except (TypeError, ValueError):
            array = np.array(np.nan)
        if not array.size or array.ndim not in {1, 2} or not np.isfinite(array).all():
            raise SettingError(f"{name} is no table of finite numbers; give one row for each case")
        found.append(array.reshape(len(array), -1))
    x, t = found
    if len(x) != len(t):
        raise SettingError(f"targets has {len(t)} rows and inputs {len(x)}; give one for each")
    return x, t


@dataclass(frozen=True)
class _Judge:
    """What is found in one way of calling a program."""

    training: Training
    loss: str | None
    is_once: bool
    """Whether gradients are given for these weights alone."""

    def judged(self) -> CodeCheck:
        """Return what is found at the weights as they are; a fault must be beside them, too."""
        holders = self.training.outputs.holders
        holders.restore()
        theta, random = holders.read(), np.random.default_rng(0)
        seen = [first := self._at(theta, is_first=True)]
        while len(seen) < 3 and not (self.is_once or _is_told(seen[-1]) or _confirmed(seen)):
            moved = theta + 0.25 * random.uniform(-1, 1, theta.shape) * (1 + np.abs(theta))
            try:
                seen.append(self._at(moved))
            except (SettingError, ArithmeticError):  # where numbers overflow, nothing is learnt
                seen.append(CodeCheck(UNDECIDED, _NOTHING, {}))
        if all(result.sentence == _NOTHING for result in seen):
            raise SettingError(_NOTHING)
        right = sorted((r for r in seen if r.verdict == CORRECT), key=_is_told)
        fault, is_faulty = _confirmed(seen), any(r.verdict == FAULTY for r in seen)
        if is_faulty and not (fault or self.is_once):
            return CodeCheck(UNDECIDED, _ELSEWHERE, {})
        found = fault or (right[-1] if right else first)
        is_here = found is first or first.verdict == CORRECT == found.verdict
        return first if is_here else replace(found, notes=(*found.notes, _BESIDE))

    def _at(self, theta: Array, *, is_first: bool = False) -> CodeCheck:
        """Return what is found at weights (P,)."""
        training, loss = self.training, self.loss
        changes = training.changes(theta)
        if not np.nan_to_num(changes, nan=1.0).any():
            return CodeCheck(UNDECIDED, _NOTHING, {})
        steps = training.steps(theta, changes)
        one = best(steps, loss)
        is_open = not training.gives_gradients and np.isfinite(changes).all()
        if is_open and not (one and one.is_right()):
            second = training.changes(theta, 2)[-1:]
            two = best(training.steps(theta + changes[-1], second, changes[-1:]), loss)
            if two and two.is_explained and not (one and one.is_explained and two.wrong):
                one = two
            is_pass = is_first and len(changes) == 1 and not (one and one.is_explained)
            if is_pass and (found := training.passed(steps, loss)):
                return self._passed(steps, *found)
        if one and one.is_right(*[OPPOSITE] * (training.gives_gradients and not one.of(EXACT))):
            return self._result(CORRECT, one)
        reason = "" if one and one.is_explained and not one.is_cut else _ONE_UPDATE
        idle = [n for n in one.of(UNMOVED) if training.outputs.holders.is_number(n)] if one else []
        if is_open and not np.array_equal(training.changes(theta), changes):
            reason = _CHANCE
        elif idle and not reason:
            reason = f"{listed(idle)} {_CONSTANT}"
        if reason or one is None:
            return CodeCheck(UNDECIDED, reason, one.arrays if one else {})
        result = self._result(FAULTY, one)
        is_plain = is_first and one.of(ELSEWHERE) and one.momentum is one.decay is None
        name = named(steps, training.outputs.x, result.wrong) if is_plain else ""
        return replace(result, sentence=result.sentence + name)

    def _passed(self, steps: Steps, loss: str, order: Sequence[int], rate: float) -> CodeCheck:
        rows = f"a pass in the order {', '.join(map(self._row, order))}"
        arrays = {name: ArrayCheck(EXACT, 1.0, rate, 0.0) for name in steps.sizes}
        what = f"the negative gradient of {_text(loss)} at rate {rate:.6g}, in {rows}"
        return CodeCheck(CORRECT, f"All arrays follow {what}.", arrays, loss, rate, rows)

    def _row(self, row: int) -> str:
        """Return the name of a row, such as 01, or else its number."""
        x = self.training.outputs.x[row]
        is_bits = len(x) < 4 and np.isin(x, (-1, 0, 1)).all()
        return "".join(str(int(bit > 0)) for bit in x[:2]) if is_bits else str(row + 1)

    def _result(self, verdict: str, one: Hypothesis) -> CodeCheck:
        """Return a hypothesis in words."""
        chosen = np.flatnonzero(one.rows[0])
        rows = "all rows" if len(chosen) > 1 else f"row {self._row(int(chosen[0]))}"
        rows = "each row" if len(one.rows) > 1 else rows
        is_open = len(one.rows) == len(chosen) == self.training.t.shape[1] == 1
        loss = None if is_open else one.loss
        arrays = dict(one.arrays)
        if one.loss in WRONG:
            arrays |= {name: replace(arrays[name], finding=one.loss) for name in one.of(EXACT)}
        if verdict == CORRECT:  # gradients may be those that a step adds
            arrays |= {name: replace(arrays[name], finding=EXACT) for name in one.of(OPPOSITE)}
        groups: dict[str, list[str]] = {}
        for name, array in arrays.items():
            groups.setdefault(array.finding, []).append(name)
        exact = groups.pop(EXACT, [])
        said = f"{listed(exact)} follow{'s' * (len(exact) == 1)}" if exact else "No array follows"
        said = "All arrays follow" if len(exact) == len(arrays) else said
        said += " the negative gradient" + (f" of {_text(loss)}" if loss in LOSSES else "")
        said += f" at rate {one.rate:.6g}, over {rows}"
        for word, value in (("decay", one.decay), ("momentum", one.momentum)):
            said += f", with {word} {value:.6g}" if value else ""
        for finding, names in groups.items():
            said += f"; {listed(names)}: {finding}"
        return CodeCheck(verdict, f"{said}.", arrays, loss, one.rate, rows, one.decay, one.momentum)


def _is_told(result: CodeCheck) -> bool:
    """Return whether every array is found exact."""
    return result.verdict == CORRECT and all(a.finding == EXACT for a in result.arrays.values())


def _confirmed(seen: Sequence[CodeCheck]) -> CodeCheck | None:
    """Return the fault that is found at two points; None if there is none."""
    faults = [{name: r.arrays[name].finding for name in r.wrong} for r in seen]
    both = zip(seen, faults, strict=True)
    return next((r for r, fault in both if fault and faults.count(fault) > 1), None)
