"""The ways in which a program may take a step, and what it changes. Shapes: as in compare."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.compare import Steps, masks
from xorviz.core.check.code.forward import Call, Outputs, argument_count
from xorviz.core.check.code.holders import Holders, raw
from xorviz.core.check.code.slopes import ROUNDINGS, slopes
from xorviz.core.rules import SettingError

Point = Mapping[str, Array]
"""Weights by name."""


@dataclass(frozen=True)
class Training:
    """A way to have steps taken, each from the same weights. A value."""

    forward: Outputs
    names: Sequence[str]
    """Of the arrays that the outputs depend on."""
    t: Array
    calls: Sequence[Callable[[], Any]]
    rows: Sequence[Array]
    """What each call may be made of: (M, R) for M calls."""
    gives_gradients: bool = False

    @property
    def holders(self) -> Holders:
        """The program's arrays."""
        return self.forward.holders

    @property
    def is_one(self) -> bool:
        """Whether a call is one for all rows."""
        return len(self.calls) == 1 and not self.gives_gradients

    def go_to(self, point: Point) -> None:
        """Put the program back, and its weights to a point."""
        self.holders.restore()
        for name, values in point.items():
            self.holders.write(name, values)

    def steps(self, point: Point) -> Steps:
        """Return the steps that are taken at a point."""
        self.go_to(point)
        here = slopes(self.forward, self.names)
        before, _ = self._read()
        changes, errors = self.changes(point)
        self.go_to(point)
        return Steps(self._cuts(), before, changes, errors, here, self.t, self.rows)

    def changes(self, point: Point) -> tuple[Array, Array]:
        """Return the changes (M, P) of all calls, and bounds of their rounding."""
        found = []
        for call in self.calls:
            self.go_to(point)
            found.append(self._changed(call))
        return np.array([c for c, _ in found]), np.array([e for _, e in found])

    def second(self, point: Point) -> Steps:
        """Return the second of two steps, the first of which started at a point."""
        self.go_to(point)
        before, _ = self._read()
        self.calls[-1]()
        middle, _ = self._read()
        change, error = self._changed(self.calls[-1])
        self.go_to(point)
        self._write(middle)
        here = slopes(self.forward, self.names)
        self.go_to(point)
        rows = [mask[-1:] for mask in self.rows]
        return Steps(self._cuts(), middle, change[np.newaxis], error[np.newaxis], here, self.t,
                     rows, (middle - before)[np.newaxis])  # fmt: skip

    def unused(self) -> list[str]:
        """Return the arrays that a step changes for good, though no output depends on them."""
        self.go_to({})
        others = [name for name in self.holders.paths if name not in self.names]
        before = [self.holders.read(name)[0] for name in others]
        self.calls[-1]()
        found = []
        for name, kept in zip(others, before, strict=True):
            with suppress(ValueError, TypeError):  # what is of another shape by now
                after = self.holders.read(name)[0]
                self.holders.write(name, after + 1)
                self.forward()
                is_written = not np.array_equal(self.holders.read(name)[0], after + 1)
                if not np.array_equal(kept, after) and not is_written:
                    found.append(name)
        return found

    def _write(self, values: Array) -> None:
        for name, cut in self._cuts().items():
            shape = self.holders.read(name)[0].shape
            self.holders.write(name, values[cut].reshape(shape))

    def _cuts(self) -> dict[str, slice]:
        sizes = [self.holders.read(name)[0].size for name in self.names]
        ends = np.cumsum(sizes)
        return {
            n: slice(int(e - s), int(e)) for n, s, e in zip(self.names, sizes, ends, strict=True)
        }

    def _read(self) -> tuple[Array, Array]:
        """Return all numbers (P,) and their relative rounding errors."""
        found = [self.holders.read(name) for name in self.names]
        values = np.concatenate([array.ravel() for array, _ in found])
        return values, np.concatenate([np.full(array.size, e) for array, e in found])

    def _changed(self, call: Callable[[], Any]) -> tuple[Array, Array]:
        """Return the change (P,) of a call, and bounds of its rounding."""
        shapes = [self.holders.read(name)[0].shape for name in self.names]
        before, epsilon = self._read()
        result = call()
        if self.gives_gradients:
            change = -np.concatenate(matched(result, self.names, shapes))
            return change, 64 * epsilon * np.abs(change).max() + 1e-300
        after = [self._after(name, shape) for name, shape in zip(self.names, shapes, strict=True)]
        change = np.concatenate(after) - before
        sizes = np.nan_to_num(np.abs(change)) + np.abs(before)
        return change, ROUNDINGS * epsilon * sizes + 1e-300

    def _after(self, name: str, shape: tuple[int, ...]) -> Array:
        array, _ = self.holders.read(name)
        if array.size != np.prod(shape, dtype=int):
            return np.full(int(np.prod(shape, dtype=int)), np.nan)
        if not np.isfinite(array).all():
            raise SettingError(f"{name} is not finite after a step; check before training diverges")
        return array.ravel()


