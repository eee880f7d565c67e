"""The exported script reproduces the run."""

import contextlib
import io
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from tests.support.cases import FEW_RECIPES, some, text_of
from tests.support.files import refusal
from tests.support.watched import watched_record
from xorviz.core.network import initial_weights
from xorviz.core.runs.project import continued
from xorviz.core.runs.record import Record, weight_shapes
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import ACTIVATION_NAMES, INIT_NAMES, LOSS_FORMULAS, LOSS_NAMES, RunConfig
from xorviz.files.exports.script import numpy_script

MOST_LINES_OF_DEFAULT, MOST_LINES = 36, 60

REL, ABS = 1e-9, 1e-13
"""Tolerances; the second is for a loss near 0, a difference of numbers near 1."""


def run_here(script: str) -> str:
    """Run a script in this process; warnings are errors in all tests."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(script, "script", "exec"), {"__name__": "__main__"})
    return printed.getvalue()


def assert_shown(printed: str, recording: Recording, step: int) -> None:
    """Assert that a script has printed the loss and outputs of a run at a step."""
    loss, outputs = (line.split() for line in printed.splitlines())
    assert (loss[0], outputs[0]) == ("loss", "outputs")
    known = recording.state_at(step)
    assert float(loss[1]) == pytest.approx(known.loss, rel=REL, abs=ABS)
    assert list(map(float, outputs[1:])) == pytest.approx(known.outputs.tolist(), rel=REL, abs=ABS)


def lines_of(config: RunConfig) -> list[str]:
    return numpy_script(Record(config), 1000).splitlines()


@pytest.mark.parametrize(("activation", "loss"), [*product(ACTIVATION_NAMES, LOSS_NAMES)])
def test_the_script_of_saturated_units_warns_of_nothing_and_fits_on_a_page(
    activation: str, loss: str
) -> None:
    config = RunConfig(64, 1, 3, activation, loss, biases=True, init_range=100)
    with np.errstate(all="raise", under="ignore"):
        assert run_here(numpy_script(Record(config), 3)).count("\n") == 2
    lines = lines_of(
        RunConfig(
            *(64, 1 / 3, 2**32 - 1, activation, loss, True, 1 / 3),
            *("nearly-equal", 1 / 3, 1 / 30, (0, 1, 1, 0)),
        )
    )
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("init", INIT_NAMES)
def test_the_script_reproduces_every_initial_scheme(init: str) -> None:
    for biases in (True, False):
        config = RunConfig(5, 0.2, 7, init=init, biases=biases, init_range=2.0, perturbation=0.3)
        names: dict[str, Any] = {"__name__": "__main__"}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(numpy_script(Record(config), 0), names)
        for name, shape in weight_shapes(config).items():
            np.testing.assert_array_equal(names[name], getattr(initial_weights(config), name))
            assert (names[name].shape, names[name].dtype) == (shape, float)


@pytest.mark.parametrize("biases", [False, True])
def test_the_script_repeats_interventions(biases: bool) -> None:
    recording = Recording(RunConfig(width=4, rate=0.3, biases=biases, momentum=0.5 * biases))
    recording.intervene("rate", 0.4)
    recording.intervene("w1", -0.25, (1, 3))
    recording.advance(40)
    recording.intervene("rate", 0.05)
    recording.advance(30)
    recording.intervene("momentum", 0.9)
    recording.intervene("w2", 1.5, (2, 0))
    recording.intervene("w1", 0.125, (0, 0))
    recording.advance(50)
    if biases:
        recording.intervene("b1", 0.75, (3,))
        recording.intervene("b2", -0.375, (0,))
    recording.intervene("momentum", 0)
    recording.intervene("rate", 1)
    recording.advance(80)
    recording.intervene("w2", 0.625, (0, 0))
    recording.intervene("w2", 0.5, (0, 0))
    for n in range(60):  # in lines of a bounded length
        recording.intervene("rate", 0.1 + n / 10_000)
        recording.advance(2)
    record = recording.record()
    assert max(map(len, numpy_script(record, 320).splitlines())) <= 100
    for step in (0, 40, 41, 70, 71, 120, 200, 320):
        assert_shown(run_here(numpy_script(record, step)), recording, step)
    for step in (0, 39):  # later changes are left out
        assert numpy_script(record, step) == numpy_script(recording.fork(step).record(), step)


@pytest.mark.parametrize("config", some(FEW_RECIPES, 8), ids=text_of)
def test_the_script_repeats_every_kind_of_training(config: RunConfig) -> None:
    recording = Recording(replace(config, width=3))
    recording.intervene("w2", 0.25, (1, 0))
    recording.advance(30)
    recording.intervene("rate", 0.02)
    recording.intervene("w1", -1, (0, 1))
    recording.advance(20)
    recording.intervene("momentum", 0.75)
    recording.advance(30)
    script = numpy_script(recording.record(), 80)
    assert_shown(run_here(script), recording, 80)
    lines = script.splitlines()
    assert any(LOSS_FORMULAS[config.loss] in line for line in lines)
    assert len(lines) <= MOST_LINES + 10
    assert max(map(len, lines)) <= 100


def test_a_run_that_goes_on_from_a_watched_one_is_repeated_without_a_seed() -> None:
    recording = Recording(continued(watched_record(steps=(0, 9)), 9))
    recording.advance(100)
    assert "Another program trained this run" in refusal(numpy_script, watched_record(), 0)
    script = numpy_script(recording.record(), 100)
    assert script.startswith('"""A 2-2-1 network learns XOR: step 100 from these weights, as')
    assert "1234" not in script
    assert_shown(run_here(script), recording, 100)


STRANGERS: list[tuple[RunConfig, tuple[str, ...]]] = [
    (RunConfig(), ("momentum", "velocit", "b1", "tanh(x", "maximum", "changes", "log")),
    (RunConfig(biases=True), ("momentum", "changes")),
    (RunConfig(activation="relu"), ("tanh(x", "h * (1 - h)", "1 - h**2")),
    (RunConfig(momentum=0.5), ("b1", "b2", "changes")),
    (RunConfig(init="zero"), ("random", "ones")),
    (RunConfig(init="equal"), ("random", "zeros")),
    (RunConfig(batch="pass", output="linear"), ("permutations", "step):", "y * (1", "v_")),
    (RunConfig(optimizer="adam", activation="tanh", output="tanh"), ("sigmoid", "momentum")),
]


def test_the_script_contains_only_what_the_run_needs() -> None:
    assert len(lines_of(RunConfig())) <= MOST_LINES_OF_DEFAULT
    for config, strangers in STRANGERS:
        script = numpy_script(Record(config), 100)
        assert not [word for word in strangers if word in script]
