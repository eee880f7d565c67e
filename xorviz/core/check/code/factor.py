"""The name of a fault, where the network is one that the check of a single step knows."""

from collections.abc import Sequence
from itertools import permutations, product

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.check import check
from xorviz.core.check.code.program import Call, Updates
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import WRONG
from xorviz.core.network import ACTIVATIONS, INPUTS, Weights, hidden, logits, sigmoid
from xorviz.core.rules import SettingError
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED

_ROLES = ("w1", "w2", "b1", "b2")
_OUTPUTS: dict[str, Call] = {"sigmoid": sigmoid, "tanh": np.tanh, "linear": np.asarray}


def named(updates: Updates, x: Array, y: Array, wrong: Sequence[str]) -> str:
    """Return the fault of the wrong arrays if one hidden layer gives outputs (R, 1); or nothing."""
    names, states = [*updates.places], (updates.before[0], updates.before[0] + updates.change[0])
    is_known = len(names) in {2, 4} and np.array_equal(x, INPUTS[[*COUNTED]]) and y.size == len(x)
    every = product(permutations(names), (False, True), ACTIVATIONS, _OUTPUTS)
    for order, is_turned, activation, output in every if is_known else ():
        before, after = ([theta[updates.places[name]] for name in order] for theta in states)
        width = before[1].size
        if [part.size for part in before] != [2 * width, width, width, 1][: len(order)]:
            continue
        pair = [_weights(*parts, is_turned=is_turned) for parts in (before, after)]
        z = logits(pair[0], hidden(pair[0], RunConfig(activation=activation), x))
        if not np.allclose(_OUTPUTS[output](z), y.ravel(), atol=1e-5):
            continue
        try:
            found = check(pair, Said(activation=activation, output=output)).arrays
        except SettingError:
            return ""
        roles = dict(zip(_ROLES, order, strict=False))
        faults = {roles[role]: array.name for role, array in found.items() if array.is_fault}
        is_same = set(faults) == set(wrong) and WRONG not in faults.values()
        return f" It looks like: {' and '.join(dict.fromkeys(faults.values()))}." if is_same else ""
    return ""


def _weights(
    w1: Array, w2: Array, b1: Array | None = None, b2: Array | None = None, *, is_turned: bool
) -> Weights:
    """Return numbers in the shapes of xorviz; turned where a row of w1 is a hidden unit."""
    w1 = w1.reshape(-1, 2).T if is_turned else w1.reshape(2, -1)
    return Weights(w1, b1, w2[:, np.newaxis], b2)
