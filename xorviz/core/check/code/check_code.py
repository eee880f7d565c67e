"""Whether the code of any network is right, found out through its own forward function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.code_check import EXACT, ArrayCheck, CodeCheck
from xorviz.core.check.code.compare import (
    LOSSES,
    UNMOVED,
    WRONG,
    Hypothesis,
    Losses,
    Steps,
    best,
    signals,
)  # fmt: skip
from xorviz.core.check.code.holders import Holders, raw
from xorviz.core.check.code.slopes import CLASSES, Call, forwards
from xorviz.core.check.code.training import Training, trainings
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED
from xorviz.core.numerals import listed, plain
from xorviz.core.rules import Real, SettingError, checked
from xorviz.core.truth_table import COUNTED, ROWS

UNUSED = "not told: not used by predict"
_ONE_UPDATE = "No array follows the gradient of a known loss: is this exactly one update?"
_CUT = (
    "Some changes are all of one size, as of clipping or Adam: let the function return its"
    " gradients, and give it as gradients=."
)
_CHANCE = (
    "Two calls of train from the same weights differ: turn off dropout and shuffling, or give a"
    " function that updates from a row, train(x, t)."
)
_NOTHING = (
    "train changes none of the arrays that predict uses; give a function that makes one update of"
    " them, in place where they are in a list"
)
_ELSEWHERE = "What looks wrong at these weights was not confirmed at others beside them."
_CONSTANT = "does not change; if it is a constant, leave it out with names=."
_BESIDE = "Found at weights moved a little, since at yours not everything can be told."


def check_code(
    weights: object,
    predict: Call,
    train: Call | None = None,
    *,
    inputs: Any = None,
    targets: Any = None,
    names: Sequence[str] | None = None,
    loss: str | Callable[[Array, Array], float] | None = None,
    rate: float | None = None,
    gradients: Any = None,
) -> CodeCheck:
    """Return whether a program's training step is the negative gradient of a loss.

    ``weights`` holds the arrays: an object (attributes, also in lists and dictionaries), a
    dictionary such as ``globals()`` with ``names``, a list of arrays that are changed in place, a
    PyTorch module, a Keras model. ``predict(x)`` returns the outputs for one row or for all,
    ``train()`` makes one update, and ``train(x, t)`` one by a row. They are called many times, at
    weights moved a little, too; afterwards the weights are as they were, to the last bit.

    ``inputs`` (R, I) and ``targets`` (R, O) are those of XOR in counting order, 00 first, unless
    given. What is not said is found out: ``loss`` is squares, cross-entropy or a function of the
    outputs and targets of one row, ``rate`` the learning rate. ``gradients``, in place of
    ``train``, are those at these weights, by name or in order, or a function that returns them.
    Raises SettingError, and what the program itself raises.
    """
    x, t = table(inputs, targets)
    losses = _losses(loss)
    said = None if rate is None else checked(Real(0, 1e9, above_low=True), "rate", rate)
    if (train is None) == (gradients is None):
        raise SettingError("give one of the two: train or gradients")
    call = train or (gradients if callable(gradients) else lambda: gradients)
    holders = Holders(weights, names)
    found = holders.names
    try:
        with np.errstate(all="ignore"):  # weights are moved, and may be huge
            ways = forwards(predict, holders, x, t)
            y = ways[0]()
            if not np.isfinite(y).all():
                raise SettingError("predict returns numbers that are not finite; check earlier")
            if (y != ways[0]()).any():
                return CodeCheck(UNDECIDED, "Two calls of predict differ: turn off chance.", {})
            trained = ways[0].used()
            if not trained and np.isin(y, (-1.0, 0.0, 1.0)).all():
                raise SettingError(CLASSES)
            if not trained:
                return CodeCheck(UNDECIDED, "predict does not use these weights, or copies.", {})
            holders.choose(trained)
            is_once = train is None and not callable(gradients)
            checks = [
                _Judge(one, losses, said, is_once)
                for one in trainings(ways, t, call, train is None)
            ]
            result = _first_right(checks)
    finally:
        holders.restore()
    unused = {n: ArrayCheck(UNUSED, 0.0, 0.0, 0.0) for n in found if names and n not in trained}
    return replace(result, arrays={**result.arrays, **unused})


def table(inputs: Any, targets: Any) -> tuple[Array, Array]:
    """Return inputs (R, I) and targets (R, O), or raise SettingError."""
    found = []
    xor = [[float(bit) for bit in ROWS[row]] for row in COUNTED], [0.0, 1.0, 1.0, 0.0]
    for name, given, default in zip(("inputs", "targets"), (inputs, targets), xor, strict=True):
        try:
            array = np.array(raw(default if given is None else given), dtype=float)
        except (TypeError, ValueError):
            array = np.array(np.nan)
        if not array.size or array.ndim not in {1, 2} or not np.isfinite(array).all():
            raise SettingError(f"{name} is no table of finite numbers; give one row for each case")
        found.append(array[:, np.newaxis] if array.ndim < 2 else array)
    x, t = found
    if len(x) != len(t) and x.shape[1] == t.shape[1]:
        x, t = x.T, t.T  # the samples are columns
    if len(x) != len(t):
        raise SettingError(f"targets has {len(t)} rows and inputs {len(x)}; give one for each")
    return x, t


def _losses(given: Any) -> Losses:
    """Return the losses that are tried. Raises SettingError for one that is not known."""
    if given is not None and given not in LOSSES and not callable(given):
        allowed = ", ".join(LOSSES)
        raise SettingError(f"loss is {given!r}; allowed: {allowed}, or a function of y and t")

    def losses(y: Array, t: Array, like: Array) -> dict[str, Array]:
        if callable(given):
            return {"the loss given": _by_differences(given, y, t)}
        allowed = {given, *WRONG} if given == "squares" else {given}
        return {n: s for n, s in signals(y, t, like).items() if given is None or n in allowed}

    return losses


def _by_differences(loss: Callable[[Array, Array], float], y: Array, t: Array) -> Array:
    """Return the derivative (R, O) of a loss of one row by the outputs."""
    h, slopes = 2.0**-14, np.zeros_like(y)
    for place in np.ndindex(y.shape):
        for times, factor in ((-2, 1), (-1, -8), (1, 8), (2, -1)):
            moved = y.copy()
            moved[place] += times * h
            slopes[place] += factor * float(np.sum(loss(moved[place[0]], t[place[0]]))) / (12 * h)
    return slopes


def _first_right(checks: Sequence["_Judge"]) -> CodeCheck:
    """Return what is found in the way of calling in which a program is right, or in the first."""
    results: list[CodeCheck] = []
    raised: list[Exception] = []
    for check in checks:
        try:
            results.append(check.judged())
        except Exception as error:
            raised.append(error)
        if results and results[-1].verdict == CORRECT:
            return results[-1]
    if not results:
        raise raised[0] if raised else SettingError("train takes no x and t; give one of none")
    return next((r for r in results if r.verdict == FAULTY), results[0])


@dataclass(frozen=True)
class _Judge:
    """What is found in one way of calling a program."""

    training: Training
    losses: Losses
    rate: float | None
    is_once: bool
    """Whether gradients are given for these weights alone."""

    def judged(self) -> CodeCheck:
        """Return what is found at the weights as they are; a fault must be beside them, too."""
        holders = self.training.outputs.holders
        holders.restore()
        theta, random = holders.read(), np.random.default_rng(0)
        seen = [self._at(theta)]
        first = seen[0]
        for _ in range(0 if self.is_once or _is_told(first) else 2):
            moved = theta + 0.25 * random.uniform(-1, 1, theta.shape) * (1 + np.abs(theta))
            try:
                seen.append(self._at(moved, may_pass="pass" in (first.rows or "")))
            except (SettingError, ArithmeticError):
                continue  # where numbers overflow, nothing is learnt
            if (
                _is_told(seen[-1])
                or (seen[-1].verdict == CORRECT == first.verdict)
                or _confirmed(seen)
            ):
                break
        if all(result.sentence == _NOTHING for result in seen):
            raise SettingError(_NOTHING)
        right = [result for result in seen if result.verdict == CORRECT]
        found = _confirmed(seen) or next(iter(sorted(right, key=_is_told)[-1:]), first)
        if found.verdict != FAULTY and any(result.verdict == FAULTY for result in seen):
            return replace(first, verdict=UNDECIDED, sentence=_ELSEWHERE)
        is_first = found is first or first.verdict == CORRECT == found.verdict
        return first if is_first else replace(found, notes=(*found.notes, _BESIDE))

    def _at(self, theta: Array, *, may_pass: bool = True) -> CodeCheck:
        """Return what is found at weights (P,)."""
        training = self.training
        steps = training.steps(theta)
        if not np.nan_to_num(steps.changes, nan=1.0).any():
            return CodeCheck(UNDECIDED, _NOTHING, {})
        means = (1, len(self.training.t), self.training.t.size)
        rates = (
            [self.rate * factor / count for factor in (1, 2) for count in means]
            if self.rate
            else []
        )
        found = [best(steps, self.losses, rates)]
        if np.isfinite(steps.changes).all() and not training.gives_gradients and not (found[0] and found[0].is_right):
            found.append(best(training.second(theta), self.losses, rates))
        ones = [one for one in found if one is not None and one.is_explained]
        for one in ones:
            if one.is_right or (training.gives_gradients and one.is_uphill):
                return self._result(CORRECT, one)
        if not training.gives_gradients:
            if (
                may_pass
                and not ones
                and len(training.calls) == 1
                and (one_pass := training.passed(steps, self.losses))
            ):
                return self._passed(steps, *one_pass)
            if not np.array_equal(training.changes(theta), steps.changes, equal_nan=True):
                return CodeCheck(UNDECIDED, _CHANCE, {})
        return self._fault(steps, ones)

    def _fault(self, steps: Steps, ones: Sequence[Hypothesis]) -> CodeCheck:
        """Return the fault that is explained, or why nothing can be concluded."""
        sizes = np.abs(steps.changes[steps.changes != 0])
        is_even = len(sizes) > 3 and np.ptp(sizes) <= 1e-3 * sizes.max()
        if is_even or any(one.is_cut for one in ones):
            return CodeCheck(UNDECIDED, _CUT, {})
        if not ones:
            return CodeCheck(UNDECIDED, _ONE_UPDATE, {})
        one = max(ones, key=lambda one: np.count_nonzero(one.followed[0]))
        is_number = self.training.outputs.holders.is_number
        if all(one.arrays[name].finding == UNMOVED and is_number(name) for name in one.wrong):
            return CodeCheck(UNDECIDED, f"{listed(one.wrong)} {_CONSTANT}", one.arrays)
        result = self._result(FAULTY, one)
        return replace(result, sentence=result.sentence + factor(one, self.training.outputs.x))

    def _passed(self, steps: Steps, loss: str, order: Sequence[int], rate: float) -> CodeCheck:
        arrays = {name: ArrayCheck(EXACT, 1.0, rate, 0.0) for name in steps.names}
        rows = f"a pass in the order {', '.join(map(self._row, order))}"
        sentence = f"All {len(arrays)} arrays follow the negative gradient of the {loss} at rate {plain(rate)}, in {rows}."
        return CodeCheck(CORRECT, sentence, arrays, loss, rate, rows)

    def _row(self, row: int) -> str:
        """Return the name of a row, such as 01, or else its number."""
        x = self.training.outputs.x[row, :2]
        return (
            "".join(str(int(bit > 0)) for bit in x)
            if np.isin(x, (-1, 0, 1)).all()
            else str(row + 1)
        )

    def _result(self, verdict: str, one: Hypothesis) -> CodeCheck:
        """Return a hypothesis in words."""
        rows = np.flatnonzero(one.rows[0])
        where = (
            "row by row"
            if len(one.rows) > 1
            else "all rows"
            if len(rows) > 1
            else f"row {self._row(rows[0])}"
        )
        is_open = len(one.rows) == len(rows) == one.steps.t.shape[1] == 1
        arrays, groups = one.arrays, {}
        if one.loss in WRONG:
            arrays = {
                n: replace(a, finding=one.loss) if a.finding == EXACT else a
                for n, a in arrays.items()
            }
        for name, array in arrays.items():
            groups.setdefault(array.finding, []).append(name)
        loss = None if is_open else one.loss
        decay = float(one.followed[1].max()) if one.pull.any() else None
        exact = groups.pop(EXACT, [])
        who = f"{listed(exact)} follow{'s' * (len(exact) == 1)}" if exact else "No array follows"
        beside = [
            f"{name} {plain(float(f'{v:.6g}'))}"
            for name, v in (("decay", decay), ("momentum", one.momentum))
            if v
        ]
        sentence = f"{who} the negative gradient{f' of the {loss}' if loss and loss not in WRONG else ''} at rate {one.rate:.6g}, over {where}"
        sentence += f", with {' and '.join(beside)}" * bool(beside)
        sentence += (
            "".join(f"; {listed(names)}: {finding}" for finding, names in groups.items()) + "."
        )
        notes = (
            ("They are the negative gradient: a step adds them.",)
            if verdict == CORRECT and not exact
            else ()
        )
        return CodeCheck(
            verdict, sentence, arrays, loss, one.rate, where, decay, one.momentum, notes
        )


def _is_told(result: CodeCheck) -> bool:
    """Return whether every array is found exact."""
    return result.verdict == CORRECT and all(a.finding == EXACT for a in result.arrays.values())


def _confirmed(seen: Sequence[CodeCheck]) -> CodeCheck | None:
    """Return the fault that is found at two points; None if there is none."""
    faults = [{name: r.arrays[name].finding for name in r.wrong} for r in seen]
    return next(
        (r for r, fault in zip(seen, faults, strict=True) if fault and faults.count(fault) > 1),
        None,
    )


def factor(one: Hypothesis, x: Array) -> str:
    return ""
