"""One training step line by line: each formula in symbols and in numbers.

Notation: σ(z) is 1 / (1 + e^−z); [a > b] is 1 if a > b, else 0; brackets after a name contain
its row or unit.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xorviz.core import numerals
from xorviz.core.network import (
    ACTIVATIONS,
    LOSSES,
    Loss,
    Weights,
    gradient,
    head_of,
    hidden,
    inputs,
    logits,
    weights_of,
)
from xorviz.core.runs.record import ends_of, numbers_of, weight_name
from xorviz.core.settings import RunConfig
from xorviz.core.steps import State
from xorviz.core.truth_table import ROW_NAMES

DIGITS = 4
"""Significant digits of every number."""

_SYMBOL = re.compile(r"\{([^}]*)\}")
_IN_TWO_BRACKETS = re.compile(r"\(\(([^()]*)\)\)")
_VALUE = {"sigmoid": "σ({{{z}}})", "tanh": "tanh({{{z}}})", "relu": "max(0, {{{z}}})"}
_SLOPE = {"sigmoid": "{{{h}}}·(1 − {{{h}}})", "tanh": "(1 − {{{h}}}²)", "relu": "[{{{z}}} > 0]"}
_FACTORS = {2: "2·", 1: "", 1 / 2: "½·", 1 / 4: "¼·", 1 / 8: "⅛·"}


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity, its formula and its value."""

    name: str
    formula: str
    numbers: str
    """The formula with numbers of DIGITS digits instead of names."""
    value: float
    field: str = ""
    """The array of the weight that the line is about: w1, b1, w2 or b2; empty if there is none."""
    index: tuple[int, ...] = ()
    """The index of that weight; (j,) without a field is hidden unit j."""

    @property
    def unit(self) -> int | None:
        """The hidden unit that the line is about, if any."""
        if self.field == "b2" or not self.index:
            return None
        return self.index[1] if self.field == "w1" else self.index[0]

    @property
    def result(self) -> str:
        """The value with DIGITS digits."""
        return numerals.real(self.value, DIGITS)


def line(
    name: str,
    template: str,
    known: Mapping[str, float],
    value: float,
    field: str = "",
    index: tuple[int, ...] = (),
) -> Line:
    """Return the line of a template with names in braces."""
    formula = _SYMBOL.sub(lambda found: found[1], template)
    numbers = _SYMBOL.sub(lambda found: _in_formula(known[found[1]]), template)
    return Line(name, formula, _IN_TWO_BRACKETS.sub(r"(\1)", numbers), float(value), field, index)


def _in_formula(number: float) -> str:
    """Return a number as text for a formula: 0 and 1 without decimals."""
    if number in {0, 1}:
        return f"{number:.0f}"
    text = numerals.real(number, DIGITS)
    return f"({text})" if number < 0 or "·" in text else text


@dataclass(frozen=True, slots=True)
class StepPart:
    """One part of a step."""

    title: str
    about: str
    """One sentence for the user."""


STAGES = (
    StepPart("Inputs", "One row of the truth table, with its target."),
    StepPart(
        "Hidden units", "Each hidden unit adds its weighted inputs and applies its activation."
    ),
    StepPart("Output", "The output unit adds the weighted hidden outputs and applies a sigmoid."),
    StepPart(
        "Error and loss", "The output is compared with the target. The loss combines all four rows."
    ),
    StepPart("Backward: output", "How the loss changes with the input z of the output unit."),
    StepPart(
        "Backward: hidden units", "The same for each hidden unit, through its weight to the output."
    ),
    StepPart("The other rows", "Forward and backward for all four rows: one step uses them all."),
    StepPart("Gradient", "How the loss changes with each weight, added over the four rows."),
    StepPart("Update", "Each weight moves against its gradient, scaled by the learning rate."),
)


