"""Checks of the steps of a watched run: which, what they say, and what they find out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.panels.learn.check_steps import Change, after, odd, right, scattered
from tests.support.snapshots import trained
from tests.support.watched import SHOWN, source_of, watched_run
from xorviz.core.check.run_check import RunCheck
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED, StepCheck
from xorviz.core.network import Weights, flat, initial_weights
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.settings import RunConfig
from xorviz.engine.analyst import Analyst
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
