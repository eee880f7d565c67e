"""A program's own functions, however they take their rows. Shapes: R rows, I inputs, O outputs."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.holders import Holders, numbers, raw
from xorviz.core.rules import SettingError

Call = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Form:
    """How rows are handed to a function. A value."""

    name: str
    is_all: bool
    """Whether all rows are handed over at once."""
    made: Callable[[Array], Any]
    """(R, I) -> an argument, or (I,) -> the argument of one row."""
    is_spread: bool = False
    """Whether each input is an argument of its own."""


FORMS = (
    Form("rows", True, lambda x: x),
    Form("columns", True, lambda x: x.T),
    Form("a matrix of one row", False, lambda x: x[np.newaxis]),
    Form("row", False, lambda x: x),
    Form("list", False, lambda x: x.tolist()),
    Form("column", False, lambda x: x[:, np.newaxis]),
    Form("numbers", False, lambda x: x.tolist(), is_spread=True),
)
_PLAIN_FIRST = ("list", "numbers")
_CLASSES = (
    "predict returns classes or rounded values; give the function that returns the outputs"
    " themselves"
)


@dataclass(frozen=True, slots=True)
class Outputs:
    """A program's outputs for the rows of a table. A value."""

    predict: Call
    holders: Holders
    x: Array
    """(R, I)"""
    outputs: int
    form: Form

    def arguments(self, x: Array) -> tuple[Any, ...]:
        """Return what is handed over for all rows (R, I), or for one (I,)."""
        made = self.form.made(x.copy())
        if self.form.is_spread:
            return tuple(made)
        return (self.holders.tensor(made) if isinstance(made, np.ndarray) else made,)

    def shaped(self, t: Array, like: Any) -> Any:
        """Return targets (R, O) or (O,) in the type and the shape of what predict returns."""
        array, _ = _picked(like, t.size)
        if self.form.name == "columns":
            t = t.T
        if isinstance(like, list | tuple):
            return t.reshape(-1).tolist()
        if isinstance(like, float | int | np.floating):
            return float(t[0])
        return self.holders.tensor(t.reshape(array.shape))

    def __call__(self, rows: slice = slice(None)) -> tuple[Array, float]:
        """Return the outputs (R, O) of some rows, and their relative rounding error."""
        x = self.x[rows]
        if self.form.is_all:
            array, epsilon = _picked(self.predict(*self.arguments(x)), len(x) * self.outputs)
            columns = self.form.name == "columns" and array.ndim > 1
            return (array.T if columns else array).reshape(len(x), self.outputs), epsilon
        each = [_picked(self.predict(*self.arguments(row)), self.outputs) for row in x]
        return np.array([array.ravel() for array, _ in each]), max(e for _, e in each)


def _picked(value: Any, size: int) -> tuple[Array, float]:
    """Return the outputs among what predict returns, which may be a tuple with all activations."""
    candidates = [value, *reversed(value)] if isinstance(value, list | tuple) else [value]
    for candidate in candidates:
        try:
            array, epsilon = numbers(candidate)
        except (ValueError, TypeError):
            continue
        if array.size == size:
            if raw(candidate).dtype.kind in "iub":
                raise SettingError(_CLASSES)
            return array, epsilon
    raise ValueError("predict returns another number of outputs than there are targets")


def require_smooth(y: Array, is_flat: bool) -> None:
    """Raise SettingError for outputs that are rounded, as far as their values (R, O) show it."""
    if is_flat and np.isin(y, (-1.0, 0.0, 1.0)).all():
        raise SettingError(_CLASSES)


def forwards(predict: Call, holders: Holders, x: Array, t: Array) -> Iterator[Outputs]:
    """Yield the ways in which predict takes rows and returns an output for each target.

    Raises SettingError where there are none, or where it returns classes in place of outputs.
    """
    last: Exception | None = None
    found = False
    for form in sorted(FORMS, key=lambda f: holders.is_plain and f.name not in _PLAIN_FIRST):
        forward = Outputs(predict, holders, x, t.shape[1], form)
        try:
            y, _ = forward()
            if form.is_all:  # each output belongs to its row
                each = [forward(slice(row, row + 1))[0] for row in range(len(x))]
                if not np.allclose(y, np.concatenate(each), rtol=1e-5, atol=1e-6):
                    continue
        except SettingError:
            raise
        except Exception as error:
            last = last or error
            continue
        found = True
        yield forward
    if not found:
        said = f": {last}" if last is not None else ""
        raise SettingError(
            f"predict returned no {t.shape[1]} outputs for a row of {x.shape[1]} inputs, nor for"
            f" all {len(x)} rows{said}"
        ) from last


def argument_count(function: Call) -> int:
    """Return how many arguments a function needs."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # of C
        return 0
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.kind in positional and p.default is p.empty for p in parameters)
