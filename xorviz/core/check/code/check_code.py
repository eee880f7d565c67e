"""Whether the code of any network is right, found out through its own forward function."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.code_check import CodeCheck
from xorviz.core.check.code.forward import Call, forwards, require_smooth
from xorviz.core.check.code.holders import Holders, raw
from xorviz.core.check.code.losses import RIGHT, WRONG, Signal, of_function
from xorviz.core.check.code.search import Given, checked_trial, with_unused
from xorviz.core.check.code.slopes import used
from xorviz.core.check.code.trials import Training, trials
from xorviz.core.check.code.words import undecided
from xorviz.core.check.step_check import CORRECT, UNDECIDED
from xorviz.core.rules import Real, SettingError, checked
from xorviz.core.truth_table import COUNTED, ROWS

_X = np.array([ROWS[row] for row in COUNTED], dtype=float)
_T = np.array([[0.0], [1.0], [1.0], [0.0]])


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
    ``train()`` makes one update, and ``train(x, t)`` one by a row. They are called many times;
    afterwards the weights are as they were, to the last bit. Where it matters they are moved a
    little, too: a fault is reported only if it is there at other weights as well.

    ``inputs`` (R, I) and ``targets`` (R, O) are those of XOR in counting order, 00 first, unless
    given. What is not said is found out: ``loss`` is squares, cross-entropy or a function of the
    outputs and targets of one row, ``rate`` the learning rate. ``gradients``, in place of
    ``train``, are those at these weights, by name or in order, or a function that returns them.
    Raises SettingError, and what the program itself raises.
    """
    x, t = table(inputs, targets)
    signals = _signals(loss)
    said = None if rate is None else checked(Real(0, 1e9, above_low=True), "rate", rate)
    if (train is None) == (gradients is None):
        raise SettingError("give one of the two: train or gradients")
    holders = Holders(weights, names)
    try:
        with np.errstate(all="ignore"):  # weights are moved, and may be huge
            return _checked(holders, predict, train, gradients, x, t, signals, said, names)
    finally:
        holders.restore()


def table(inputs: Any, targets: Any) -> tuple[Array, Array]:
    """Return inputs (R, I) and targets (R, O), or raise SettingError."""
    found = []
    for name, given, default in (("inputs", inputs, _X), ("targets", targets, _T)):
        value = default if given is None else given
        try:
            array = np.array(raw(value), dtype=float)
        except (TypeError, ValueError):
            raise SettingError(
                f"{name} is no table of numbers; give one row for each case"
            ) from None
        if not array.size or array.ndim not in {1, 2} or not np.isfinite(array).all():
            raise SettingError(f"{name} is no table of finite numbers; give one row for each case")
        found.append(array)
    x, t = found
    if x.ndim == t.ndim == 2 and len(x) != len(t) and x.shape[1] == t.shape[1]:
        x, t = x.T, t.T  # the samples are columns
    x, t = (a[:, np.newaxis] if a.ndim < 2 else a for a in (x, t))
    if t.shape[0] == 1 and t.shape[1] == len(x) > 1:
        t = t.T
    if len(x) != len(t):
        raise SettingError(f"targets has {len(t)} rows and inputs {len(x)}; give one for each")
    return x, t


def _signals(loss: object) -> tuple[Signal, ...]:
    if loss is None:
        return (*RIGHT, *WRONG)
    if callable(loss):
        return (of_function(loss),)
    names = [signal.name for signal in RIGHT]
    if loss not in names:
        raise SettingError(
            f"loss is {loss!r}; allowed: {', '.join(names)}, or a function of y and t"
        )
    wrong = WRONG if loss == "squares" else ()
    return (*(s for s in RIGHT if s.name == loss), *wrong)


def _checked(
    holders: Holders, predict: Call, train: Call | None, gradients: Any, x: Array, t: Array,
    signals: Sequence[Signal], rate: float | None, names: Sequence[str] | None,
) -> CodeCheck:  # fmt: skip
    forward, *others = forwards(predict, holders, x, t)
    y, z = forward()[0], forward()[0]
    if not np.isfinite(y).all():
        raise SettingError("predict returns numbers that are not finite; check before it diverges")
    if (y != z).any():
        return undecided("Two calls of predict differ: turn off dropout and other chance.")
    trained = used(forward, list(holders.paths))
    require_smooth(y, not trained)
    if not trained:
        return undecided(
            "predict does not change with these weights: it uses other arrays or copies of them."
        )
    call = train or (gradients if callable(gradients) else lambda: gradients)
    is_once = train is None and not callable(gradients)
    told = Given(signals, rate, names is not None, is_once)
    return _first_right(trials(forward, others, trained, t, call, train is None), told)


def _first_right(ways: Iterator[Training], said: Given) -> CodeCheck:
    """Return what is found in the way of calling in which a program is right, or in the first."""
    results: list[CodeCheck] = []
    raised: list[Exception] = []
    for trial in ways:
        try:
            results.append(with_unused(checked_trial(trial, said), trial, said))
        except SettingError:
            raise
        except Exception as error:
            raised.append(error)
            continue
        if results[-1].verdict == CORRECT:
            return results[-1]
    if results:
        return next((r for r in results if r.verdict != UNDECIDED), results[0])
    if raised:
        raise raised[0]
    raise SettingError("train takes other arguments than x and t; give a function of none")
