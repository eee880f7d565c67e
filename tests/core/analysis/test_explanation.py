"""Explained steps: every line evaluated again, and the update against the trainer."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.support.cases import FEW_RECIPES, some
from xorviz.core.analysis.explanation import DIGITS, STAGES, Explanation, Line
from xorviz.core.arrays import Array
from xorviz.core.network import LOSSES, flat, gradient, head_of, initial_weights, inputs, weights_of
from xorviz.core.runs.record import numbers_of, weight_name
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.core.steps import State, updated, updates_of
from xorviz.core.truth_table import ROW_NAMES

REST = 6
"""The stage of the other rows."""
EVERY = [
    RunConfig(3, 0.1, n, activation, loss, biases=bool(n % 2), momentum=0.7 * (n % 2))
    for n, (loss, activation) in enumerate(product(LOSS_NAMES, ACTIVATION_NAMES))
]
"""Each activation and loss, with and without biases and momentum."""
ALL = [*some(EVERY, 7), *some(FEW_RECIPES, 7)]

_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_SIGNS = {"10⁻⁸": "1e-8", "²": "**2", "¼": "0.25", "½": "0.5", "⅛": "0.125", "−": "-", "·": "*",
          "\u202f": "", "σ(": "sigma(", "ln(": "math.log(", "tanh(": "math.tanh(",
          "√(": "math.sqrt("}  # fmt: skip
_TOOLS = {"math": math, "max": max, "sigma": lambda z: 1 / (1 + math.exp(-z))}
_NAME = re.compile(
    r"∂loss(?:\[\d+\])?/∂[\w\[\]→]+|(?:new )?[mv]\([\w\[\]→]+\)|[^\W\d]\w*(?:\[[\w→]+\])?"
)


def explained(config: RunConfig, row: int = 2, steps: int = 40) -> Explanation:
    """Return an explained step of a run."""
    trainer = Trainer(config)
    trainer.advance(steps)
    seen: Snapshot = trainer.snapshot()
    return Explanation(seen.weights, config, row, seen.memory, steps + 1)


def updates(step: Explanation) -> dict[int, tuple[State, State]]:
    """Return the states before and after each row's update, taken by the readable steps."""
    assert step.memory is not None
    state: State = (flat(step.weights), *step.memory)
    found: dict[int, tuple[State, State]] = {}
    for rows in updates_of(step.config, step.number):
        slope = flat(gradient(weights_of(state[0], step.config), step.config, rows))
        after = updated(state, slope, step.config)
        found |= dict.fromkeys(rows, (state, after))
        state = after
    return found


def python(text: str) -> str:
    """Return a formula in Python syntax, but for its names."""
    text = re.sub("·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "e" + m[1].translate(_SUPERSCRIPTS), text)
    text = re.sub(r"(?<=·)\[([^>]* > 0)\]", r"(\1)", text)
    for sign, code in _SIGNS.items():
        text = text.replace(sign, code)
    return text.replace("](", "]*(")


def value_of(text: str, known: Mapping[str, float]) -> float:
    """Return the value of a formula for given names."""
    places = {name: f"n{place}" for place, name in enumerate(known)}
    values = dict(zip(places.values(), known.values(), strict=True))
    named = _NAME.sub(lambda m: places.get(m[0], m[0]), python(text))
    return float(eval(named, {**_TOOLS, **values}))


def known_at(step: Explanation) -> dict[str, float]:
    """Return the numbers that formulas name: the weights, and what earlier lines have as values."""
    config = step.config
    before, after = updates(step)[step.row]
    known = {"rate": config.rate, "m": config.momentum}
    known |= named(before[0], config, "{}")
    if config.optimizer == "adam":
        known |= named(before[1], config, "m({})") | named(before[2], config, "v({})")
        known |= {"β₁ᵗ": after[3][0], "β₂ᵗ": after[3][1]}
    else:
        known |= named(-before[1], config, "v({})")
    for row, name in enumerate(ROW_NAMES):
        own = replace(step, row=row)
        for line in (line for stage in (0, 1, 2, 4, 5) for line in own.lines(stage)):
            known[f"{line.name}[{name}]"] = line.value
    known |= {line.name: line.value for stage in (*range(6), 7, 8) for line in step.lines(stage)}
    for name, x in zip(ROW_NAMES, inputs(config).tolist(), strict=True):
        assert [known[f"x1[{name}]"], known[f"x2[{name}]"]] == x
    return known


def named(parameters: Array, config: RunConfig, name: str) -> dict[str, float]:
    """Return numbers (P,), each by a name that contains that of its weight."""
    numbers = numbers_of(weights_of(parameters, config))
    return {name.format(weight_name(f, i)): x for f, i, x in numbers}


@pytest.mark.parametrize("config", ALL)
def test_every_line_evaluates_to_its_result(config: RunConfig) -> None:
    row = config.seed % 4
    step = explained(config, row)
    known = known_at(step)
    assert known["t"] == head_of(config).coding.value(np.array(config.targets[row]))
    is_pass = config.batch != "full"
    for stage in range(1, len(STAGES)):
        for line in step.lines(stage) if stage != REST or not is_pass else ():
            assert value_of(line.formula, known) == pytest.approx(line.value, rel=1e-9, abs=1e-14)
            tolerance = 20 * 10.0**-DIGITS * size_of_terms(line)
            assert value_of(line.numbers, {}) == pytest.approx(line.value, abs=tolerance)


def size_of_terms(line: Line) -> float:
    """Return the largest number in a line, which limits its accuracy."""
    numbers = re.findall(r"\d[\d.]*(?:e-?\d+)?", python(line.numbers))
    return max([1e-3, abs(line.value), *(abs(float(number)) for number in numbers)])


def new_weights(step: Explanation) -> dict[str, float]:
    return {x.name: x.value for x in step.lines(len(STAGES) - 1) if "(" not in x.name}


@pytest.mark.parametrize("config", ALL)
def test_each_update_of_a_pass_is_that_of_its_row_in_its_order(config: RunConfig) -> None:
    step = explained(config)
    lines = {line.name: line.value for line in step.lines(REST)}
    is_pass = config.batch != "full"
    order = [int(row) for rows in updates_of(config, step.number) for row in rows]
    assert [n for n in lines if n.startswith("δ[")] == [f"δ[{ROW_NAMES[row]}]" for row in order]
    assert any(" after " in name for name in lines) == is_pass
    for row, (_, after) in updates(step).items():
        own, name = replace(step, row=row), ROW_NAMES[row]
        assert lines[f"δ[{name}]"] == pytest.approx(own.of_output()[-1].value, rel=1e-12)
        assert new_weights(own) == pytest.approx(named(after[0], config, "new {}"), rel=1e-12)
        place = f"Update {order.index(row) + 1} of"
        assert own.place.strip().startswith(place) if is_pass else not own.place
        if is_pass:
            told = [lines[f"{new} after {name}"] for new in new_weights(own)]
            np.testing.assert_allclose(told, after[0], rtol=1e-12)


def test_without_a_velocity_momentum_has_no_term() -> None:
    config = RunConfig(momentum=0.9)
    step = explained(config, steps=0)
    line = step.lines(len(STAGES) - 1)[0]
    slope = gradient(initial_weights(config), config).w1[0, 0]
    assert line.value == pytest.approx(step.weights.w1[0, 0] - config.rate * slope, rel=1e-12)
    assert "v(w1[x1→h1])" in line.formula


def test_lines_name_their_weight_or_unit() -> None:
    step = explained(RunConfig(biases=True))
    gradients = [(line.field, line.index) for line in step.lines(7)]
    assert gradients == [(f, i) for f, i, _ in numbers_of(step.weights)]
    assert [line.unit for line in step.lines(1)] == [0, 0, 1, 1, 2, 2]
    assert [line.unit for line in step.lines(7)] == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, None]


