"""One training step line by line: each formula in symbols and in numbers.

Notation: σ(z) is 1 / (1 + e^−z); [a > b] is 1 if a > b, else 0; brackets after a name contain
its row or unit.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xorviz.core.analysis.formula import Line, line
from xorviz.core.arrays import Numbers
from xorviz.core.config import ROWS, RunConfig
from xorviz.core.network import ACTIVATIONS, LOSSES, Weights, gradient, hidden, logits, sigmoid
from xorviz.core.runs.record import numbers_of, weight_name

_VALUE = {"sigmoid": "σ({{{z}}})", "tanh": "tanh({{{z}}})", "relu": "max(0, {{{z}}})"}
_SLOPE = {"sigmoid": "{{{h}}}·(1 − {{{h}}})", "tanh": "(1 − {{{h}}}²)", "relu": "[{{{z}}} > 0]"}
_SCALE = {"sse": "", "mse": "¼·", "half-mse": "⅛·"}
_TWICE_SCALE = {"sse": "2", "mse": "½", "half-mse": "¼"}


@dataclass(frozen=True, slots=True)
class StepPart:
    """One part of a step."""

    title: str
    about: str
    """One sentence for the user."""


STAGES = (
    StepPart("Inputs", "One row of the truth table goes in, and its target is known."),
    StepPart("Hidden units", "Each hidden unit weighs the inputs and responds."),
    StepPart("Output", "The output unit weighs the responses and answers."),
    StepPart(
        "Error and loss", "The answer is compared with the target; the loss adds up the rows."
    ),
    StepPart("Back to the output", "How the loss changes with what goes into the output unit."),
    StepPart(
        "Back to the hidden units", "The same for each hidden unit, through its outgoing weight."
    ),
    StepPart("The other rows", "Forward and backward for all four rows: one step uses them all."),
    StepPart("Gradient", "How the loss changes with each weight: the four rows added up."),
    StepPart("Update", "Each weight moves against its gradient, by the learning rate."),
)


def row_name(row: int) -> str:
    """Return the inputs of a row as a name: 01."""
    x1, x2 = ROWS[row]
    return f"{x1}{x2}"


@dataclass(frozen=True)
class Explanation:
    """The step that follows these weights, explained for one row. A value."""

    weights: Weights
    config: RunConfig
    row: int
    """Index in ROWS of the row in the first stages."""
    velocity: Weights | None = None
    """What the last step added to the weights; None where it is not known."""

    def lines(self, stage: int) -> list[Line]:
        """Return the lines of one of STAGES."""
        stages: tuple[Callable[[], Iterator[Line]], ...] = (
            self._inputs, self._hidden, self._output, self._error, self._back_to_output,
            self._back_to_hidden, self._other_rows, self._gradient, self._update,
        )  # fmt: skip
        with np.errstate(all="ignore"):
            return list(stages[stage]())

    @cached_property
    def _h(self) -> Numbers:
        """(4, H)."""
        return hidden(self.weights, self.config.activation)

    @cached_property
    def _z(self) -> Numbers:
        """(4,)."""
        return logits(self.weights, self._h)

    @cached_property
    def _y(self) -> Numbers:
        """(4,)."""
        return sigmoid(self._z)

    @cached_property
    def _d_z(self) -> Numbers:
        """(4,)."""
        return LOSSES[self.config.loss].slope(self._y, np.array(self.config.targets))

    @cached_property
    def _d_h(self) -> Numbers:
        """(4, H) derivatives by the input of each hidden unit."""
        slope = ACTIVATIONS[self.config.activation].slope(self._h)
        product: Numbers = np.outer(self._d_z, self.weights.w2) * slope
        return product

    @cached_property
    def _slope(self) -> Weights:
        return gradient(self.weights, self.config)

    @property
    def _units(self) -> range:
        return range(self.config.width)

    @cached_property
    def _known(self) -> Mapping[str, float]:
        """The numbers of all weights and of this row, by name."""
        known = {"rate": self.config.rate, "m": self.config.momentum}
        for field, index, value in numbers_of(self.weights):
            known[weight_name(field, index)] = value
        known |= self._of_row(self.row, "")
        return known

    def _of_row(self, row: int, mark: str) -> dict[str, float]:
        """Return the numbers of a row by name, each name followed by the mark."""
        known: dict[str, float] = {f"x1{mark}": ROWS[row][0], f"x2{mark}": ROWS[row][1]}
        known |= {f"t{mark}": self.config.targets[row], f"z{mark}": float(self._z[row])}
        known |= {f"y{mark}": float(self._y[row]), f"δ{mark}": float(self._d_z[row])}
        z = self._hidden_inputs(row)
        for j in self._units:
            known[f"z{j + 1}{mark}"] = float(z[j])
            known[f"h{j + 1}{mark}"] = float(self._h[row, j])
            known[f"δ{j + 1}{mark}"] = float(self._d_h[row, j])
        return known

    def _hidden_inputs(self, row: int) -> Numbers:
        """Return the inputs of the hidden units (H,)."""
        z: Numbers = np.array(ROWS[row]) @ self.weights.w1
        return z if self.weights.b1 is None else z + self.weights.b1

    @cached_property
    def _known_of_all(self) -> Mapping[str, float]:
        known = dict(self._known)
        for row in range(len(ROWS)):
            known |= self._of_row(row, f"[{row_name(row)}]")
        return known

    def _inputs(self) -> Iterator[Line]:
        for name in ("x1", "x2", "t"):
            yield line(name, f"{{{name}}}", self._known, self._known[name])

    def _hidden(self) -> Iterator[Line]:
        for j in self._units:
            unit = f"h{j + 1}"
            formula = f"{{x1}}·{{w1[x1→{unit}]}} + {{x2}}·{{w1[x2→{unit}]}}"
            if self.config.biases:
                formula += f" + {{b1[{unit}]}}"
            z = f"z{j + 1}"
            yield line(z, formula, self._known, self._known[z], "", (j,))
            value = _VALUE[self.config.activation].format(z=z)
            yield line(unit, value, self._known, self._known[unit], "", (j,))

    def _output(self) -> Iterator[Line]:
        terms = [f"{{h{j + 1}}}·{{w2[h{j + 1}→o]}}" for j in self._units]
        terms += ["{b2}"] if self.config.biases else []
        yield line("z", " + ".join(terms), self._known, self._known["z"])
        yield line("y", "σ({z})", self._known, self._known["y"])

    def _error(self) -> Iterator[Line]:
        yield line("error", "{y} − {t}", self._known, self._known["y"] - self._known["t"])
        known, losses = dict(self._known_of_all), []
        for row in range(len(ROWS)):
            name = f"loss[{row_name(row)}]"
            known[name] = self._row_loss(row)
            losses.append(f"{{{name}}}")
            yield line(name, self._loss_formula(row), known, known[name])
        yield line("loss", " + ".join(losses), known, sum(self._row_loss(r) for r in range(4)))

    def _row_loss(self, row: int) -> float:
        one = slice(row, row + 1)
        targets = np.array(self.config.targets)
        return float(LOSSES[self.config.loss].value(self._z[one], targets[one]))

    def _loss_formula(self, row: int) -> str:
        y, t = f"{{y[{row_name(row)}]}}", f"{{t[{row_name(row)}]}}"
        if self.config.loss == "cross-entropy":
            return f"−ln({y})" if self.config.targets[row] else f"−ln(1 − {y})"
        return f"{_SCALE[self.config.loss]}({t} − {y})²"

    def _back_to_output(self) -> Iterator[Line]:
        yield line("δ", self._delta_formula(""), self._known, self._known["δ"])

    def _delta_formula(self, mark: str) -> str:
        y, t = f"{{y{mark}}}", f"{{t{mark}}}"
        if self.config.loss == "cross-entropy":
            return f"{y} − {t}"
        return f"{_TWICE_SCALE[self.config.loss]}·({y} − {t})·{y}·(1 − {y})"

    def _back_to_hidden(self) -> Iterator[Line]:
        for j in self._units:
            yield self._unit_delta(j, "", self._known)

    def _unit_delta(self, j: int, mark: str, known: Mapping[str, float]) -> Line:
        h, z = f"h{j + 1}{mark}", f"z{j + 1}{mark}"
        slope = _SLOPE[self.config.activation].format(h=h, z=z)
        formula = f"{{δ{mark}}}·{{w2[h{j + 1}→o]}}·{slope}"
        name = f"δ{j + 1}{mark}"
        return line(name, formula, known, known[name], "", (j,))

    def _other_rows(self) -> Iterator[Line]:
        for row in range(len(ROWS)):
            mark = f"[{row_name(row)}]"
            delta = f"δ{mark}"
            yield line(delta, self._delta_formula(mark), self._known_of_all,
                        self._known_of_all[delta])  # fmt: skip
            for j in self._units:
                yield self._unit_delta(j, mark, self._known_of_all)

    def _gradient(self) -> Iterator[Line]:
        for field, index, value in numbers_of(self._slope):
            name = weight_name(field, index)
            formula = " + ".join(_terms(field, index))
            yield line(f"∂loss/∂{name}", formula, self._known_of_all, value, field, index)

    def _update(self) -> Iterator[Line]:
        has_velocity = self.config.momentum > 0 and self.velocity is not None
        known = dict(self._known)
        velocities = (
            dict(_named(self.velocity)) if has_velocity and self.velocity is not None else {}
        )
        for field, index, slope in numbers_of(self._slope):
            name = weight_name(field, index)
            known[f"∂loss/∂{name}"] = slope
            formula = f"{{{name}}} − {{rate}}·{{∂loss/∂{name}}}"
            value = known[name] - self.config.rate * slope
            if has_velocity:
                known[f"v({name})"] = velocities[name]
                formula = f"{{{name}}} + {{m}}·{{v({name})}} − {{rate}}·{{∂loss/∂{name}}}"
                value = known[name] + (self.config.momentum * velocities[name]
                                       - self.config.rate * slope)  # fmt: skip
            yield line(f"new {name}", formula, known, value, field, index)


def _named(weights: Weights) -> Iterator[tuple[str, float]]:
    for field, index, value in numbers_of(weights):
        yield weight_name(field, index), value


def _terms(field: str, index: tuple[int, ...]) -> list[str]:
    """Return the terms of a weight's gradient: one for each row whose input is not 0."""
    rows = [row_name(row) for row in range(len(ROWS))]
    match field:
        case "w1":
            i, j = index
            ones = [row_name(row) for row in range(len(ROWS)) if ROWS[row][i]]
            return [f"{{δ{j + 1}[{row}]}}" for row in ones]
        case "b1":
            return [f"{{δ{index[0] + 1}[{row}]}}" for row in rows]
        case "w2":
            return [f"{{δ[{row}]}}·{{h{index[0] + 1}[{row}]}}" for row in rows]
        case _:
            return [f"{{δ[{row}]}}" for row in rows]