@dataclass(frozen=True)
class Explanation:
    """The step that follows these weights, explained for one row. A value."""

    weights: Weights
    config: RunConfig
    row: int
    """Index in ROWS of the row in the first stages."""
    memory: State | None = None
    """The memory of the optimizer; None where it is not known."""

    def lines(self, stage: int) -> list[Line]:
        """Return the lines of one of STAGES."""
        stages: tuple[Callable[[], Iterator[Line]], ...] = (
            self._inputs, self._hidden, self._output, self._error, self._back_to_output,
            self._back_to_hidden, self._other_rows, self._gradient, self._update,
        )  # fmt: skip
        with np.errstate(all="ignore"):
            return list(stages[stage]())

    def of_weight(self, field: str, index: tuple[int, ...]) -> list[Line]:
        """Return the loss's derivative by a weight: the sum over the rows, and this row's part.

        Each row's part is the delta at the weight's end times the value at its start.
        """
        delta, start = _factors(field, index)
        name, known = weight_name(field, index), self._known

        def part(mark: str) -> float:
            value = known[start + mark] if start else 1.0
            return known[delta + mark] * value

        with np.errstate(all="ignore"):
            total = sum(part(f"[{row}]") for row in ROW_NAMES)
            mark = f"[{ROW_NAMES[self.row]}]"
            factors = f"{{{delta}}}·{{{start}}}" if start else f"{{{delta}}}·1"
            symbols = f"{delta}·{start}" if start else delta
            summed = Line(f"∂loss/∂{name}", f"Σ[rows] {symbols}", "", float(total), field, index)
            return [summed, line(f"row {ROW_NAMES[self.row]}", factors, known, part(mark))]

    def of_unit(self, unit: int) -> list[Line]:
        """Return a hidden unit's input, response and delta in this row."""
        lines = [*self.lines(1), *self.lines(5)]
        return [line for line in lines if line.index == (unit,)]

    def of_output(self) -> list[Line]:
        """Return the output's input, value and delta in this row."""
        return [*self.lines(2), *self.lines(4)]

    @property
    def _units(self) -> range:
        return range(self.config.width)

    @property
    def _loss(self) -> Loss:
        return LOSSES[self.config.loss]

    @cached_property
    def _known(self) -> Mapping[str, float]:
        """All numbers by name: the weights, this row, and each row with its own as a mark."""
        config, weights = self.config, self.weights
        before, head = inputs(config) @ weights.w1, head_of(config)
        if weights.b1 is not None:
            before = before + weights.b1
        h = hidden(weights, config)
        z = logits(weights, h)
        y = head.outputs(z)
        d_z = head.slope(y, np.array(config.targets))
        d_h = np.outer(d_z, weights.w2) * ACTIVATIONS[config.activation].slope(h)
        known = {"rate": config.rate, "m": config.momentum} | _named(weights)
        for row, (x1, x2) in enumerate(inputs(config).tolist()):
            target = float(head.coding.value(np.array(config.targets[row])))
            numbers: dict[str, float] = {"x1": x1, "x2": x2, "t": target}
            numbers |= {"z": float(z[row]), "y": float(y[row]), "δ": float(d_z[row])}
            for j in self._units:
                numbers[f"z{j + 1}"] = float(before[row, j])
                numbers[f"h{j + 1}"] = float(h[row, j])
                numbers[f"δ{j + 1}"] = float(d_h[row, j])
            known |= {f"{name}[{ROW_NAMES[row]}]": number for name, number in numbers.items()}
            if row == self.row:
                known |= numbers
        return known

    def _line(self, name: str, formula: str, index: tuple[int, ...] = ()) -> Line:
        """Return the line of a known number; an index is that of its hidden unit."""
        return line(name, formula, self._known, self._known[name], "", index)

    def _inputs(self) -> Iterator[Line]:
        for name in ("x1", "x2", "t"):
            yield self._line(name, f"{{{name}}}")

    def _hidden(self) -> Iterator[Line]:
        for j in self._units:
            unit = f"h{j + 1}"
            formula = f"{{x1}}·{{w1[x1→{unit}]}} + {{x2}}·{{w1[x2→{unit}]}}"
            if self.config.biases:
                formula += f" + {{b1[{unit}]}}"
            z = f"z{j + 1}"
            yield self._line(z, formula, (j,))
            yield self._line(unit, _VALUE[self.config.activation].format(z=z), (j,))

    def _output(self) -> Iterator[Line]:
        terms = [f"{{h{j + 1}}}·{{w2[h{j + 1}→o]}}" for j in self._units]
        terms += ["{b2}"] if self.config.biases else []
        yield self._line("z", " + ".join(terms))
        yield self._line("y", "σ({z})")

    def _error(self) -> Iterator[Line]:
        known = self._known
        yield line("error", "{y} − {t}", known, known["y"] - known["t"])
        losses = {}
        for row, target in enumerate(self.config.targets):
            name, z = f"loss[{ROW_NAMES[row]}]", known[f"z[{ROW_NAMES[row]}]"]
            losses[name] = float(head_of(self.config).loss(np.array([z]), np.array([target])))
            yield line(name, self._loss_formula(row), known, losses[name])
        formula = " + ".join(f"{{{name}}}" for name in losses)
        yield line("loss", formula, losses, sum(losses.values()))

    def _loss_formula(self, row: int) -> str:
        y, t = f"{{y[{ROW_NAMES[row]}]}}", f"{{t[{ROW_NAMES[row]}]}}"
        factor = _FACTORS[self._loss.scale]
        if self._loss.is_square:
            return f"{factor}({t} − {y})²"
        return f"−{factor}ln({y})" if self.config.targets[row] else f"−{factor}ln(1 − {y})"

    def _back_to_output(self, mark: str = "") -> Iterator[Line]:
        y, t = f"{{y{mark}}}", f"{{t{mark}}}"
        if self._loss.is_square:
            formula = f"{_FACTORS[2 * self._loss.scale]}({y} − {t})·{y}·(1 − {y})"
        else:
            factor = _FACTORS[self._loss.scale]
            formula = f"{factor}({y} − {t})" if factor else f"{y} − {t}"
        yield self._line(f"δ{mark}", formula)

    def _back_to_hidden(self, mark: str = "") -> Iterator[Line]:
        for j in self._units:
            h, z = f"h{j + 1}{mark}", f"z{j + 1}{mark}"
            slope = _SLOPE[self.config.activation].format(h=h, z=z)
            formula = f"{{δ{mark}}}·{{w2[h{j + 1}→o]}}·{slope}"
            yield self._line(f"δ{j + 1}{mark}", formula, (j,))

    def _other_rows(self) -> Iterator[Line]:
        for row in ROW_NAMES:
            yield from self._back_to_output(f"[{row}]")
            yield from self._back_to_hidden(f"[{row}]")

    def _gradient(self) -> Iterator[Line]:
        for field, index, value in numbers_of(gradient(self.weights, self.config)):
            name = weight_name(field, index)
            formula = " + ".join(_terms(field, index))
            yield line(f"∂loss/∂{name}", formula, self._known, value, field, index)

    def _update(self) -> Iterator[Line]:
        known = dict(self._known)
        has_momentum = self.config.momentum > 0
        velocities = {}
        if self.memory and has_momentum:
            velocities = _named(weights_of(-self.memory[0], self.config))
        for field, index, slope in numbers_of(gradient(self.weights, self.config)):
            name = weight_name(field, index)
            known[f"∂loss/∂{name}"] = slope
            change, carried = -self.config.rate * slope, ""
            if name in velocities:
                known[f"v({name})"] = velocities[name]
                change += self.config.momentum * velocities[name]
                carried = f" + {{m}}·{{v({name})}}"
            formula = f"{{{name}}}{carried} − {{rate}}·{{∂loss/∂{name}}}"
            yield line(f"new {name}", formula, known, known[name] + change, field, index)


def _named(weights: Weights) -> dict[str, float]:
    return {weight_name(field, index): value for field, index, value in numbers_of(weights)}


def _factors(field: str, index: tuple[int, ...]) -> tuple[str, str]:
    """Return the delta and the value whose product is a row's part of a weight's gradient.

    A bias has no value: it starts at the constant 1.
    """
    start, end = ends_of(field, index)
    return f"δ{end[1:]}", start


def _terms(field: str, index: tuple[int, ...]) -> list[str]:
    """Return the terms of a weight's gradient: one for each row whose input is not 0."""
    delta, start = _factors(field, index)
    if field == "w1":  # inputs are 0 or 1
        return [f"{{{delta}[{row}]}}" for row in ROW_NAMES if row[index[0]] == "1"]
    value = f"·{{{start}[{{row}}]}}" if start else ""
    return [f"{{{delta}[{row}]}}{value.replace('{row}', row)}" for row in ROW_NAMES]
