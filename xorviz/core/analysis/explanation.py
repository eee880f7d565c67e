"""One training step line by line: each formula in symbols and in numbers.

Notation: σ(z) is 1 / (1 + e^−z); [a > b] is 1 if a > b, else 0; brackets after a name contain
its row or unit.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from xorviz.core import numerals
from xorviz.core.arrays import Numbers
from xorviz.core.network import (
    ACTIVATIONS,
    Head,
    Weights,
    flat,
    gradient,
    head_of,
    inputs,
    logits,
    weights_of,
)
from xorviz.core.runs.record import ends_of, numbers_of, weight_name
from xorviz.core.settings import RunConfig
from xorviz.core.steps import BETAS, State, fresh_memory, updated, updates_of
from xorviz.core.truth_table import ROW_NAMES

DIGITS = 4
"""Significant digits of every number."""

_SYMBOL = re.compile(r"\{([^}]*)\}")
_NEEDLESS_BRACKETS = re.compile(r"(?<=\()\(([^()]*)\)(?=\))|^\(([^()]*)\)$")
_VALUE = {"sigmoid": "σ({{{z}}})", "tanh": "tanh({{{z}}})", "relu": "max(0, {{{z}}})"}
_VALUE["linear"] = "{{{z}}}"
_SLOPE = {"sigmoid": "·{{{h}}}·(1 − {{{h}}})", "tanh": "·(1 − {{{h}}}²)", "relu": "·[{{{z}}} > 0]"}
_SLOPE["linear"] = ""
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
    return Line(name, formula, _NEEDLESS_BRACKETS.sub(r"\1\2", numbers), float(value), field, index)


def _in_formula(number: float) -> str:
    """Return a number as text for a formula: 0, 1 and -1 without decimals."""
    is_input = number in {-1, 0, 1}
    text = numerals.whole(number) if is_input else numerals.real(number, DIGITS)
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
    StepPart("Output", "The output unit adds the weighted hidden outputs and applies its own."),
    StepPart(
        "Error and loss",
        "The output is compared with the target. The loss combines the update's rows.",
    ),
    StepPart("Backward: output", "How the loss changes with the input z of the output unit."),
    StepPart(
        "Backward: hidden units", "The same for each hidden unit, through its weight to the output."
    ),
    StepPart(
        "The other rows", "Backward for all four rows, each with the weights that its update meets."
    ),
    StepPart(
        "Gradient", "How the loss changes with each weight, added over the rows of the update."
    ),
    StepPart(
        "Update", "Each weight's new value, by its gradient or by Adam's means of those so far."
    ),
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
    number: int = 1
    """The number of the step, from which the order of a shuffled pass follows."""

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
        known, total = self._known, getattr(self._updates[self.row][2], field)[index]
        name = f"∂loss{self._mark}/∂{weight_name(field, index)}"
        symbols = f"{delta}·{start}" if start else delta
        with np.errstate(all="ignore"):
            part = known[delta] * (known[start] if start else 1.0)
        factors = f"{{{delta}}}·{{{start}}}" if start else f"{{{delta}}}·1"
        return [
            Line(name, f"Σ[rows] {symbols}", "", float(total), field, index),
            line(f"row {ROW_NAMES[self.row]}", factors, known, part),
        ]

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

    @cached_property
    def _head(self) -> Head:
        """That of the update: the mean over one row is its loss."""
        head = head_of(self.config)
        kind = head.of_loss
        return replace(head, of_loss=replace(kind, is_mean=kind.is_mean and not self._mark))

    @cached_property
    @np.errstate(all="ignore")  # weights may be huge
    def _updates(self) -> Mapping[int, tuple[Sequence[int], State, Weights, State]]:
        """Of each row's update the rows, the state before, the gradient and the state after."""
        config, memory = self.config, self.memory or fresh_memory(self.config)
        after: State = (flat(self.weights), *memory)
        found: dict[int, tuple[Sequence[int], State, Weights, State]] = {}
        for rows in updates_of(config, self.number):
            before, slopes = after, gradient(weights_of(after[0], config), config, rows)
            after = updated(before, flat(slopes), config)
            found |= dict.fromkeys(rows, (rows, before, slopes, after))
        return found

    @property
    def _rows(self) -> Sequence[int]:
        """The rows of this row's update."""
        return self._updates[self.row][0]

    @property
    def _mark(self) -> str:
        """The mark of an update by one row."""
        return f"[{ROW_NAMES[self.row]}]" if len(self._rows) == 1 else ""

    @property
    def place(self) -> str:
        """Where in its pass this row's update is; empty for that of the full batch."""
        names = [ROW_NAMES[row] for row in self._updates]
        place = names.index(ROW_NAMES[self.row]) + 1
        return f" Update {place} of the pass {' '.join(names)}." if self._mark else ""

    @cached_property
    @np.errstate(all="ignore")
    def _known(self) -> Mapping[str, float]:
        """All numbers by name: weights, this row, and each of its update with its own as a mark."""
        config, (rows, (parameters, *_), *_) = self.config, self._updates[self.row]
        weights = weights_of(parameters, config)
        x, bits = inputs(config)[[*rows]], np.array(config.targets)[[*rows]]
        head = self._head
        z_h = x @ weights.w1 + (0 if weights.b1 is None else weights.b1)
        unit = ACTIVATIONS[config.activation]
        h = unit.value(z_h)
        z = logits(weights, h)
        y = head.outputs(z)
        d_z = head.slope(y, bits)
        d_h = np.outer(d_z, weights.w2) * unit.slope(h)
        numbers = {"x1": x[:, 0], "x2": x[:, 1], "t": head.coding.value(bits)}
        losses = head.loss(z[:, np.newaxis], bits[:, np.newaxis])
        numbers |= {"z": z, "y": y, "δ": d_z, "error": y - numbers["t"], "loss": losses}
        for j in self._units:
            numbers |= {f"z{j + 1}": z_h[:, j], f"h{j + 1}": h[:, j], f"δ{j + 1}": d_h[:, j]}
        known = {"rate": config.rate, "m": config.momentum} | self._named(flat(weights), "{}")
        for i, row in enumerate(rows):
            known |= {f"{name}[{ROW_NAMES[row]}]": of[i] for name, of in numbers.items()}
        place = [*rows].index(self.row)
        return known | {name: of[place] for name, of in numbers.items()} | {"loss": losses.sum()}

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
        yield self._line("y", _VALUE[self.config.output].format(z="z"))

    def _error(self) -> Iterator[Line]:
        names = {f"loss[{ROW_NAMES[row]}]": row for row in self._rows}
        yield self._line("error", "{y} − {t}")
        for name, row in names.items():
            yield self._line(name, self._loss_formula(row))
        if not self._mark:
            yield self._line("loss", " + ".join(f"{{{name}}}" for name in names))

    def _loss_formula(self, row: int) -> str:
        y, t = f"{{y[{ROW_NAMES[row]}]}}", f"{{t[{ROW_NAMES[row]}]}}"
        factor = _FACTORS[self._head.of_loss.scale]
        if self._head.of_loss.is_square:
            return f"{factor}({t} − {y})²"
        return f"−{factor}ln({y})" if self.config.targets[row] else f"−{factor}ln(1 − {y})"

    def _back_to_output(self, mark: str = "") -> Iterator[Line]:
        y, t = f"{{y{mark}}}", f"{{t{mark}}}"
        kind = self._head.of_loss
        if kind.is_square:
            slope = _SLOPE[self.config.output].format(h=f"y{mark}")
            formula = f"{_FACTORS[2 * kind.scale]}({y} − {t}){slope}"
        else:
            factor = _FACTORS[kind.scale]
            formula = f"{factor}({y} − {t})" if factor else f"{y} − {t}"
        yield self._line(f"δ{mark}", formula)

    def _back_to_hidden(self, mark: str = "") -> Iterator[Line]:
        for j in self._units:
            h, z = f"h{j + 1}{mark}", f"z{j + 1}{mark}"
            slope = _SLOPE[self.config.activation].format(h=h, z=z)
            formula = f"{{δ{mark}}}·{{w2[h{j + 1}→o]}}{slope}"
            yield self._line(f"δ{j + 1}{mark}", formula, (j,))

    def _other_rows(self) -> Iterator[Line]:
        for row in self._updates:
            of = self if row in self._rows else replace(self, row=row)
            yield from of._back_to_output(f"[{ROW_NAMES[row]}]")
            yield from of._back_to_hidden(f"[{ROW_NAMES[row]}]")
            yield from of._update(f" after {ROW_NAMES[row]}") if of._mark else ()

    def _gradient(self) -> Iterator[Line]:
        for field, index, value in numbers_of(self._updates[self.row][2]):
            delta, start = _factors(field, index)
            template = f"{{{delta}@}}·{{{start}@}}" if start else f"{{{delta}@}}"
            marks = (f"[{ROW_NAMES[row]}]" for row in self._rows)
            formula = " + ".join(template.replace("@", mark) for mark in marks)
            name = f"∂loss{self._mark}/∂{weight_name(field, index)}"
            yield line(name, formula, self._known, value, field, index)

    def _update(self, mark: str = "") -> Iterator[Line]:
        """Yield the new weights, and before each the means that Adam takes it from."""
        config, (_, state, slopes, after) = self.config, self._updates[self.row]
        known = {**self._known, **self._named(flat(slopes), f"∂loss{self._mark}/∂{{}}")}
        is_adam = config.optimizer == "adam"
        if is_adam:
            known |= {"β₁ᵗ": after[3][0], "β₂ᵗ": after[3][1]}
            for mean, before, new in zip(("m({})", "v({})"), state[1:], after[1:], strict=False):
                known |= self._named(before, mean) | self._named(new, f"new {mean}")
        else:
            known |= self._named(-state[1], "v({})")
        for field, index, value in numbers_of(weights_of(after[0], config)):
            name = weight_name(field, index)
            for mean, formula in self._means(name) if is_adam else ():
                yield line(mean + mark, formula, known, known[mean], field, index)
            formula = f"{{{name}}} − {{rate}}·{{∂loss{self._mark}/∂{name}}}"
            if is_adam:
                formula = (
                    f"{{{name}}} − {{rate}}·({{new m({name})}}/(1 − {{β₁ᵗ}}))"
                    f"/(√({{new v({name})}}/(1 − {{β₂ᵗ}})) + 10⁻⁸)"
                )
            elif config.momentum and (self.memory or state[1].any()):  # else it is not known
                formula = formula.replace(" − ", f" + {{m}}·{{v({name})}} − ", 1)
            yield line(f"new {name}{mark}", formula, known, value, field, index)

    def _means(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield Adam's new means for a weight, of gradients and of their squares, as formulas."""
        for letter, beta, power in zip("mv", BETAS, ("", "²"), strict=True):
            gained = f"{numerals.plain(round(1 - beta, 9))}·{{∂loss{self._mark}/∂{name}}}{power}"
            mean = f"{letter}({name})"
            yield f"new {mean}", f"{beta}·{{{mean}}} + {gained}"

    def _named(self, parameters: Numbers, name: str) -> dict[str, float]:
        """Return numbers (P,), each by a name that contains that of its weight."""
        found = numbers_of(weights_of(parameters, self.config))
        return {name.format(weight_name(f, i)): value for f, i, value in found}


def _factors(field: str, index: tuple[int, ...]) -> tuple[str, str]:
    """Return the delta and the value whose product is a row's part of a weight's gradient.

    A bias has no value: it starts at the constant 1.
    """
    start, end = ends_of(field, index)
    return f"δ{end[1:]}", start
