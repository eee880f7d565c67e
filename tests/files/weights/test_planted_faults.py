"""Networks of people whose code is wrong: none is told to wait, and each is told why it may be.

Six at a time are trained by a small program with one fault, in plain NumPy, and each is diagnosed
by its weights or its outputs.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.arrays import Array
from xorviz.files.weights.examined import examined
from xorviz.files.weights.own_network import Arrays

X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
XOR = np.array([[0.0], [1], [1], [0]])
SEEDS = range(6)
WAITING = re.compile(
    r"let it run|in time|longer|keep training|train(ing)? on|most runs|most networks|leaves? "
    r"by itself|plateau that|be patient|just wait|more steps(?! (won|will hardly))",
    re.IGNORECASE,
)


def sigmoid(z: Array) -> Array:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * z))


def relu(z: Array) -> Array:
    return np.maximum(z, 0)


SLOPES: dict[Any, Callable[[Array], Any]] = {
    sigmoid: lambda h: h * (1 - h), np.tanh: lambda h: 1 - h**2, relu: lambda h: (h > 0) * 1.0,
    np.positive: np.ones_like,
}  # fmt: skip


def trained(
    width: int = 3,
    steps: int = 1500,
    rate: float = 1.0,
    respond: Any = sigmoid,
    slope: Callable[[Array], Any] | None = None,
    targets: Array = XOR,
    start: float | None = None,
    output: Callable[[Array], Array] = sigmoid,
    biases: bool = True,
) -> tuple[dict[str, Array], Array]:
    """Train by the gradient of the sum of squared errors; return six networks and their outputs."""
    shapes = {"w1": (2, width), "b1": (1, width), "w2": (width, 1), "b2": (1, 1)}
    draws = [np.random.default_rng(seed).uniform for seed in SEEDS]
    made = {n: np.array([draw(-1, 1, shape) for draw in draws]) for n, shape in shapes.items()}
    if start is not None:
        made = {name: np.full_like(array, start) for name, array in made.items()}
    made["b1"] += {relu: -9}.get(respond, 0)  # all units are dead
    for name in ("b1", "b2"):
        made[name] *= biases
    for _ in range(steps + 1):
        h = respond(X @ made["w1"] + made["b1"])
        y = output(h @ made["w2"] + made["b2"])
        error = rate * (y - targets) * y * (1 - y)
        back = error @ made["w2"].swapaxes(1, 2) * (slope or SLOPES[respond])(h)
        made["w2"] -= h.swapaxes(1, 2) @ error
        made["w1"] -= X.T @ back
        made["b1"] -= back.sum(axis=1, keepdims=True) * biases
        made["b2"] -= error.sum(axis=1, keepdims=True) * biases
    named = {name: array[:, 0] if name[0] == "b" else array for name, array in made.items()}
    return {name: array for name, array in named.items() if biases or name[0] == "w"}, y[..., 0]


BACKWARD = "a fault in the backward pass"
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "slope of tanh": ({"width": 2, "slope": SLOPES[np.tanh]}, BACKWARD),
    "no slope": ({"width": 2, "slope": np.zeros_like}, BACKWARD),
    "missing bias": ({"biases": False, "respond": np.tanh}, "missing bias"),
    "negated targets": ({"width": 4, "targets": 1 - XOR}, "negated"),
    "uphill": ({"width": 4, "rate": -1, "steps": 4000}, BACKWARD),
    "linear": ({"respond": np.positive}, "no hidden layer"),
    "one step": ({"steps": 1}, "too few steps"),
    "equal start": ({"start": 1}, "equal initial weights"),
    "zero start": ({"start": 0, "steps": 100}, "symmetric units"),
    "another order": ({"width": 4, "targets": XOR[[0, 1, 3, 2]]}, "another row order"),
    "softmax of one": ({"output": np.ones_like}, "softmax of one"),
    "dead units": ({"respond": relu}, "dead units"),
}
BY_OUTPUTS = {
    *("missing bias", "negated targets", "another order", "softmax of one"),
    *("linear", "one step", "equal start"),
}


@pytest.mark.parametrize("fault", some(FAULTS, 5))
def test_no_one_with_a_fault_is_told_to_wait(fault: str) -> None:
    settings, cause = FAULTS[fault]
    networks, outputs = trained(**settings)
    said = {"activation": getattr(settings.get("respond", sigmoid), "__name__", "tanh")}
    for seed in SEEDS if "start" not in settings else SEEDS[:1]:  # else all are the same
        weights = Arrays(**{name: array[seed] for name, array in networks.items()})
        is_outputs = fault in BY_OUTPUTS
        given = Arrays(outputs=outputs[seed]) if is_outputs else weights
        report = examined(given, {} if is_outputs else said).to_dict()
        assert not WAITING.findall(str(report))
        if report["state"] != "learned":
            assert cause in [one["name"] for one in report["causes"]]
            assert report["next"]
