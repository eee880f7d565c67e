"""Explained steps: every line evaluated again, and the update against the trainer."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from xorviz.core.analysis.explanation import DIGITS, STAGES, Explanation, Line
from xorviz.core.arrays import Array
from xorviz.core.network import LOSSES, Weights, gradient, hidden, initial_weights, logits
from xorviz.core.runs.record import numbers_of, weight_name
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.core.truth_table import ROW_NAMES, ROWS

STEPS = 40
EVERY = [
    RunConfig(3, 0.1, n, activation, loss, biases=bool(n % 2), momentum=0.7 * (n % 2))
    for n, (loss, activation) in enumerate(product(LOSS_NAMES, ACTIVATION_NAMES))
]
"""Each activation and loss, with and without biases and momentum."""

_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_WORDS = {"σ": "sigma", "ln": "math.log", "tanh": "math.tanh", "max": "max"}
_TOOLS = {"math": math, "max": max, "sigma": lambda z: 1 / (1 + math.exp(-z))}
_NAME = re.compile(r"∂loss/∂[\w\[\]→]+|v\([\w\[\]→]+\)|[^\W\d]\w*(?:\[[\w→]+\])?")


def explained(config: RunConfig, row: int = 2, steps: int = STEPS) -> tuple[Explanation, Trainer]:
    """Return an explained step, and a trainer that takes it next."""
    trainer = Trainer(config)
    trainer.advance(steps)
    seen: Snapshot = trainer.snapshot()
    return Explanation(seen.weights, config, row, seen.velocity), trainer


def python_numbers(text: str) -> str:
    """Return a text with Python's powers of ten and squares."""
    power = re.compile(r"·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
    return power.sub(lambda m: "e" + m[1].translate(_SUPERSCRIPTS), text).replace("²", "**2")


def arithmetic(text: str) -> str:
    """Return a formula in Python syntax."""
    text = re.sub(r"\[([^\[\]]* > 0)\]", r"(\1)", text)
    for fraction, number in (("¼", "0.25"), ("½", "0.5"), ("⅛", "0.125")):
        text = text.replace(fraction, number)
    for word, tool in _WORDS.items():
        text = re.sub(rf"{word}\(", f"{tool}(", text)
    text = text.replace("−", "-").replace("·", "*").replace("\u202f", "")
    return re.sub(r"\](\()", r"]*\1", text)


def value_of(text: str, known: Mapping[str, float]) -> float:
    """Return the value of a formula for given names."""
    values = {f"n{place}": value for place, value in enumerate(known.values())}
    places = {name: f"n{place}" for place, name in enumerate(known)}
    named = _NAME.sub(lambda m: places.get(m[0], m[0]), python_numbers(text))
    return float(eval(arithmetic(named), {**_TOOLS, **values}))


def known_at(step: Explanation) -> dict[str, float]:
    """Return the numbers that formulas name: the weights, and what earlier lines have as values."""
    velocity, config = step.velocity, step.config
    assert velocity is not None
    known = {"rate": config.rate, "m": config.momentum}
    known |= {weight_name(f, i): x for f, i, x in numbers_of(step.weights)}
    known |= {f"v({weight_name(f, i)})": x for f, i, x in numbers_of(velocity)}
    for row, name in enumerate(ROW_NAMES):
        own = replace(step, row=row)
        for line in (line for stage in (0, 1, 2, 4, 5) for line in own.lines(stage)):
            known[f"{line.name}[{name}]"] = line.value
    known |= {line.name: line.value for stage in (*range(6), 7) for line in step.lines(stage)}
    for name, inputs in zip(ROW_NAMES, ROWS, strict=True):
        assert (known[f"x1[{name}]"], known[f"x2[{name}]"]) == inputs
    return known


@pytest.mark.parametrize("config", EVERY)
def test_every_line_evaluates_to_its_result(config: RunConfig) -> None:
    row = config.seed % 4
    step, _ = explained(config, row)
    known = known_at(step)
    assert known["t"] == config.targets[row]
    for stage in range(1, len(STAGES)):
        for line in step.lines(stage):
            assert value_of(line.formula, known) == pytest.approx(line.value, rel=1e-9, abs=1e-14)
            tolerance = 20 * 10.0**-DIGITS * size_of_terms(line)
            assert value_of(line.numbers, {}) == pytest.approx(line.value, abs=tolerance)


def size_of_terms(line: Line) -> float:
    """Return the largest number in a line, which limits its accuracy."""
    numbers = re.findall(r"\d[\d.]*(?:e-?\d+)?", arithmetic(python_numbers(line.numbers)))
    return max([1e-3, abs(line.value), *(abs(float(number)) for number in numbers)])


@pytest.mark.parametrize("config", EVERY)
def test_the_update_matches_the_trainer(config: RunConfig) -> None:
    step, trainer = explained(config)
    new = {line.name.removeprefix("new "): line.value for line in step.lines(len(STAGES) - 1)}
    trainer.advance(1)
    taken = {weight_name(f, i): x for f, i, x in numbers_of(trainer.snapshot().weights)}
    assert new.keys() == taken.keys()
    for name, value in taken.items():
        assert new[name] == pytest.approx(value, rel=1e-12, abs=1e-15)


def test_without_a_velocity_momentum_has_no_term() -> None:
    config = RunConfig(momentum=0.9)
    step, _ = explained(config, steps=0)
    line = step.lines(len(STAGES) - 1)[0]
    slope = gradient(initial_weights(config), config).w1[0, 0]
    assert line.value == pytest.approx(step.weights.w1[0, 0] - config.rate * slope, rel=1e-12)
    assert "v(w1[x1→h1])" in line.formula


def test_lines_name_their_weight_or_unit() -> None:
    step, _ = explained(RunConfig(biases=True))
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


@pytest.mark.parametrize("config", EVERY)
def test_a_weight_s_lines_are_the_loss_s_slope_and_the_row_s_part(config: RunConfig) -> None:
    row = config.seed % 4
    step, _ = explained(config, row)
    for field, index, value in numbers_of(step.weights):

        def losses(by: float, field: str = field, index: tuple[int, ...] = index) -> Array:
            """Return the loss of each row, with one weight changed."""
            arrays = {field: getattr(step.weights, field).astype(float)}
            arrays[field][index] += by
            weights = replace(step.weights, **arrays)
            z = logits(weights, hidden(weights, config.activation))
            rows = zip(z, config.targets, strict=True)
            slope = LOSSES[config.loss].value
            return np.array([slope(z[np.newaxis], np.array([t])) for z, t in rows])

        small = 1e-6 * max(1.0, abs(value))
        slopes = (losses(small) - losses(-small)) / (2 * small)
        summed, part = step.of_weight(field, index)
        assert summed.value == pytest.approx(slopes.sum(), rel=1e-5, abs=1e-8)
        assert part.value == pytest.approx(slopes[row], rel=1e-5, abs=1e-8)
        assert summed.name == f"∂loss/∂{weight_name(field, index)}"
        assert part.name == f"row {ROW_NAMES[row]}"
        assert value_of(part.numbers, {}) == pytest.approx(part.value, rel=1e-3, abs=1e-12)


def test_the_two_factors_are_the_delta_and_the_value_before_the_edge() -> None:
    step, _ = explained(RunConfig(biases=True))
    told = {
        weight_name(f, i): [line.formula for line in step.of_weight(f, i)]
        for f, i, _ in numbers_of(step.weights)
    }
    assert told["w1[x2→h3]"] == ["Σ[rows] δ3·x2", "δ3·x2"]
    assert told["b1[h2]"] == ["Σ[rows] δ2", "δ2·1"]
    assert told["w2[h1→o]"] == ["Σ[rows] δ·h1", "δ·h1"]
    assert told["b2"] == ["Σ[rows] δ", "δ·1"]


def test_a_node_has_its_input_value_and_delta() -> None:
    step, _ = explained(RunConfig(biases=True))
    assert [line.name for line in step.of_unit(1)] == ["z2", "h2", "δ2"]
    assert [line.name for line in step.of_output()] == ["z", "y", "δ"]


@pytest.mark.parametrize("scale", [1e3, 1e200])
def test_huge_weights_give_no_warning(scale: float) -> None:
    drawn = initial_weights(RunConfig(biases=True))
    assert drawn.b1 is not None
    assert drawn.b2 is not None
    weights = Weights(drawn.w1 * scale, drawn.b1 * scale, drawn.w2 * scale, drawn.b2 * scale)
    step = Explanation(weights, RunConfig(biases=True), row=3)
    for stage in range(len(STAGES)):
        assert all(line.numbers for line in step.lines(stage))


def test_each_stage_has_a_title_and_a_sentence() -> None:
    assert len({stage.title for stage in STAGES}) == len(STAGES) == 9
    assert all(stage.about.endswith(".") for stage in STAGES)
