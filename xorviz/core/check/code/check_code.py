"""Whether the code of any network is right, found out through its own forward function."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, permutations, product
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.check import check
from xorviz.core.check.code.code_check import (
    ELSEWHERE,
    EXACT,
    OPPOSITE,
    UNMOVED,
    UNTOLD,
    ArrayCheck,
    CodeCheck,
    Hypothesis,
    best,
)
from xorviz.core.check.code.holders import Holders
from xorviz.core.check.code.memory import remembered
from xorviz.core.check.code.passes import passes
from xorviz.core.check.code.probes import Budget, OutOfTime
from xorviz.core.check.code.program import (
    CLASSES,
    LOSSES,
    WRONG,
    Call,
    Program,
    Updates,
    programs,
    trainable,
)
from xorviz.core.check.code.state import raw
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED
from xorviz.core.check.step_check import WRONG as UNEXPLAINED
from xorviz.core.network import ACTIVATIONS, INPUTS, Weights, hidden, logits, sigmoid
from xorviz.core.numerals import listed
from xorviz.core.rules import SettingError
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, ROWS

_UNUSED = f"{UNTOLD}: not used by predict"
_NOISY = "Two calls of predict from the same weights differ: turn off dropout and other randomness."
_FOREIGN = "predict does not change with these weights: it uses other arrays, or copies of them."
ONE_UPDATE = (
    "No array follows the gradient of a known loss: is this exactly one update? If it loops over "
    "the rows, give train(x, t). With clipping or another optimizer, give a function that returns "
    "the gradients, as gradients=."
)
_CHANCE = (
    "Two calls of train from the same weights differ: turn off randomness, or give train(x, t)."
)
NOTHING = (
    "train changes no array that predict uses; give a function that makes one update in place, or"
    " other weights, if the gradient is 0 at these"
)
UNCONFIRMED = "What looks wrong at these weights was not confirmed at nearby ones."
_LATE = "Not decided in {:g} s, after {} of predict by the weights; give more with seconds=."
_SAME = "predict returns the same outputs for every row: it does not use its inputs."
_IN_TURN = " in turn"
_REMEMBERED = ", as the program remembers it"
_DIVIDED = ", each number divided by its own running size (as in Adam and RMSProp)"
_CONSTANT = "does not change; if it is a constant, leave it out with names=."
_MOST_ROWS = 4
"""Rows of which batches of two and more are tried."""
_ROLES = ("w1", "w2", "b1", "b2")
_OUTPUTS: dict[str, Call] = {"sigmoid": sigmoid, "tanh": np.tanh, "linear": np.asarray}
_BESIDE = " Found at nearby weights, since yours do not show everything."


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
    seconds: float = 10.0,
) -> CodeCheck:
    """Return whether a program's training step is the negative gradient of a loss.

    ``weights`` holds the arrays: an object (attributes, also in lists and dictionaries), a
    dictionary such as ``globals()`` with ``names``, a list of arrays that are changed in place, a
    PyTorch module, a Keras model. ``predict(x)`` returns the outputs for one row or for all,
    ``train()`` makes one update, and ``train(x, t)`` one by a row. They are called many times, at
    weights moved a little, too; afterwards all that they reach is as it was, to the last bit.

    ``inputs`` (R, I) and ``targets`` (R, O) are those of XOR, 00 first, and ``loss`` any of LOSSES,
    unless given. ``gradients``, in place of ``train``, are those at these weights, by name or in
    the order of the arrays, or a function that returns them. After some ``seconds`` the check ends
    undecided. Of arrays of more than 64 numbers a sample is checked, with random directions through
    all of them. Raises SettingError, and what the program itself raises.
    """
    x, t = _rows(inputs, targets)
    _refuse(train, gradients, loss, seconds)
    holders, budget = Holders(weights, names, [predict, train or gradients]), Budget(seconds)
    unused = dict.fromkeys((names and holders.places) or (), ArrayCheck(_UNUSED))
    call = train or (gradients if callable(gradients) else lambda: gradients)
    try:
        with np.errstate(all="ignore"):  # weights are moved, and may be huge
            ways = programs(Program(holders, predict, call, train is None, x, t, budget))
            if reason := unfit(ways[0]):
                return CodeCheck(UNDECIDED, reason, {})
            is_once = train is None and call is not gradients
            result = Judge(trainable(ways), loss, is_once).judged()
    except OutOfTime:
        return CodeCheck(UNDECIDED, _LATE.format(seconds, budget.progress), {})
    finally:
        holders.restore()
    arrays = unused | dict(result.arrays) if result.arrays else {}
    sentence = result.sentence + (holders.probes.sentence if arrays else "")
    return replace(result, sentence=sentence, arrays=arrays)


def _refuse(train: Call | None, gradients: Any, loss: str | None, seconds: float) -> None:
    """Raise SettingError unless the arguments go together."""
    if loss not in {None, *LOSSES}:
        raise SettingError(f"loss is {loss!r}; allowed: {', '.join(LOSSES)}")
    if (train is None) == (gradients is None):
        raise SettingError("give one of the two: train or gradients")
    if not seconds > 0:
        raise SettingError(f"seconds is {seconds!r}; allowed: more than 0")


def _rows(inputs: Any, targets: Any) -> tuple[Array, Array]:
    """Return inputs (R, I) and targets (R, O), those of XOR if none are given."""
    x = _table("inputs", [ROWS[row] for row in COUNTED] if inputs is None else inputs)
    t = _table("targets", [0, 1, 1, 0] if targets is None else targets)
    if len(x) != len(t):
        raise SettingError(f"targets has {len(t)} rows and inputs {len(x)}; give one for each")
    return x, t


def _table(name: str, given: Any) -> Array:
    """Return inputs (R, I) or targets (R, O), or raise SettingError."""
    try:
        array = np.array(raw(given), dtype=float)
    except (TypeError, ValueError):
        array = np.array(np.nan)
    if not array.size or array.ndim not in {1, 2} or not np.isfinite(array).all():
        raise SettingError(f"{name} is not a table of finite numbers; give one row for each case")
    return array.reshape(len(array), -1)


def unfit(program: Program) -> str:
    """Return why outputs show nothing of the weights, or nothing; choose those that they show."""
    y = program.outputs(program.x)
    if not np.isfinite(y).all():
        raise SettingError("predict returns numbers that are not finite; check before it diverges")
    if (y != program.outputs(program.x)).any():
        return _NOISY
    trained, differs = program.used()
    if not trained and np.isin(y, (-1.0, 0.0, 1.0)).all():
        raise SettingError(CLASSES)
    program.holders.choose(trained or [*program.holders.places])
    program.holders.last = program.last()
    return _FOREIGN if not trained else "" if differs else _SAME


@dataclass(frozen=True)
class Judge:
    """What is found in one way of calling a program."""

    program: Program
    loss: str | None
    is_once: bool
    """Whether gradients are given for these weights alone."""
    seen: tuple[Updates, ...] = ()
    """Updates that are not made again: one without the changes before it, and with them."""

    def _updates(self, theta: Array, again: bool = False) -> Updates:
        return self.seen[again] if self.seen else self.program.updates(theta, again=again)

    def judged(self) -> CodeCheck:
        """Return what is found at the weights as they are; a fault must be beside them, too."""
        self.program.holders.restore()
        theta, seen = self.program.holders.read(), list[CodeCheck]()
        for seed in range(3):
            moved = theta + 0.25 * bool(seed) * self.program.holders.noise(seed) * (
                1 + np.abs(theta)
            )
            try:
                seen.append(self.found_at(moved, is_first=not seed))
            except (SettingError, ArithmeticError):  # where numbers overflow, nothing is learnt
                if not seed:
                    raise
                seen.append(CodeCheck(UNDECIDED, NOTHING, {}))
            if self.is_once or _is_told(seen[0]) or _confirmed(seen):
                break
        if all(one.sentence == NOTHING for one in seen):
            raise SettingError(NOTHING)
        return concluded(seen, self.is_once, _BESIDE)

    def found_at(self, theta: Array, *, is_first: bool = False) -> CodeCheck:
        """Return what is found of updates from weights (P,)."""
        program, updates = self.program, self._updates(theta)
        if not np.nan_to_num(updates.change, nan=1.0).any():
            return CodeCheck(UNDECIDED, NOTHING, {})
        reading: tuple[Hypothesis, str] | None = None
        for one, how in self._readings(theta, updates, is_first=is_first):
            if one.is_right() or (program.gives_gradients and one.is_right(OPPOSITE)):
                return self._result(CORRECT, one, how)
            if reading is None or (one.is_explained and not reading[0].is_explained):
                reading = one, how
        if reading is None:
            return CodeCheck(UNDECIDED, ONE_UPDATE, {})
        if reason := self._doubt(theta, updates, reading[0]):
            return CodeCheck(UNDECIDED, reason, reading[0].arrays)
        one, how = reading
        result = self._result(FAULTY, one, how)
        is_plain = one.momentum is one.decay is None and not (program.is_by_row or how)
        if is_first and is_plain and one.of(ELSEWHERE):
            program.holders.go_to(theta)
            name = _named(updates, program, result.wrong)
            result = replace(result, sentence=result.sentence + name)
        return result

    def _readings(
        self, theta: Array, updates: Updates, *, is_first: bool
    ) -> Iterator[tuple[Hypothesis, str]]:
        """Yield what updates from weights (P,) are as they stand, and then in other ways.

        Of these, batches and passes are only of interest where they are right.
        """
        program, is_finite = self.program, bool(np.isfinite(updates.change).all())
        tables: Iterable[tuple[Updates, str]] = [(updates, "")]
        if is_finite and not program.gives_gradients:
            tables = chain(tables, self._other_updates(theta, updates, is_first=is_first))
        for table, how in tables:
            if (one := best(table, self.loss)) and (how != _IN_TURN or one.is_right()):
                yield one, how
        # Where a row changes nothing, more look as if used; it takes as long as all else.
        if not self.seen and len(program.x) <= _MOST_ROWS:
            smaller = best(updates, self.loss, range(2, len(program.x)))
            if smaller and smaller.is_right():
                yield smaller, ""

    def _other_updates(
        self, theta: Array, updates: Updates, *, is_first: bool
    ) -> Iterator[tuple[Updates, str]]:
        """Yield second updates, what an optimizer remembers of them, and a pass over the rows."""
        program, again = self.program, self._updates(theta, True)
        if again is not updates:
            yield again, ""
        if self.seen or program.is_by_row:
            return
        for table, is_divided in remembered(program, theta):
            yield table, _DIVIDED if is_divided else _REMEMBERED
        if is_first:
            one_pass, another = (next(program.changes(theta))[-1] for _ in range(2))
            is_drawn = not np.array_equal(one_pass, another)
            for table in passes(program, theta, is_drawn=is_drawn):
                yield table, _IN_TURN

    def _doubt(self, theta: Array, updates: Updates, one: Hypothesis) -> str:
        """Return why arrays that do not follow need not be wrong, or nothing."""
        if not one.is_explained or one.is_cut:
            return ONE_UPDATE
        if not one.momentum and not self.seen:
            again = [self.program.probes.of(change) for *_, change in self.program.changes(theta)]
            if not np.array_equal(again, updates.change, equal_nan=True):
                return _CHANCE
        idle = [name for name in one.of(UNMOVED) if self.program.holders.is_number(name)]
        return f"{listed(idle)} {_CONSTANT}" if idle else ""

    def _result(self, verdict: str, one: Hypothesis, how: str = "") -> CodeCheck:
        """Return a hypothesis in words, and how its update is made if that is not plain."""
        rows = "each row" if self.program.is_by_row or how == _IN_TURN else "all rows"
        if one.rows is not None:
            each = [
                ", ".join(f"{value + 0:g}" for value in row) for row in self.program.x[[*one.rows]]
            ]
            rows = f"row{'s' * (len(each) > 1)} {'; '.join(each)}"
        is_open = one.rows is not None and len(one.rows) == 1  # of one row, losses look alike
        rate = None if is_open or how in {_DIVIDED, _REMEMBERED} else one.rate
        loss = None if is_open or one.loss in WRONG else one.loss
        arrays = dict(one.arrays)
        if one.loss in WRONG:
            arrays |= {name: replace(arrays[name], finding=one.loss) for name in one.of(EXACT)}
        if verdict == CORRECT:  # gradients may be those that a step adds
            arrays |= {name: replace(arrays[name], finding=EXACT) for name in one.of(OPPOSITE)}
        groups: dict[str, list[str]] = {EXACT: []}
        for name, array in arrays.items():
            groups.setdefault(array.finding, []).append(name)
        exact = groups.pop(EXACT)
        said = f"{listed(exact)} follow{'s' * (len(exact) == 1)}" if exact else "No array follows"
        said = "All arrays follow" if len(exact) == len(arrays) else said
        of = f"the {loss}" if loss != LOSSES[0] else "half the squared errors, summed"
        said += " the negative gradient" + (f" of {of}" if loss else "")
        said += f"{'' if rate is None else f', at rate {rate:.6g}'}, over {rows}{how}"
        for word, value in (("decay", one.decay), ("momentum", one.momentum)):
            said += f", with {word} {value:.6g}" if value else ""
        said += "".join(f"; {listed(names)}: {finding}" for finding, names in groups.items())
        return CodeCheck(verdict, f"{said}.", arrays, loss, rate, rows, one.decay, one.momentum)


def _faults(result: CodeCheck) -> list[tuple[str, str]]:
    return [(name, result.arrays[name].finding) for name in result.wrong]


def _confirmed(seen: Sequence[CodeCheck]) -> bool:
    """Return whether the last of several checks finds a fault that another found."""
    *before, last = map(_faults, seen)
    return bool(last) and last in before


def concluded(seen: Sequence[CodeCheck], is_sure_at_once: bool, beside: str) -> CodeCheck:
    """Return what follows from several checks of one program; a fault must be in two of them.

    ``beside`` is said of what is not found in the first one.
    """
    first = seen[0]
    faults = [*map(_faults, seen)]
    is_sure = [bool(f) and (is_sure_at_once or faults.count(f) > 1) for f in faults]
    if any(faults) and not any(is_sure):
        return CodeCheck(UNDECIDED, UNCONFIRMED, {})
    right = [one for one in seen if one.verdict == CORRECT]
    found = seen[is_sure.index(True)] if any(is_sure) else max([*right, first], key=_is_told)
    is_here = found is first or first.verdict == CORRECT == found.verdict
    return first if is_here else replace(found, sentence=found.sentence + beside)


def _is_told(result: CodeCheck) -> bool:
    """Return whether every array is found exact."""
    return result.verdict == CORRECT and all(a.finding == EXACT for a in result.arrays.values())


def _named(updates: Updates, program: Program, wrong: Sequence[str]) -> str:
    """Return the fault of the wrong arrays if one hidden layer gives outputs (R, 1); or nothing."""
    x, y, before = program.x, program.outputs(program.x), updates.pulls[0, 0]
    names, states = [*updates.places], (before, before + updates.change[0])
    is_xor = np.array_equal(x, INPUTS[[*COUNTED]]) and y.size == len(x)
    is_known = len(names) in {2, 4} and is_xor and not program.probes.sampled
    every = product(permutations(names), (False, True), ACTIVATIONS, _OUTPUTS)
    for order, is_turned, activation, output in every if is_known else ():
        before, after = ([theta[updates.places[name]] for name in order] for theta in states)
        width = before[1].size
        if [part.size for part in before] != [2 * width, width, width, 1][: len(order)]:
            continue
        pair = [_weights(*parts, is_turned=is_turned) for parts in (before, after)]
        z = logits(pair[0], hidden(pair[0], RunConfig(activation=activation), x))
        if not np.allclose(_OUTPUTS[output](z), y.ravel(), atol=1e-5):
            continue
        try:
            found = check(pair, Said(activation=activation, output=output)).arrays
        except SettingError:
            return ""
        roles = dict(zip(_ROLES, order, strict=False))
        faults = {roles[role]: array.name for role, array in found.items() if array.is_fault}
        is_same = set(faults) == set(wrong) and UNEXPLAINED not in faults.values()
        return f" It looks like: {' and '.join(dict.fromkeys(faults.values()))}." if is_same else ""
    return ""


def _weights(
    w1: Array, w2: Array, b1: Array | None = None, b2: Array | None = None, *, is_turned: bool
) -> Weights:
    """Return numbers in the shapes of xorviz; turned where a row of w1 is a hidden unit."""
    w1 = w1.reshape(-1, 2).T if is_turned else w1.reshape(2, -1)
    return Weights(w1, b1, w2[:, np.newaxis], b2)