def matched(given: Any, names: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """Return gradients (n,) in the order of the arrays: by their names, or in the same order."""
    if isinstance(given, Mapping):
        each = [_named(given, name) for name in names]
    else:
        each = list(given) if isinstance(given, Sequence) else []
    if len(each) != len(names):
        raise SettingError(
            f"gradients are {len(each)} arrays; give one for each of {', '.join(names)}"
        )
    try:
        arrays = [np.array(raw(value), dtype=float) for value in each]
    except (TypeError, ValueError):
        raise SettingError("gradients are no arrays of numbers") from None
    if not all(np.isfinite(array).all() for array in arrays):
        raise SettingError("gradients are not finite; check before training diverges")
    by_shape = {array.shape: array for array in arrays}
    if [a.shape for a in arrays] != list(shapes) and len(by_shape) == len(set(shapes)) == len(
        names
    ):
        arrays = [by_shape.get(shape, np.zeros(0)) for shape in shapes]  # in another order
    for name, array, shape in zip(names, arrays, shapes, strict=True):
        if array.size != np.prod(shape, dtype=int):
            raise SettingError(f"the gradient of {name} is no array of {shape}; give them by name")
    return [array.ravel() for array in arrays]


def _named(given: Mapping[Any, Any], name: str) -> Any:
    """Return the gradient whose name is that of an array, or ends with it as dW1 does."""
    last = name.replace("]", "").replace("[", ".").rpartition(".")[2]
    for wanted in (name, last):
        for key in sorted(map(str, given), key=len):
            if key == wanted or (key.lower().endswith(wanted.lower())):
                return given[key]
    raise SettingError(
        f"gradients have none for {name}; they are named {', '.join(map(str, given))}"
    )


def trials(
    forward: Outputs,
    others: Sequence[Outputs],
    names: Sequence[str],
    t: Array,
    call: Call,
    gives_gradients: bool,
) -> Iterator[Training]:
    """Yield the ways in which a program's function may take a step, likeliest first."""
    count, rows = argument_count(call), len(t)
    if count == 0:
        yield Training(forward, names, t, [call], masks(rows), gives_gradients)
        return
    if count == 1:
        raise SettingError("train takes one argument; give a function of none, or of x and t")
    for one in sorted((forward, *others), key=lambda f: f.form.is_all):
        if count != (forward.x.shape[1] + 1 if one.form.is_spread else 2):
            continue
        like = one.predict(*one.arguments(one.x if one.form.is_all else one.x[0]))
        tables = [(one.x, t)] if one.form.is_all else list(zip(one.x, t, strict=True))
        calls = [
            lambda one=one, x=x, t=t, like=like: call(*one.arguments(x), one.shaped(t, like))
            for x, t in tables
        ]
        chosen = masks(rows) if one.form.is_all else [np.eye(rows)]
        yield Training(forward, names, t, calls, chosen, gives_gradients)
