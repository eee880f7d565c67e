"""The ways in which a program takes steps, and what they change. Shapes: as in compare."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.compare import ENOUGH, ROUNDINGS, WRONG, Losses, Steps
from xorviz.core.check.code.holders import raw
from xorviz.core.check.code.slopes import Call, Outputs
from xorviz.core.rules import SettingError


@dataclass(frozen=True)
class Training:
    """A way to have steps taken, each from the same weights. A value."""

    outputs: Outputs
    t: Array
    calls: Sequence[Callable[[], Any]]
    rows: Sequence[Array]
    gives_gradients: bool

    def go_to(self, theta: Array) -> None:
        """Put the program back, and its weights to numbers (P,)."""
        self.outputs.holders.restore()
        self.outputs.holders.write(theta)

    def steps(self, theta: Array) -> Steps:
        """Return the steps that are taken from weights (P,)."""
        changes = self.changes(theta)
        return self._steps(theta, changes, self.rows)

    def second(self, theta: Array) -> Steps:
        """Return the second of two steps, the first of which starts at weights (P,)."""
        holders = self.outputs.holders
        self.go_to(theta)
        self.calls[-1]()
        middle = holders.read()
        self.calls[-1]()
        change = (holders.read() - middle)[np.newaxis]
        rows = [rows[-1:] for rows in self.rows]
        return self._steps(middle, change, rows, (middle - theta)[np.newaxis])

    def _steps(
        self, before: Array, changes: Array, rows: Sequence[Array], previous: Array | None = None
    ) -> Steps:
        holders = self.outputs.holders
        self.go_to(before)
        slopes = self.outputs.slopes()
        sizes = np.nan_to_num(np.abs(changes)) + (0 if self.gives_gradients else np.abs(before))
        errors = ROUNDINGS * holders.rounding * sizes + 1e-300
        if self.gives_gradients:
            errors = errors + 4 * ROUNDINGS * holders.rounding * np.abs(changes).max()
        return Steps(holders.names, holders.sizes, before, changes, errors, slopes, self.t, rows,
                     previous)  # fmt: skip

    def changes(self, theta: Array) -> Array:
        """Return the changes (M, P) of all calls."""
        found = []
        for call in self.calls:
            self.go_to(theta)
            result = call()
            given = self._gradients(result) if self.gives_gradients else None
            found.append(self.outputs.holders.read() - theta if given is None else -given)
        return np.array(found)

    def _gradients(self, given: Any) -> Array:
        """Return gradients (P,), given by the arrays' names or in their order."""
        names, sizes = self.outputs.holders.names, self.outputs.holders.sizes
        if isinstance(given, Mapping):
            keys = sorted(map(str, given), key=len)
            last = [name.replace("]", "").replace("[", ".").split(".")[-1] for name in names]
            ends = [[k for k in keys if k.lower().endswith(end.lower())] for end in last]
            given = [given[k[0]] for k in ends if k]
        try:
            arrays = [np.array(raw(value), dtype=float).ravel() for value in given]
        except (TypeError, ValueError):
            raise SettingError("gradients are no arrays of numbers") from None
        if [array.size for array in arrays] != sizes or not np.isfinite(
            np.concatenate(arrays)
        ).all():
            raise SettingError(f"gradients do not fit; give finite ones for {', '.join(names)}")
        return np.concatenate(arrays)

    def passed(self, steps: Steps, losses: Losses) -> tuple[str, tuple[int, ...], float] | None:
        """Return the loss, the order and the rate of a pass, row by row, that explains a step."""
        change, near = steps.changes[0], []
        for loss, g, _ in steps.gradients(np.ones((1, len(self.t))), losses):
            rate = float(-(g[0] @ change) / (g[0] @ g[0]))
            off = float(np.linalg.norm(change + rate * g[0]) / np.linalg.norm(change))
            if loss not in WRONG and rate > 0 and off < 0.4:  # the same to first order
                near.append((off, loss, rate))
        given = tuple(range(len(self.t)))
        for _, loss, rate in sorted(near)[:2]:
            run = partial(self._run, steps, loss, losses)
            for order in (given, given[::-1]):
                if found := _refined(run, order, rate, steps):
                    return loss, order, found
            others = permutations(given) if len(given) <= 4 else ()
            nearest = sorted(others, key=lambda o: np.linalg.norm(change - run(o, rate)[0]))
            for order in nearest[:1]:
                if found := _refined(run, order, rate, steps):
                    return loss, order, found
        return None

    def _run(
        self, steps: Steps, loss: str, losses: Losses, order: Sequence[int], rate: float
    ) -> tuple[Array, Array]:
        """Return the change (P,) of a right pass, and bounds of its errors."""
        at, errors = steps.before, steps.errors[0]
        for row in order:
            self.outputs.holders.write(at)
            here = Steps(steps.names, steps.sizes, at, steps.changes, steps.errors,
                         self.outputs.slopes(row), self.t[[row]], [])  # fmt: skip
            g, bounds = next(
                (g, e) for n, g, e in here.gradients(np.ones((1, 1)), losses) if n == loss
            )
            at, errors = at - rate * g[0], errors + 4 * rate * bounds[0]
        self.outputs.holders.write(steps.before)
        return at - steps.before, errors


def _refined(
    run: Callable[..., tuple[Array, Array]], order: Sequence[int], rate: float, steps: Steps
) -> float | None:
    """Return the rate at which a pass in an order is exactly a change; None if there is none."""
    wanted, last = steps.changes[0], np.inf
    while True:
        change, allowed = run(order, rate)
        gap = float(np.linalg.norm(wanted - change))
        if (np.abs(wanted - change) <= allowed).all():
            digits = np.log10(np.maximum(np.abs(wanted), allowed) / allowed).clip(0, 12)
            return rate if digits.sum() - digits.max() >= ENOUGH + 2 else None
        if not gap < 0.9 * last:
            return None  # it is at its best, and not exact
        last, rate = gap, rate * float(wanted @ change / (change @ change))


def _masks(rows: int) -> list[Array]:
    """Return the rows (1, R) that a step may be made of: all, then each."""
    return [np.ones((1, rows)), *np.eye(rows)[:, np.newaxis]]


def trainings(
    forwards: Sequence[Outputs], t: Array, call: Call, gives_gradients: bool
) -> Iterator[Training]:
    """Yield the ways in which a function may take a step, of all rows or of one after the other."""
    parameters = inspect.signature(call).parameters.values()
    count = sum(
        p.default is p.empty and p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}
        for p in parameters
    )
    if count == 0:
        yield Training(forwards[0], t, [call], _masks(len(t)), gives_gradients)
    for outputs in sorted(forwards, key=lambda o: len(o.calls(o.x)) == 1):  # rows first
        inputs = outputs.calls(outputs.x)
        if count and count == len(inputs[0]) + 1:
            targets = np.split(t, len(inputs))
            calls = [
                partial(call, *x, outputs.like(x, part))
                for x, part in zip(inputs, targets, strict=True)
            ]
            rows = _masks(len(t)) if len(calls) == 1 else [np.eye(len(t))]
            yield Training(outputs, t, calls, rows, gives_gradients)
