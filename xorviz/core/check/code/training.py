"""The ways in which a program takes steps, and what they change. Shapes: as in compare."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.compare import ENOUGH, ROUNDINGS, WRONG, Steps
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

    def changes(self, theta: Array, times: int = 1) -> Array:
        """Return the changes (M, P) from weights (P,), each by the last of so many calls."""
        holders, found = self.outputs.holders, []
        for call in self.calls:
            self._go_to(theta)
            for _ in range(times):
                before = holders.read()
                result = call()
            found.append(holders.read() - before)
            if self.gives_gradients:
                found[-1] = -self._gradients(result)
        return np.array(found)

    def _go_to(self, theta: Array) -> None:
        self.outputs.holders.restore()
        self.outputs.holders.write(theta)

    def steps(self, theta: Array, changes: Array, previous: Array | None = None) -> Steps:
        """Return changes (M, P) as steps from weights (P,)."""
        holders = self.outputs.holders
        self._go_to(theta)
        sizes = np.nan_to_num(np.abs(changes))
        sizes += 4 * sizes.max() if self.gives_gradients else np.abs(theta)
        errors = ROUNDINGS * holders.rounding * sizes + 1e-300
        rows = [rows[-len(changes) :] for rows in self.rows]
        return Steps(holders.sizes, theta, changes, errors, self.outputs.slopes(), self.t, rows,
                     previous)  # fmt: skip

    def _gradients(self, given: Any) -> Array:
        """Return gradients (P,), given by the ends of the arrays' names or in their order."""
        sizes = self.outputs.holders.sizes
        if isinstance(given, Mapping):
            keys = sorted(map(str, given), key=len)
            ends = [name.strip("]").replace("[", ".").split(".")[-1].lower() for name in sizes]
            given = [given[k] for e in ends for k in [k for k in keys if k.lower().endswith(e)][:1]]
        try:
            arrays = [np.array(raw(value), dtype=float) for value in given]
        except (TypeError, ValueError):
            arrays = []
        is_sound = self.outputs.holders.are_shaped([array.shape for array in arrays])
        if not is_sound or not all(np.isfinite(array).all() for array in arrays):
            raise SettingError(f"gradients do not fit; give finite ones for {', '.join(sizes)}")
        return np.concatenate([array.ravel() for array in arrays])

    def passed(self, steps: Steps, only: str | None) -> tuple[str, tuple[int, ...], float] | None:
        """Return the loss, the order and the rate of a pass, row by row, that explains a step."""
        change, near = steps.changes[0], []
        for loss, g, _ in steps.gradients(np.ones((1, len(self.t))), only):
            rate = float(-(g[0] @ change) / (g[0] @ g[0]))
            off = float(np.linalg.norm(change + rate * g[0]) / np.linalg.norm(change))
            if loss not in WRONG and rate > 0 and off < 0.4:  # the same to first order
                near.append((off, loss, rate))
        rows = tuple(range(len(self.t)))
        swapped = (*rows[:1], *rows[1:-1][::-1], *rows[-1:])
        for _, loss, rate in sorted(near)[:2]:
            for order in dict.fromkeys([rows, rows[::-1], swapped]):
                run = partial(self._run, steps, loss, order)
                if found := _refined(run, rate, change):
                    return loss, order, found
        return None

    def _run(
        self, steps: Steps, loss: str, order: Sequence[int], rate: float
    ) -> tuple[Array, Array]:
        """Return the change (P,) of a right pass, and bounds of its errors."""
        at, errors = steps.before, steps.errors[0]
        for row in order:
            self.outputs.holders.write(at)
            here = replace(steps, slopes=self.outputs.slopes(row), t=self.t[[row]])
            _, g, bounds = next(here.gradients(np.ones((1, 1)), loss))
            at, errors = at - rate * g[0], errors + 4 * rate * bounds[0]
        return at - steps.before, errors


def _refined(
    run: Callable[[float], tuple[Array, Array]], rate: float, wanted: Array
) -> float | None:
    """Return the rate at which a pass is exactly a change; None if there is none."""
    rates, shares, gap = [0.0], [0.0], np.inf
    for _ in range(12):
        change, allowed = run(rate)
        left = np.abs(wanted - change)
        if (left <= allowed).all():
            digits = np.log10(np.maximum(np.abs(wanted), allowed) / allowed).clip(0, 12)
            return rate if digits.sum() - digits.max() >= ENOUGH + 2 else None
        if np.linalg.norm(left) > 0.9 * gap:
            return None  # it is at its best, and not exact
        gap = float(np.linalg.norm(left))
        rates, shares = [*rates, rate], [*shares, float(change @ wanted / (wanted @ wanted))]
        rate += (1 - shares[-1]) * (rates[-1] - rates[-2]) / (shares[-1] - shares[-2])
    return None


def training_of(
    forwards: Sequence[Outputs], t: Array, call: Call, gives_gradients: bool
) -> Training:
    """Return the way in which a function takes a step: from all rows, or from each in turn."""
    kinds = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    parameters = inspect.signature(call).parameters.values()
    count = sum(p.default is p.empty and p.kind in kinds for p in parameters)
    any_rows = [np.ones((1, len(t))), *np.eye(len(t))[:, np.newaxis]]
    if count == 0:
        return Training(forwards[0], t, [call], any_rows, gives_gradients)
    failed: Exception = SettingError("train takes no x and t; give a function of none")
    for outputs in sorted(forwards, key=lambda o: len(o.calls(o.x)) == 1):  # rows first
        inputs = outputs.calls(outputs.x)
        if count == len(inputs[0]) + 1:
            each = zip(inputs, np.split(t, len(inputs)), strict=True)
            calls = [partial(call, *x, outputs.like(x, part)) for x, part in each]
            rows = any_rows if len(calls) == 1 else [np.eye(len(t))]
            training = Training(outputs, t, calls, rows, gives_gradients)
            outputs.holders.restore()
            try:
                if np.isfinite(training.changes(outputs.holders.read())).all():
                    return training
            except Exception as error:
                failed = error
    raise failed
