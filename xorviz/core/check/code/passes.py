"""A pass over the rows: one update by each row in turn, made again to be compared with its change.

Shapes: P trained numbers, which are few; R rows, of which one pass is made.
"""

from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.program import LOSSES, ROUNDINGS, Program, Updates

_MOST_ROWS = 4
"""Rows of which all orders are tried if a pass draws its order."""
_MOST_LOSSES = 2
"""Losses that are tried with all orders."""
_TURNS = 8
"""Rates that are tried at most; each is nearer, as the pass is almost linear in it."""
_FAR = 0.3
"""Of the change: what differs by more at the rate of the same length is of another loss."""


def passes(program: Program, theta: Array, *, is_drawn: bool) -> Iterator[Updates]:
    """Yield the change of one pass from weights (P,), beside that of a pass that is made here.

    ``is_drawn`` says that two passes from the same weights differ: then any order may be the one.
    What a pass changes, divided by its rate, stands in place of the gradient.
    """
    count = len(program.x)
    start, _, change = next(program.changes(theta))
    is_whole = not program.probes.sampled and 1 < count <= (_MOST_ROWS if is_drawn else np.inf)
    if not is_whole or not np.isfinite(change).all() or not change.any():
        return
    program.holders.go_to(start)
    gradients = {loss: rows.sum(axis=0) for loss, (rows, _) in program.gradients(None).items()}
    # Those that are nearest to the gradient over all rows are tried first, and only these if there
    # are many orders.
    batch = sorted(
        ((loss, g) for loss, g in gradients.items() if loss in LOSSES),
        key=lambda each: float(change @ each[1]) / max(float(np.linalg.norm(each[1])), 1e-300),
    )
    errors = program.errors(start, change)
    for order in permutations(range(count)) if is_drawn else [range(count)]:
        for loss, whole in batch[: _MOST_LOSSES if is_drawn else None]:
            if gradient := _mean_gradient(program, loss, order, start, change, whole):
                losses = {loss: gradient}
                yield program.beside([(start, np.zeros_like(start), change, errors, losses)])


def _mean_gradient(
    program: Program, loss: str, order: Sequence[int], start: Array, change: Array, batch: Array
) -> tuple[Array, Array] | None:
    """Return the gradient (1, P) that a pass as long as a change follows, and bounds (1, P)."""
    length = float(change @ change)
    rate = -float(change @ batch) / max(float(batch @ batch), 1e-300)
    before: tuple[float, float] | None = None
    for turn in range(_TURNS):
        path = _passed(program, loss, order, start, rate) if 0 < rate < np.inf else None
        if path is None or not np.isfinite(path[0]).all():
            return None
        way, errors = path
        excess = float(way @ change) / length - 1
        if turn and np.linalg.norm(way - change) > _FAR * length**0.5:
            return None
        if abs(excess) < 1e-14 or (before and before[1] == excess):
            break
        slope = (excess - before[1]) / (rate - before[0]) if before else (1 + excess) / rate
        before, rate = (rate, excess), rate - excess / slope
    return -way[np.newaxis] / rate, errors[np.newaxis] / rate


def _passed(
    program: Program, loss: str, order: Sequence[int], start: Array, rate: float
) -> tuple[Array, Array] | None:
    """Return where one pass at a rate leads from weights (P,), and bounds of its errors (P,)."""
    theta, errors = start.copy(), ROUNDINGS * program.holders.rounding * np.abs(start)
    for row in order:
        program.holders.write(theta)
        gradients = program.gradients(row)
        if loss not in gradients:
            return None
        slopes, bounds = gradients[loss]
        theta -= rate * slopes[0]
        errors += 4 * rate * bounds[0]
    return theta - start, errors
