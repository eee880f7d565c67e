"""A training step of another program: its states, read in each possible way and checked."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xorviz.core.check.check import check, check_slopes
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED, RunCheck, StepCheck
from xorviz.core.network import Weights, weights_of
from xorviz.core.rules import Choice, OrWord, SettingError, Switch, checked
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording, kernel_for
from xorviz.files.weights.known import said_of
from xorviz.files.weights.own_network import (
    ORIENTATIONS,
    Arrays,
    OwnNetwork,
    asked,
    readings,
    without_zeros,
)
from xorviz.files.weights.reader import said_at, states_given

MOST_CHECKED = 200
"""Steps of a recording, so that a check takes no more than half a minute."""
Check = Callable[[Sequence[Weights], Said], StepCheck]

_VERDICTS = (CORRECT, FAULTY, UNDECIDED)
_OF_GRADIENTS = re.compile(r"(?<![a-z])(d_?(?=[wb])|grads?(ients?)?_?|delta_?)", re.IGNORECASE)
"""What marks the names of gradients: d_w1, dW1, grad_w1, w1.grad."""


@dataclass(frozen=True, slots=True, eq=False)
class CheckedStep:
    """What is found out about a training step. A value."""

    check: StepCheck
    networks: tuple[OwnNetwork, ...]
    """The states in the order of time, with notes on how they were read."""
    orientation: str | None = None
    """The one that was given, or that explains the step best where the arrays leave it open."""

    @property
    def exact(self) -> int:
        """How many arrays follow the gradient, which shows that the network was read right."""
        return sum(finding.name == CORRECT for finding in self.check.arrays.values())

    @property
    def doubt(self) -> tuple[int, int]:
        """How little is explained."""
        return _VERDICTS.index(self.check.verdict), -self.exact

    @property
    def faults(self) -> dict[str, str]:
        """What was found in faulty arrays."""
        findings = self.check.arrays.items()
        return {name: finding.name for name, finding in findings if finding.is_fault}


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
    step, momentum is inferred, too. Each is a path, a printed text, the arrays w1, b1, w2, b2 (or
    w1, w2) in a sequence or by name, or Weights; arrays may be nested lists or tensors. One file
    or text may hold all of them as ``before``. Give copies: programs change arrays in place.

    Settings that are not given are inferred. ``order`` is that of the rows in ``targets`` and in a
    pass, such as "00,01,10,11", which it is by default for targets, or pairs (x1, x2).
    ``orientation`` is in-out if a row of w1 is an input, out-in if it is a hidden unit, with -first
    behind it if biases stand before the weights in w1 or w2. Raises SettingError and FileError.
    """
    told = {"rate": rate, "loss": loss, "activation": activation, "output": output, "batch": batch}
    said = said_of(told | {"momentum": momentum}, order, targets)
    values = {"before": before, "after": after, "then": then}
    given = [pair for pair in values.items() if pair[1] is not None]
    states = states_given(given, len(given) > 1)
    return _agreed(checked_step(states, said, orientation), biases)


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
    if isinstance(gradients, Mapping):
        named = {_OF_GRADIENTS.sub("", str(name)): value for name, value in gradients.items()}
        gradients = {name.strip("._"): value for name, value in named.items()}
    told = {"loss": loss, "activation": activation, "output": output, "batch": batch}
    said = said_of(told, order, targets)
    pair = states_given([("weights", weights), ("gradients", gradients)], True)
    found = checked_step(pair, said, orientation, lambda w, told: check_slopes(w[0], w[1], told))
    return _agreed(found, biases)


def checked_step(
    states: Sequence[Arrays], said: Said, orientation: str | None = None, by: Check = check
) -> CheckedStep:
    """Return the check of the step between two states, or with three, also of its momentum.

    Of all ways to read the arrays, the one that explains the step decides: others than the likely
    one are tried where that leaves doubt. Raises SettingError, and OrientationError where several
    explain it equally, and differently.
    """
    if len(states) < 2:
        raise SettingError(
            "the weights are given once; a step needs them twice, before and after it"
        )
    checked(OrWord(Choice(ORIENTATIONS), "none"), "orientation", orientation)
    if any(arrays.outputs is not None for arrays in states):
        raise SettingError("these are outputs; a step is checked by the weights w1 and w2")
    given, states = states, without_zeros(states)
    zeros = [n for n in ("b1", "b2") if getattr(given[0], n) is not getattr(states[0], n)]
    notes = [f"{name} is 0 before and after, as in a network without it." for name in zeros]
    found: list[CheckedStep] = []
    refused: list[SettingError] = []
    possible = readings(states[0], orientation)
    for network in possible:
        if any(one.exact and not network.is_same(one.networks[0]) for one in found):
            continue  # a network with other outputs was read right
        way = network.orientation
        try:
            networks = tuple(readings(arrays, way)[0] for arrays in states)
            result = by([one.weights for one in networks], said)
            result = replace(result, notes=(*result.notes, *notes))
        except SettingError as error:
            refused.append(error)
            continue
        found.append(CheckedStep(result, networks, way if len(possible) > 1 else orientation))
    if not found:
        raise refused[0]
    best = min(found, key=lambda one: one.doubt)
    equal = [one for one in found if one.doubt == best.doubt]
    if orientation is None and any(one.faults != best.faults for one in equal):
        raise asked(states[0], [one.networks[0] for one in equal], "and the step")
    return best


def _agreed(found: CheckedStep, biases: object) -> StepCheck:
    """Return a check, or raise SettingError where the arrays contradict what was said."""
    if biases is not None:
        found.networks[0].settings({"biases": checked(Switch(), "biases", biases)})
    return found.check


def checked_steps(record: Record, said: Said) -> RunCheck:
    """Return what the steps of a recording are; what the user does not say, the recording does.

    Of many steps some are checked, evenly spread; of a run of xorviz the last one. Raises
    SettingError where there is none to be checked.
    """
    states = _states(record)
    changed = {change.step for change in record.interventions if change.index}
    steps = [n for n in states if n - 1 in states and n not in changed]
    steps = steps if record.source else steps[-1:]
    found = RunCheck(trouble="no two of its states are one step apart; call see at each step")
    for place in np.linspace(0, len(steps) - 1, min(len(steps), MOST_CHECKED)).astype(int):
        number = steps[place]
        # Of a step after another one, the momentum is found out, too.
        first = number - 2 if number - 2 in states and number - 1 not in changed else number - 1
        taken = [states[n] for n in range(first, number + 1)]
        try:
            result = check(taken, Said(**(said_at(record, number - 1) | said.told)))
            found = found.after(result, number)
        except SettingError as error:  # such as a step that changed nothing
            found = found.after(str(error), number)
    if found.telling is None:
        raise SettingError(found.trouble)
    return found


def _states(record: Record) -> dict[int, Weights]:
    """Return the states by their steps; of a run of xorviz, the last ones."""
    if record.source is not None:
        return {c.step: weights_of(c.parameters, record.config) for c in record.checkpoints}
    recording, first = Recording(record, kernel_for(record)), max(record.newest - 9, 0)
    return {n: recording.weights_at(n) for n in range(first, record.newest + 1)}
