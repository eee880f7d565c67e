"""The name of a fault, where the network is one that the check of a single step knows."""

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations, product

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.check import check
from xorviz.core.check.code.compare import Steps
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import WRONG
from xorviz.core.network import ACTIVATIONS, INPUTS, Weights, sigmoid
from xorviz.core.rules import SettingError
from xorviz.core.truth_table import COUNTED

_OUTPUTS: dict[str, Callable[[Array], Array]] = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "linear": np.asarray,
}


def named(steps: Steps, x: Array, wrong: Sequence[str]) -> str:
    """Return the fault of the wrong arrays of a network with one hidden layer; else nothing."""
    if x.shape != INPUTS.shape or (x != INPUTS[[*COUNTED]]).any() or len(steps.changes) > 1:
        return ""
    every = product(_roles(steps), (False, True), ACTIVATIONS, _OUTPUTS)
    for roles, is_turned, activation, output in every:
        before, after = (
            _weights(steps, roles, is_turned, v)
            for v in (steps.before, steps.before + steps.changes[0])
        )
        z = x @ before.w1 + (0 if before.b1 is None else before.b1)
        y = ACTIVATIONS[activation].value(z) @ before.w2 + (0 if before.b2 is None else before.b2)
        if np.allclose(_OUTPUTS[output](y), steps.slopes.y, atol=1e3 * steps.slopes.rounding):
            break
    else:
        return ""
    try:
        found = check([before, after], Said(activation=activation, output=output)).arrays
    except SettingError:
        return ""
    faults = {roles[role]: array.name for role, array in found.items() if array.is_fault}
    is_same = set(faults) == set(wrong) and WRONG not in faults.values()
    return f" It looks like: {' and '.join(dict.fromkeys(faults.values()))}." if is_same else ""


def _roles(steps: Steps) -> Iterator[dict[str, str]]:
    for names in permutations(steps.sizes) if len(steps.sizes) in {2, 4} else ():
        roles = dict(zip(("w1", "w2", "b1", "b2"), names, strict=False))
        width = steps.sizes[roles["w2"]]
        if [steps.sizes[name] for name in names] == [2 * width, width, width, 1][: len(names)]:
            yield roles


def _weights(steps: Steps, roles: dict[str, str], is_turned: bool, values: Array) -> Weights:
    """Return numbers (P,) in the shapes of xorviz; turned where a row of w1 is a hidden unit."""
    parts = np.split(values, np.cumsum([*steps.sizes.values()])[:-1])
    held = {role: dict(zip(steps.sizes, parts, strict=True))[name] for role, name in roles.items()}
    w1 = held["w1"].reshape(-1, 2).T if is_turned else held["w1"].reshape(2, -1)
    return Weights(w1, held.get("b1"), held["w2"].reshape(-1, 1), held.get("b2"))
