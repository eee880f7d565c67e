"""A training step of a program in Python, checked where it is taken."""

from collections.abc import Iterable
from typing import Any

from xorviz.core.check.step_check import StepCheck
from xorviz.core.rules import Choice, SettingError, Switch, checked
from xorviz.files.weights.given import gradients_given, one_given, said_given, states_given
from xorviz.files.weights.own_network import ORIENTATIONS, Arrays
from xorviz.files.weights.stepped import CheckedStep, checked_gradient, checked_step


def check_step(
    before: object,
    after: object = None,
    then: object = None,
    *,
    rate: float | None = None,
    loss: str | None = None,
    activation: str | None = None,
    output: str | None = None,
    biases: bool | None = None,
    batch: str | None = None,
    order: str | Iterable[Any] | None = None,
    targets: str | Iterable[Any] | None = None,
    momentum: float | None = None,
    orientation: str | None = None,
) -> StepCheck:
    """Return whether a training step is right, and what is wrong in which array if it is not.

    ``before`` and ``after`` are the weights around one step; with ``then``, those after a second
    step, momentum is found out, too. Each is a path, a printed text, the arrays w1, b1, w2, b2 (or
    w1, w2) in a sequence or by name, or Weights; arrays may be nested lists or tensors. One file
    or text may hold all of them as ``before``. Give copies: programs change arrays in place.

    What is not said is found out. ``order`` is that of the rows in ``targets`` and in a pass, such
    as "00,01,10,11", which it is by default for targets, or pairs (x1, x2). ``orientation`` is
    in-out if a row of w1 is an input, out-in if it is a hidden unit, with -first behind it if
    biases stand before the weights in w1 or w2. Raises SettingError and FileError.
    """
    given = {"before": before, "after": after, "then": then}
    values = {name: value for name, value in given.items() if value is not None}
    states: list[Arrays] = []
    for name, value in values.items():
        states += states_given(value, name) if len(values) == 1 else [one_given(value, name)]
    said = said_given(order, targets, rate=rate, loss=loss, activation=activation, output=output,
                 batch=batch, momentum=momentum)  # fmt: skip
    return _agreed(checked_step(states, said, _orientation(orientation)), biases)


def check_gradient(
    weights: object,
    gradients: object,
    *,
    loss: str | None = None,
    activation: str | None = None,
    output: str | None = None,
    biases: bool | None = None,
    batch: str | None = None,
    order: str | Iterable[Any] | None = None,
    targets: str | Iterable[Any] | None = None,
    orientation: str | None = None,
) -> StepCheck:
    """Return whether gradients are right, and what is wrong in which array if they are not.

    Both are given as in check_step; names such as d_w1 or grad_w1 are read as w1. Raises
    SettingError and FileError.
    """
    arrays = one_given(weights, "weights")
    said = said_given(order, targets, loss=loss, activation=activation, output=output, batch=batch)
    slopes, chosen = gradients_given(gradients), _orientation(orientation)
    return _agreed(checked_gradient(arrays, slopes, said, chosen), biases)


def _orientation(value: str | None) -> str | None:
    return None if value is None else checked(Choice(ORIENTATIONS), "orientation", value)


def _agreed(found: CheckedStep, biases: object) -> StepCheck:
    """Return a check, or raise SettingError where the arrays contradict what was said."""
    weights = found.networks[0].weights
    has_some = weights.b1 is not None or weights.b2 is not None
    if biases is not None and checked(Switch(), "biases", biases) != has_some:
        there = "has biases" if has_some else "has none"
        raise SettingError(f"biases are {'on' if biases else 'off'}, but the network {there}")
    return found.check
