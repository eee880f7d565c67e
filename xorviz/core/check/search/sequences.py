"""Several updates between two states: a pass over the rows, or several steps.

Their sum is no multiple of a gradient, so each is simulated, and its rate is found by Gauss-Newton.
Shapes: C candidates for order and rate, L updates, B rows, H hidden units.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from xorviz.core.arrays import Array, Numbers
from xorviz.core.check.rules import rule
from xorviz.core.check.rules.row_terms import ARRAYS, HIDDEN, UNITS, messages, names_of, signals
from xorviz.core.check.said import NONE, OWN
from xorviz.core.check.search.settings import Model
from xorviz.core.check.search.step import Step
from xorviz.core.network import Weights
from xorviz.core.truth_table import ROWS

ORDERS = tuple(permutations(range(len(ROWS))))
"""All orders of a pass."""
_NUDGE = 1e-6
"""Relative change of a rate that measures a derivative."""
_WIDEST = 3.0
"""Factor by which a rate changes at most at once."""


@dataclass(frozen=True, slots=True)
class Variant:
    """How a program computes one update, right or with one fault. A value."""

    right: str
    """The signal that is right for the loss."""
    faults: Mapping[str, str]
    """By array; empty if it is right."""
    signal: str
    """What the output layer uses, and the hidden one unless it has its own."""
    hidden_signal: str
    message: str = OWN
    """What the signal is multiplied by on its way to the hidden units."""
    has_inputs: bool = True
    signs: tuple[float, ...] = (1.0,) * 4
    """For w1, b1, w2, b2: -1 against the right direction, 0 if it is not updated."""


def variants(
    setting: Model, right: str, still: frozenset[str], rights: Sequence[str]
) -> Iterator[Variant]:
    """Yield the right way to compute an update and those with one fault.

    ``still`` are the arrays that did not change, which is a fault of its own; ``rights`` are the
    signals of all losses that are possible.
    """
    yield (plain := Variant(right, {}, right, right))
    if still:
        signs = tuple(0.0 if name in still else 1.0 for name in ARRAYS)
        yield replace(plain, faults=dict.fromkeys(still, rule.NOT_UPDATED), signs=signs)
        return
    hidden, output = dict.fromkeys(HIDDEN, ""), dict.fromkeys(("w2", "b2"), "")
    everywhere = hidden | output
    seen = setting.seen
    w2 = np.ones(seen.h.shape[1])
    for name, _ in messages(seen.activation, seen.z, w2, w2)[1:]:
        yield replace(plain, faults=dict.fromkeys(hidden, name), message=name)
    target = setting.goal.values[np.newaxis]
    for name, _ in signals(seen.logit, setting.output, target):
        if name == rule.OUTPUT_SENT:
            yield replace(plain, faults=dict.fromkeys(hidden, name), hidden_signal=name)
        elif name == NONE and right == OWN:
            yield replace(plain, faults=dict.fromkeys(hidden, rule.ERROR_SENT), hidden_signal=name)
        if name not in {OWN, right, rule.OUTPUT_SENT, *rights}:
            fault = rule.NO_OUTPUT_SLOPE if name == NONE else f"{name}: output"
            yield replace(
                plain, faults=dict.fromkeys(everywhere, fault), signal=name, hidden_signal=name
            )
    yield replace(plain, faults={"w1": rule.NO_INPUTS}, has_inputs=False)
    for names in (hidden, output, *([name] for name in everywhere)):
        turned = tuple(-1.0 if name in names else 1.0 for name in ARRAYS)
        yield replace(plain, faults=dict.fromkeys(names, rule.WRONG_SIGN), signs=turned)
    yield replace(plain, faults=dict.fromkeys(everywhere, rule.ADDED), signs=(-1.0,) * 4)


def walked(
    start: Weights, setting: Model, variant: Variant, masks: Array, rates: Array
) -> dict[str, Array]:
    """Return the change of each array (C, N) by updates with some rows (L, C or 1, B) each."""
    count = len(rates)
    x, step = setting.seen.x, rates[:, np.newaxis]
    w1 = np.repeat(start.w1[np.newaxis], count, axis=0)
    w2 = np.repeat(start.w2[np.newaxis, :, 0], count, axis=0)
    b1 = np.zeros_like(w2) if start.b1 is None else np.repeat(start.b1[np.newaxis], count, axis=0)
    b2 = np.zeros((count, 1)) if start.b2 is None else np.repeat(start.b2[np.newaxis], count, 0)
    of_w1, of_b1, of_w2, of_b2 = variant.signs
    for mask in masks:
        z = x @ w1 + b1[:, np.newaxis]  # (C, B, H)
        h = UNITS[setting.seen.activation].value(z)
        logit = (h @ w2[..., np.newaxis])[..., 0] + b2
        sent = dict(signals(logit, setting.output, setting.goal.values))
        signal, back = (sent[n] * mask for n in (variant.signal, variant.hidden_signal))
        d_w2 = (h * signal[..., np.newaxis]).sum(axis=1)
        w2_new = w2 - of_w2 * step * d_w2
        message = _message(setting, z, w2, w2_new, variant.message)
        deltas = back[..., np.newaxis] * message  # (C, B, H)
        inputs = x if variant.has_inputs else np.ones_like(x)
        w1 = w1 - of_w1 * step[..., np.newaxis] * (inputs.T @ deltas)
        if start.b1 is not None:
            b1 = b1 - of_b1 * step * deltas.sum(axis=1)
            b2 = b2 - of_b2 * step * signal.sum(axis=1, keepdims=True)
        w2 = w2_new
    ended = {"w1": w1 - start.w1, "w2": w2 - start.w2[:, 0]}
    if start.b1 is not None and start.b2 is not None:
        ended |= {"b1": b1 - start.b1, "b2": b2 - start.b2}
    return {name: ended[name].reshape(count, -1) for name in names_of(start)}


def _message(setting: Model, z: Numbers, w2: Numbers, w2_new: Numbers, name: str) -> Numbers:
    """Return what the signal is multiplied by on its way to the hidden units (C, B, H)."""
    activation, w2, w2_new = setting.seen.activation, w2[:, np.newaxis], w2_new[:, np.newaxis]
    if name == OWN:  # nearly always: the others need not be computed
        return np.asarray(w2 * UNITS[activation].slope(UNITS[activation].value(z)))
    return dict(messages(activation, z, w2, w2_new))[name]


def fitted(
    taken: Step, setting: Model, variant: Variant, masks: Array, rates: Array, rounds: int
) -> tuple[Array, Array]:
    """Return rates (C,) improved by some rounds, and what each leaves over of each array (C, A)."""
    start, names = taken.before, names_of(taken.before)
    wanted = np.concatenate([taken.changes[name] for name in names])
    with np.errstate(all="ignore"):  # a rate that is far off may diverge
        for _ in range(rounds):
            both = walked(start, setting, variant, np.concatenate((masks, masks), axis=1),
                          np.concatenate((rates, rates * (1 + _NUDGE))))  # fmt: skip
            here, nudged = np.split(np.concatenate([both[name] for name in names], axis=1), 2)
            slope = (nudged - here) / (_NUDGE * rates)[:, np.newaxis]
            towards = ((wanted - here) * slope).sum(axis=1) / (slope**2).sum(axis=1)
            moved = np.where(np.isfinite(towards), rates + towards, 0.0)
            rates = np.clip(moved, rates / _WIDEST, rates * _WIDEST)
        ended = walked(start, setting, variant, masks, rates)
    left = [np.linalg.norm(taken.changes[name] - ended[name], axis=1) for name in names]
    return rates, np.nan_to_num(np.stack(left, axis=1), nan=np.inf)


def masks_of(orders: Sequence[Sequence[int]]) -> Array:
    """Return the rows that each update uses (L, C, B), for orders of equal length."""
    return np.asarray(np.eye(len(ROWS))[np.array(orders).T])
