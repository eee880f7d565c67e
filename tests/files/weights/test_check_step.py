"""A training step is checked from whatever holds the weights in Python."""

from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.files import refusal
from tests.support.snapshots import taken
from xorviz import FileError, RunConfig, SettingError, check_gradient, check_step
from xorviz.core.arrays import Array
from xorviz.core.network import Weights, gradient, initial_weights

NAMES = ("w1", "b1", "w2", "b2")
CONFIG = RunConfig(width=3, rate=0.5, biases=True, momentum=0.9)
BEFORE = initial_weights(CONFIG)
AFTER, THEN = taken(BEFORE, CONFIG, 2)
WRONG = Weights(2 * BEFORE.w1 - AFTER.w1, AFTER.b1, AFTER.w2, AFTER.b2)
"""The step of w1 has the wrong sign."""


class Sparse:
    """A tensor that NumPy cannot have."""

    def numpy(self) -> Array:
        raise TypeError("can't convert Sparse layout tensor\nto numpy.")


def named(weights: Weights) -> dict[str, Any]:
    return dict(zip(NAMES, weights.arrays(), strict=True))


def as_nested_mappings(weights: Weights) -> dict[str, Any]:
    """As Flax has its parameters."""
    w1, b1, w2, b2 = weights.arrays()
    layers = {"Dense_0": {"kernel": w1, "bias": b1}, "Dense_1": {"kernel": w2, "bias": b2}}
    return {"params": layers}


WAYS: list[Callable[[Weights], object]] = [
    *(lambda weights: weights, Weights.arrays, named, as_nested_mappings),
    lambda weights: iter(weights.arrays()),
    lambda weights: np.array([*weights.arrays(), None], object)[:4],  # each keeps its shape
    lambda weights: [array.astype(np.longdouble) for array in weights.arrays()],
    lambda weights: "\n".join(f"{n} = {a.tolist()}" for n, a in named(weights).items()),
]


def test_weights_are_taken_in_every_form(tmp_path: Path) -> None:
    for way in WAYS:
        assert check_step(way(BEFORE), way(AFTER)).verdict == "correct"
    assert check_step(BEFORE, AFTER, THEN).rule.momentum == pytest.approx(0.9)
    before, both = tmp_path / "before.npz", tmp_path / "both.npz"
    np.savez(before, **named(BEFORE))
    np.savez(both, **named(BEFORE), **{f"{n}_after": a for n, a in named(AFTER).items()})
    assert check_step(before, AFTER).verdict == check_step(str(both)).verdict == "correct"


def test_targets_are_in_the_order_of_the_rows() -> None:
    config = RunConfig(width=3, rate=0.5, targets=(1, 1, 0, 0))  # of 10, 00, 01, 11
    before = initial_weights(config)
    (after,) = taken(before, config)
    ways: list[dict[str, Any]] = [
        {"targets": "1010"},  # of 00, 01, 10, 11
        {"targets": np.array([[1.0], [0.0], [1.0], [0.0]])},
        {"targets": (0, 0, 1, 1), "order": "11,01,10,00"},
        {"targets": [0, 0, 1, 1], "order": [(1, 1), (0, 1), (1, 0), (0, 0)]},
        {"targets": "0011", "order": ["11", "01", "10", "00"]},
    ]
    for more in ways:
        found = check_step(before, after, **more)
        assert (found.verdict, found.rule.targets) == ("correct", (1, 1, 0, 0))
    assert check_step(before, after, targets="0110").verdict != "correct"


def test_gradients_are_checked() -> None:
    slopes = gradient(BEFORE, CONFIG)
    for prefix in ("", "d_", "d", "grad_", "gradient."):
        by_name = {f"{prefix}{name}": array for name, array in named(slopes).items()}
        assert check_gradient(BEFORE, by_name, loss="sse").verdict == "correct"
    left_out = check_gradient(BEFORE, named(slopes) | {"w1": -np.array(slopes.w1)})
    assert left_out.arrays["w1"].is_fault


W1, B1, W2, B2 = BEFORE.arrays()
REFUSED: list[tuple[tuple[object, ...], str]] = [
    ((BEFORE,), "the weights are given once; a step needs them twice, before and after it"),
    ((BEFORE, BEFORE), "before and after are the same weights; save"),
    ((BEFORE, "nowhere.npz"), "nowhere.npz: The file does not exist."),
    ((BEFORE, (W1, object())), "after: In array 2 there is something other than numbers"),
    ((BEFORE, object()), "after: It is something other than numbers in rows"),
    ((BEFORE, (W1, W2)), "b1 is"),
    ((BEFORE, (W1, B1, W2)), "b2 is"),
    ((BEFORE, (W1[:, :2], B1[:2], W2[:2], B2)), "w1 has the shape (2, 3) in one state and (2, 2)"),
    ((BEFORE, (W1.T, B1, W2, B2)), "w1 has the shape (3, 2), which can only be out-in"),
    (([0, 1, 1, 0], [0, 1, 1, 0]), "these are outputs; a step is checked by the weights"),
    (([BEFORE, AFTER], THEN), "before: It holds 2 states of a network; allowed here is one"),
    *(((many, AFTER), "before: It holds more than 20000 numbers")
      for many in (np.zeros(20_001), repeat(0.5))),
    (("1 " * 500_000, AFTER), "1 1 1"),  # a long text is not repeated
    ((BEFORE, (np.ma.masked_greater(W1, 0), B1, W2, B2)), "after: It holds nan"),
    ((BEFORE, {"w1": Sparse(), "w2": W2}), "after: It cannot be read: TypeError: can't"),
]  # fmt: skip
SAID: list[tuple[dict[str, Any], str]] = [
    ({"rate": -1}, "rate is -1; allowed: a number above 0"),
    ({"loss": "l2"}, "loss is 'l2'; allowed: sse, half-sse, mse, half-mse, cross-entropy, mean-"),
    ({"output": "softmax"}, "output is 'softmax'; allowed: sigmoid, tanh, linear, relu"),
    ({"batch": 4}, "batch is 4; allowed: full, pass, shuffled, row"),
    *(({"order": odd}, "order is ") for odd in ([(0, 0), (0, 2)], np.array(10), "00,01", object())),
    *(({"targets": odd}, "targets is ") for odd in ([0, 1, 2], object(), 10**400, [[0], []])),
    ({"biases": False}, "biases is said to be off, but is on in the arrays"),
    ({"biases": "on"}, "biases is 'on'; allowed: on, off"),
    ({"orientation": "up"}, "orientation is 'up'; allowed: in-out, out-in, in-out-first, out-in-"),
    ({"orientation": "out-in"}, "w1 has the shape (2, 3), which can only be in-out"),
]  # fmt: skip


def test_what_is_no_step_or_cannot_be_said_is_refused_in_a_sentence() -> None:
    for states, message in REFUSED:
        with pytest.raises((FileError, SettingError)) as refused:
            check_step(*states)
        assert str(refused.value).startswith(message)
        assert len(str(refused.value)) < 400
    for said, message in SAID:
        assert refusal(check_step, BEFORE, AFTER, **said).startswith(message)
