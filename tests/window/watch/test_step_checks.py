"""Checks of the steps of a watched run: what they say and find out, and the copies it trains."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

import xorviz
from tests.panels.learn.check_steps import Change, after, odd, right, scattered
from tests.support.cases import some
from tests.support.snapshots import trained
from tests.support.watched import SHOWN, source_of, watched_run
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED, RunCheck, StepCheck
from xorviz.core.network import Weights, flat, initial_weights
from xorviz.core.runs.project import continued
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.watched import WatchedRun, by_passes
from xorviz.core.settings import RunConfig
from xorviz.engine.analyst import Analyst
from xorviz.watching import places
from xorviz.watching.followed_run import FollowedRun, followed
from xorviz.window.watch.step_checks import StepChecks, WatchedStep


class Harness:
    """Checks, and all that they have asked and reported."""

    def __init__(self, qtbot: QtBot) -> None:
        self._bot, self.analyst = qtbot, Analyst()
        self.checks = StepChecks(self.analyst)
        self.checks.rest.setInterval(0)
        self.asked = list[WatchedStep]()
        self.told = list[tuple[StepCheck | None, str]]()
        self.found = list[tuple[RunConfig, tuple[str, ...]]]()
        self.analyst.answered.connect(lambda question, _: self.asked.append(question))
        self.checks.checked.connect(lambda *told: self.told.append(told))
        self.checks.found_out.connect(lambda *found: self.found.append(found[:2]))

    def show(self, run: WatchedRun, checks: int) -> RunCheck:
        """Show the newest state, and return what is known after so many checks in all."""
        self.checks.show_snapshot(run.snapshot())
        self._bot.waitUntil(lambda: len(self.asked) == checks)
        return self.checks.known

    @property
    def numbers(self) -> list[int]:
        return [question.number for question in self.asked]


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    made = Harness(qtbot)
    yield made
    made.checks.rest.stop()
    made.analyst.close()


def states(steps: Sequence[int], change: Change = right, name: str = "it") -> WatchedRun:
    """Return a run shown at these steps, of a program that uses the gradient changed so."""
    run, weights = WatchedRun(SHOWN, source_of(name)), initial_weights(SHOWN)
    for step in range(steps[-1] + 1):
        if step in steps:
            run.extend(np.array([step]), flat(weights)[np.newaxis])
        weights = after(SHOWN, change, weights)
    return run


def without_b1(slope: Weights) -> Weights:
    return replace(slope, b1=np.zeros(SHOWN.width))


def signs(slope: Weights) -> Weights:
    return slope.each(np.sign)


def test_the_first_steps_and_then_one_of_each_thousand_are_checked(harness: Harness) -> None:
    steps = (*range(33), 800, 801, 1000, 1001, 1500, 1501, 1801, 1802, 2500)
    known = harness.show(states(steps), 10)
    assert harness.numbers == [1, 2, 3, 5, 8, 12, 18, 27, 801, 1501]
    assert [len(question.states) for question in harness.asked] == [2, *7 * [3], 2, 2]
    assert harness.told[-1] == (known.telling, "Step 1\u202f500 to 1\u202f501 of it")
    assert (known.verdict, known.counts) == (CORRECT, {CORRECT: 10})
    assert known.telling is not None
    last = known.after(replace(known.telling, verdict=UNDECIDED), 9)
    assert (last.verdict, last.telling, last.counts[UNDECIDED]) == (CORRECT, known.telling, 1)


def test_a_fast_program_is_asked_about_now_and_then(harness: Harness) -> None:
    rest = harness.checks.rest
    rest.setInterval(60_000)
    run = states((*range(33), 800, 801, 1801, 1802))
    harness.show(run, 9)
    harness.checks.show_snapshot(run.snapshot())
    assert (harness.numbers[-2:], harness.checks._asked) == ([27, 801], None)
    rest.stop()
    harness.show(run, 10)
    assert harness.numbers[-1] == 1802
    harness.show(watched_run(SHOWN, 2, "another"), 12)  # which waits for none of the first


@pytest.mark.parametrize(
    ("change", "verdict", "text"),
    [
        (without_b1, FAULTY, "is faulty: not updated in b1"),
        (scattered, FAULTY, "is faulty: w2 does not follow the gradient"),
        (signs, UNDECIDED, ": all numbers change by the same"),
        (odd, UNDECIDED, ": no a"),
    ],
)
def test_the_first_step_that_is_not_correct_is_shown(
    harness: Harness, change: Change, verdict: str, text: str
) -> None:
    known = harness.show(states(range(3), change), 2)
    assert (known.verdict, known.counts) == (verdict, {verdict: 2})
    assert text in known.text
    assert ("Adam" in known.sentence) == ("same" in text)
    assert harness.told[-1][1] == "Step 0 to 1 of it"


def test_what_correct_steps_show_of_assumed_settings_is_reported_once(harness: Harness) -> None:
    harness.show(watched_run(replace(SHOWN, rate=1 / 3), 3), 3)
    assert not harness.found  # what was said stays, to the last digit
    run = watched_run(replace(SHOWN, rate=0.7), 3, "another")
    run.adopt(replace(SHOWN, rate=0.5, momentum=0.9), ("rate", "loss", "momentum"))
    harness.show(run, 6)
    config, assumed = harness.found[0]
    assert (config.rate, config.loss) == (0.7, "sse")
    assert assumed == ("loss", "momentum")  # half the loss at twice the rate is the same step
    assert harness.found[-1] == (SHOWN, ("loss",))
    count, wrong = len(harness.found), states(range(3), without_b1, "wrong")
    wrong.adopt(replace(SHOWN, rate=0.5), ("rate",))
    harness.show(wrong, 8)
    assert len(harness.found) == count


def test_each_run_has_its_own_verdict_or_why_there_is_none(harness: Harness) -> None:
    wrong, other, told = states(range(3), without_b1), watched_run(SHOWN, 2, "other"), harness.told
    for run, checks, verdict in ((wrong, 2, FAULTY), (other, 4, CORRECT), (wrong, 4, FAULTY)):
        assert harness.show(run, checks).verdict == verdict
        assert told[-1][0] is harness.checks.known.telling
    count = len(told)
    harness.checks.show_snapshot(trained(RunConfig()))
    assert len(told) == count, "there is nothing to say of a run of ours"
    still = states((0, 1), lambda slope: slope.each(np.zeros_like), "still")
    assert harness.show(still, 5).text == "Step 1 changed no weight."
    thinned = watched_run(SHOWN, range(0, 50, 10), "thinned", every=10)
    known = harness.show(thinned, 5)
    assert "that takes two consecutive states" in known.sentence
    assert told[-1] == (None, known.sentence)


def test_passes_in_files_of_before_are_trained_as_such(harness: Harness) -> None:
    config = replace(SHOWN, batch="pass", row_order="11,10,01,00")
    run = watched_run(config, 9, "old", batch="pass")
    run.adopt(SHOWN, ())  # of files without these settings, nothing else is known
    harness.checks.found_out.connect(run.adopt)
    harness.show(run, 5)
    assert (run.config, run.source.assumed) == (config, ())
    harness.show(watched_run(SHOWN, 3, "full", batch=None, assumed=("batch", "row_order")), 8)
    assert harness.found[-1] == (SHOWN, ("row_order",))


def test_only_what_was_said_is_taken_as_said() -> None:
    said = source_of(assumed=("rate", "targets"), batch="row").said(SHOWN)
    assert (said.rate, said.targets, said.batch) == (None, None, "row")
    assert (said.loss, said.activation, said.momentum) == ("sse", "sigmoid", 0)


PASSES = 100
BITS = np.array([[0, 1], [1, 1], [0, 0], [1, 0]], dtype=float)
"""In the order in which those that go row by row take them."""
ORDER = "01,11,00,10"
UNITS: dict[str, Any] = {
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda y: y * (1 - y)),
    "tanh": (np.tanh, lambda y: 1 - y**2),
    "linear": (lambda z: z, np.ones_like),
}


def train(
    see: Any, output: str = "sigmoid", coding: str = "", rows: str = "all",
    rate: float = 0.1, momentum: float = 0.0, adam: bool = False,
) -> None:  # fmt: skip
    """Train 2-3-1 with tanh hidden units on half the sum of squared errors; show each pass.

    Its rows are all in one update, or in turn: shown each, in passes, or in passes of drawn order.
    """
    draw, random = np.random.default_rng(7).normal, np.random.default_rng(1)
    w1, b1, w2, b2 = w = [draw(size=(2, 3)), draw(size=3), draw(size=(3, 1)), draw(size=1)]
    m, v, (value, slope) = [0.0] * 4, [0.0] * 4, UNITS[output]
    x, t = BITS, (BITS[:, :1] != BITS[:, 1:]).astype(float)
    x, t = (2 * x - 1, 2 * t - 1) if coding else (x, t)
    for k in range(1, PASSES + 2):
        order = random.permutation(4) if rows == "shuffled" else range(4)
        turns: list[Any] = [slice(None)] if rows == "all" else [[row] for row in order]
        for n, used in enumerate(turns):
            if n == 0 or (rows == "each" and k <= PASSES):
                see(*w)
            h = np.tanh(x[used] @ w1 + b1)
            y = value(h @ w2 + b2)
            d_y = (y - t[used]) * slope(y)
            d_h = d_y @ w2.T * (1 - h**2)
            for i, d in enumerate((x[used].T @ d_h, d_h.sum(0), h.T @ d_y, d_y.sum(0))):
                if adam:
                    m[i] = 0.9 * m[i] + 0.1 * d
                    v[i] = 0.999 * v[i] + 0.001 * d**2
                    w[i] -= rate * m[i] / (1 - 0.9**k) / (np.sqrt(v[i] / (1 - 0.999**k)) + 1e-8)
                else:
                    m[i] = momentum * m[i] - rate * d
                    w[i] += m[i]


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "tanh, -1 and 1": (
        {"output": "tanh", "coding": "signed"}, {"activation": "tanh"},
        {"output": "tanh", "coding": "plus-minus", "batch": "full"},
    ),
    "linear": ({"output": "linear"}, {"rate": 0.1}, {"output": "linear"}),
    "each row said": ({"rows": "each"}, {"batch": "row", "rate": 0.1}, {"row_order": ORDER}),
    "row by row": (
        {"rows": "each", "rate": 0.5}, {},
        {"batch": "pass", "row_order": ORDER, "activation": "tanh"},
    ),
    "passes": (
        {"output": "tanh", "coding": "signed", "rows": "passes", "momentum": 0.5},
        {"batch": "pass", "order": ORDER, "rate": 0.1, "momentum": 0.5, "loss": "half-sse",
         "output": "tanh", "targets": [1, -1, -1, 1], "activation": "tanh"},
        {"coding": "plus-minus", "batch": "pass", "row_order": ORDER},
    ),
    "shuffled": ({"rows": "shuffled", "rate": 0.5}, {}, {"batch": "shuffled"}),
    "Adam": (
        {"adam": True}, {"activation": "tanh", "loss": "half-sse"},
        {"optimizer": "adam", "rate": 0.1},
    ),
}  # fmt: skip
"""How a program trains, what it says of that, and the settings that its copy has."""


@pytest.mark.parametrize("name", some(CASES, 2))
def test_the_copy_is_trained_as_its_program(qtbot: QtBot, harness: Harness, name: str) -> None:
    checks = harness.checks
    checks.rest.setInterval(60_000)  # after the first steps
    trains, said, has = CASES[name]
    with xorviz.watch(name, window=False, **said) as see:
        train(see, **trains)
    run = FollowedRun(places.files()[0])

    def take(*found: Any) -> None:
        run.adopt(*found)
        checks.show_snapshot(run.snapshot())

    checks.found_out.connect(take)
    checks.show_snapshot(run.snapshot())
    qtbot.waitUntil(lambda: checks._asked is None, timeout=30_000)
    record = by_passes(run.record())
    assert {name: getattr(record.config, name) for name in has} == has
    assert record.source is not None
    assert not record.source.assumed.count("batch") or "optimizer" in has
    copy = Recording(continued(record, 0))
    copy.advance(PASSES)
    states = {state.step: state.parameters for state in record.checkpoints}
    for step in (1, 2, PASSES):
        is_near = np.allclose(flat(copy.weights_at(step)), states[step], rtol=0, atol=1e-9)
        assert is_near == (name != "shuffled"), step
    again = followed(record)
    assert (again.newest, again.config, again.source) == (PASSES, record.config, record.source)