def test_a_line_reads_as_expected() -> None:
    step = Explanation(initial_weights(RunConfig()), RunConfig(), row=2)
    z1, h1, *_ = step.lines(1)
    assert z1.name == "z1"
    assert z1.formula == "x1·w1[x1→h1] + x2·w1[x2→h1]"
    assert z1.numbers == "0·(−0.6170) + 1·0.5707"
    assert z1.result == "0.5707"
    assert h1.numbers == "σ(0.5707)"


@pytest.mark.parametrize("config", some(EVERY, 7))
def test_a_weight_s_lines_are_the_loss_s_slope_and_the_row_s_part(config: RunConfig) -> None:
    row = config.seed % 4
    step = explained(config, row)
    kind, of_row = LOSSES[config.loss], gradient(step.weights, config, (row,))
    slopes = {(line.field, line.index): line.value for line in step.lines(7)}
    share = kind.scale / kind.scale_of(1)  # of a mean
    for field, index, _ in numbers_of(step.weights):
        summed, part = step.of_weight(field, index)
        assert summed.value == slopes[field, index]
        own = share * getattr(of_row, field)[index]
        assert part.value == pytest.approx(own, rel=1e-9, abs=1e-15)
        assert summed.name == f"∂loss/∂{weight_name(field, index)}"
        assert part.name == f"row {ROW_NAMES[row]}"
        assert value_of(part.numbers, {}) == pytest.approx(part.value, rel=1e-3, abs=1e-12)


def test_an_edge_has_the_delta_and_the_value_before_it_and_a_node_its_own() -> None:
    step = explained(RunConfig(biases=True))
    told = {
        weight_name(f, i): [line.formula for line in step.of_weight(f, i)]
        for f, i, _ in numbers_of(step.weights)
    }
    assert told["w1[x2→h3]"] == ["Σ[rows] δ3·x2", "δ3·x2"]
    assert told["b1[h2]"] == ["Σ[rows] δ2", "δ2·1"]
    assert told["w2[h1→o]"] == ["Σ[rows] δ·h1", "δ·h1"]
    assert told["b2"] == ["Σ[rows] δ", "δ·1"]

    assert [line.name for line in step.of_unit(1)] == ["z2", "h2", "δ2"]
    assert [line.name for line in step.of_output()] == ["z", "y", "δ"]


@pytest.mark.parametrize("scale", [1e3, 1e200])
def test_huge_weights_give_no_warning(scale: float) -> None:
    config = RunConfig(biases=True, batch="pass", output="linear")
    weights = initial_weights(config).each(lambda array: scale * array)
    step = Explanation(weights, config, row=3)
    assert step.of_weight("w1", (0, 0))
    for stage in range(len(STAGES)):
        assert all(line.numbers for line in step.lines(stage))
