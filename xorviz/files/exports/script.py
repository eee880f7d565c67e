"""A short NumPy script that reproduces a run."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xorviz.core.config import ROWS, RunConfig
from xorviz.core.network import LOSSES
from xorviz.core.numerals import plain
from xorviz.core.runs.record import Intervention, Record, weight_shapes

_WIDEST = 100
"""Characters in a line."""

_RESPONSES = {"sigmoid": "sigmoid({})", "tanh": "np.tanh({})", "relu": "np.maximum(0, {})"}
_SLOPES = {"sigmoid": "h * (1 - h)", "tanh": "(1 - h**2)", "relu": "(h > 0)"}
"""Derivatives of the hidden units' responses h."""
_LOSSES = {
    "sse": "np.sum((t - y) ** 2)",
    "mse": "np.mean((t - y) ** 2)",
    "half-mse": "np.mean((t - y) ** 2) / 2",
    "cross-entropy": "np.sum(np.logaddexp(0, z) - t * z)",
}
_LOSS_SLOPES = {
    "sse": "2 * (y - t) * y * (1 - y)",
    "mse": "(y - t) * y * (1 - y) / 2",
    "half-mse": "(y - t) * y * (1 - y) / 4",
    "cross-entropy": "y - t",
}
"""Derivatives with respect to the output unit's input."""
_GRADIENTS = {"w1": "(x.T @ d_h)", "b1": "d_h.sum(axis=0)", "w2": "(h.T @ d_z)",
              "b2": "d_z.sum(axis=0)"}  # fmt: skip
_ROLES = {"w1": "inputs to hidden units", "b1": "biases of the hidden units",
          "w2": "hidden units to output", "b2": "bias of the output"}  # fmt: skip


def numpy_script(record: Record, step: int, finding: str = "") -> str:
    """Return a program that retrains a run up to a step and prints its loss and outputs.

    It repeats the run's interventions, needs only NumPy, and contains only numbers and names of
    this module. Its results are those of xorviz up to rounding; the finding, if any, is what a
    RoundingCheck says about that.
    """
    run = _ScriptLines(record, step, finding)
    parts = (run.table(), run.start(), run.functions(), run.loop(), run.end())
    return "\n".join(line for part in parts for line in part) + "\n"


