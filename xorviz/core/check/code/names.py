"""The name of a fault, where the network is one that the check of a single step knows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.check import check
from xorviz.core.check.code.code_check import CodeCheck
from xorviz.core.check.code.compare import Hypothesis, Steps
from xorviz.core.check.code.trials import Training
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import FAULTY, WRONG
from xorviz.core.network import ACTIVATIONS, Weights, sigmoid
from xorviz.core.rules import SettingError
from xorviz.core.truth_table import ROWS

_OUTPUTS: Mapping[str, Callable[[Array], Array]] = {
    "sigmoid": sigmoid,
    "tanh": lambda z: np.asarray(np.tanh(z)),
    "linear": lambda z: z,
    "relu": lambda z: np.asarray(np.maximum(z, 0)),
}
_ROLES = ("w1", "b1", "w2", "b2")


@dataclass(frozen=True, eq=False)
class Roles:
    """Which arrays of a program are those of a network with one hidden layer. A value."""

    names: Mapping[str, str]
    """By role: w1, w2 and, with biases, b1, b2."""
    is_turned: bool
    """Whether a row of w1 is a hidden unit."""
    activation: str
    output: str

    def weights(self, steps: Steps, values: Array) -> Weights:
        """Return the numbers (P,) of a program in the shapes of xorviz."""
        found = {role: values[steps.cuts[name]] for role, name in self.names.items()}
        w1 = found["w1"].reshape((-1, 2) if self.is_turned else (2, -1))
        return Weights(
            w1.T if self.is_turned else w1,
            found.get("b1"),
            found["w2"].reshape(-1, 1),
            found.get("b2"),
        )


def layout_of(steps: Steps, x: Array) -> Roles | None:
    """Return the layout under which the program's outputs are those of its arrays, or None."""
    if x.shape[1] != 2 or steps.slopes.y.shape[1] != 1:
        return None
    allowed = max(1e-9, 1e3 * steps.slopes.epsilon)
    for layout in _layouts(steps):
        weights = layout.weights(steps, steps.before)
        z = x @ weights.w1 + (0 if weights.b1 is None else weights.b1)
        out = ACTIVATIONS[layout.activation].value(z) @ weights.w2
        y = _OUTPUTS[layout.output](out + (0 if weights.b2 is None else weights.b2))
        if np.allclose(y, steps.slopes.y, rtol=0, atol=allowed):
            return layout
    return None


def _layouts(steps: Steps) -> Iterator[Roles]:
    sizes = {name: cut.stop - cut.start for name, cut in steps.cuts.items()}
    if len(sizes) not in {2, 4}:
        return
    for roles in permutations(_ROLES, len(sizes)):
        names = dict(zip(roles, sizes, strict=True))
        if not {"w1", "w2"} <= set(names):
            continue
        width = sizes[names["w2"]]
        wanted = {"w1": 2 * width, "b1": width, "w2": width, "b2": 1}
        if any(sizes[name] != wanted[role] for role, name in names.items()):
            continue
        for is_turned in (False, True):
            for activation in ACTIVATIONS:
                for output in _OUTPUTS:
                    yield Roles(names, is_turned, activation, output)


def with_factor(result: CodeCheck, trial: Training, reading: Hypothesis) -> CodeCheck:
    """Return a faulty result with the name of its fault and its repair, where there is one."""
    steps, x = reading.steps, trial.forward.x
    layout = layout_of(steps, x)
    is_table = x.shape == (4, 2) and len({tuple(row > 0) for row in x}) == 4
    if layout is None or not is_table or not np.isfinite(steps.changes).all():
        return result
    is_full = len(reading.mask) == 1 and bool(reading.mask.all())
    targets = {
        tuple(map(int, row > 0)): int(t > 0) for row, t in zip(x, steps.t[:, 0], strict=True)
    }
    said = Said(
        activation=layout.activation,
        output=layout.output,
        batch="full" if is_full else "row",
        targets=tuple(targets[row] for row in ROWS),
    )
    states = [layout.weights(steps, at) for at in (steps.before, steps.before + steps.changes[-1])]
    try:
        step = check(states, said)
    except SettingError:
        return result
    named = {role: step.arrays[role].name for role in step.arrays if step.arrays[role].is_fault}
    wrong = {role for role, name in layout.names.items() if name in result.wrong}
    if step.verdict != FAULTY or set(named) != wrong or WRONG in named.values():
        return result
    faults = " and ".join(dict.fromkeys(named.values()))
    return replace(result, sentence=f"{result.sentence} It looks like: {faults}.",
                   repairs=step.repairs)  # fmt: skip