@dataclass(frozen=True, slots=True)
class _ScriptLines:
    """The lines of a script, part by part."""

    record: Record
    step: int
    finding: str

    @property
    def config(self) -> RunConfig:
        return self.record.config_at(0)

    @property
    def names(self) -> Sequence[str]:
        """The names of the weights in the order in which they are drawn."""
        return [name for name in ("w1", "w2", "b1", "b2") if name in weight_shapes(self.config)]

    @property
    def changes(self) -> Sequence[Intervention]:
        """The interventions up to the script's last step."""
        return [c for c in self.record.interventions if c.step <= self.step]

    @property
    def carries(self) -> bool:
        """Whether there is ever any momentum."""
        return self.config.momentum > 0 or bool(self._live("momentum"))

    def table(self) -> list[str]:
        """Return the docstring, the inputs and the targets."""
        config = self.config
        goal = "XOR" if config.targets == RunConfig().targets else "a truth table"
        what = f"A 2-{config.width}-1 network learns {goal}"
        return [
            f'"""{what}: step {self.step} of seed {config.seed}, as xorviz shows it."""',
            "",
            *(f"# {line}" for line in textwrap.wrap(self.finding, _WIDEST - 2)),
            *([""] if self.finding else []),
            "import numpy as np",
            "",
            f"x = np.array({_array(ROWS)})  # the truth table: x1, x2",
            f"t = np.array({_array((target,) for target in config.targets)})  # the wanted outputs",
        ]

    def start(self) -> list[str]:
        """Return the settings and the weights at step 0."""
        config = self.config
        lines = self._setting("rate")
        if self.carries:
            lines += self._setting("momentum")
        (before, made), shapes = _start(config), weight_shapes(config)
        lines += ["", *before]
        lines += [
            f"{name} = {made.format(shapes[name], name)}  # {_ROLES[name]}" for name in self.names
        ]
        by_hand = [c for c in self.changes if c.index]
        lines += [
            f"{c.field}[{', '.join(map(str, c.index))}] = {plain(c.value)}  # set by hand"
            for c in by_hand
            if c.step == 0
        ]
        later = _by_step(c for c in by_hand if c.step > 0)
        lines += _dictionary("set_by_hand", later, "step: weights, place, value")
        if self.carries:
            lines += [" = ".join(f"v_{name}" for name in self.names) + " = 0  # velocities"]
        return lines

    def functions(self) -> list[str]:
        """Return the functions for the forward pass."""
        response = _RESPONSES[self.config.activation].format(self._input("x", "1"))
        return [
            "",
            "",
            "def sigmoid(z):",
            "    return (1 + np.tanh(z / 2)) / 2  # = 1 / (1 + exp(-z)), but never overflows",
            "",
            "",
            "def forward():",
            f"    h = {response}  # (4, {self.config.width}): a row for each of the table's",
            f"    return h, sigmoid({self._input('h', '2')})",
        ]

    def loop(self) -> list[str]:
        """Return the training loop."""
        formula = LOSSES[self.config.loss].formula
        lines = [
            f"# loss = {formula}",
            "# d_z, d_h: its slope by what goes into the output unit, and into the hidden units",
            f"d_z = {_LOSS_SLOPES[self.config.loss]}",
            f"d_h = d_z @ w2.T * {_SLOPES[self.config.activation]}",
        ]
        if self.carries:
            lines += [f"v_{n} = momentum * v_{n} + rate * {_GRADIENTS[n]}" for n in self.names]
            lines += [f"{n} -= v_{n}" for n in self.names]
        else:
            lines += [f"{n} -= rate * {_GRADIENTS[n]}" for n in self.names]
        lines += [
            f"{name} = {name}_from.get(step, {name})"
            for name in ("rate", "momentum")
            if self._live(name)
        ]
        if any(c.index and c.step > 0 for c in self.changes):
            lines += ["for weights, place, value in set_by_hand.get(step, []):"]
            lines += ["    weights[place] = value"]
        head = ["", "", f"for step in range(1, {self.step + 1}):", "    h, y = forward()"]
        return head + [f"    {line}" for line in lines]

    def end(self) -> list[str]:
        """Return the lines that print the result."""
        loss = self.config.loss
        return [
            "",
            "h, y = forward()",
            *([f"z = {self._input('h', '2')}"] if loss == "cross-entropy" else []),
            f'print("loss", {_LOSSES[loss]})',
            'print("outputs", *y[:, 0])',
        ]

    def _input(self, source: str, layer: str) -> str:
        """Return the expression for the input of a layer's units."""
        return f"{source} @ w{layer}" + (f" + b{layer}" if self.config.biases else "")

    def _setting(self, name: str) -> list[str]:
        """Return a setting's value, and its later values by the steps after which they apply."""
        later = _dictionary(f"{name}_from", self._live(name), f"step: the {name} after it")
        return [f"{name} = {plain(getattr(self.config, name))}", *later]

    def _live(self, field: str) -> Mapping[int, str]:
        """Return the later values of a setting by the steps from which they apply."""
        return {c.step: plain(c.value) for c in self.changes if c.field == field and c.step > 0}


def _start(config: RunConfig) -> tuple[Sequence[str], str]:
    """Return the code for the initial weights: lines, and an array's expression by shape, name."""
    r, p = plain(config.init_range), plain(config.perturbation)
    random = f"random = np.random.RandomState({config.seed})"
    match config.init:
        case "zero":
            return [], "np.zeros({})"
        case "equal":  # not np.full, which makes integers of an integer
            return [], f"{r} * np.ones({{}})"
        case "nearly-equal":
            numbers = f"r, p = {r}, {p}  # all weights start at r, give or take p"
            return [random, numbers], "r + random.uniform(-p, p, {})"
        case "default-rng":
            w = config.width
            shapes = f"dict(w1=({w}, 2), b1=({w},), w2=(1, {w}), b2=(1,))"
            lines = [
                f"random = np.random.default_rng({config.seed})",
                f"shapes = {shapes}  # drawn in this order, unit by unit",
                f"drawn = {{n: {r} * (2 * random.random(s) - 1) for n, s in shapes.items()}}",
            ]
            return lines, "drawn['{1}'].T.copy()"
        case _:
            return [random], f"random.uniform(-{r}, {r}, {{}})"


def _by_step(changes: Iterable[Intervention]) -> Mapping[int, str]:
    """Return the weights set at each step, as lists of name, index and value."""
    found: dict[int, list[str]] = {}
    for c in changes:
        place = c.index[0] if len(c.index) == 1 else c.index
        found.setdefault(c.step, []).append(f"({c.field}, {place}, {plain(c.value)})")
    return {step: f"[{', '.join(entries)}]" for step, entries in found.items()}


def _dictionary(name: str, values: Mapping[int, str], comment: str) -> list[str]:
    """Return a dictionary, on one line if it is short, and no lines if it is empty."""
    if not values:
        return []
    entries = [f"{key}: {value}" for key, value in values.items()]
    line = f"{name} = {{{', '.join(entries)}}}  # {comment}"
    if len(line) <= _WIDEST:
        return [line]
    return [f"{name} = {{  # {comment}", *(f"    {entry}," for entry in entries), "}"]


def _array(rows: Iterable[Sequence[int]]) -> str:
    return str([list(row) for row in rows])
