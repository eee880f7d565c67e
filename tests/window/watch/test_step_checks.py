"""Checks of the steps of a watched run: which, what they say, and what they find out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.support.snapshots import trained
from tests.support.watched import SHOWN, source_of, watched_run
from xorviz.core.check.step_check import CORRECT, FAULTY, StepCheck
from xorviz.core.network import Weights, flat, gradient, initial_weights
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.settings import RunConfig
from xorviz.engine.analyst import Analyst
from xorviz.window.watch.step_checks import StepChecks, WatchedStep, said_of_run


class Harness:
    """Checks, and all that they have asked and told."""

    def __init__(self, qtbot: QtBot) -> None:
        self._bot, self.analyst = qtbot, Analyst()
        self.checks = StepChecks(self.analyst)
        self.checks.rest.setInterval(0)
        self.asked: list[WatchedStep] = []
        self.told: list[tuple[StepCheck, str]] = []
        self.missing: list[str] = []
        self.found: list[tuple[str, RunConfig, tuple[str, ...]]] = []
        self.analyst.answered.connect(lambda question, _: self.asked.append(question))
        self.checks.checked.connect(self._note)
        self.checks.found_out.connect(lambda *found: self.found.append(found))

    def show(self, run: WatchedRun, checks: int) -> None:
        """Show the newest state, and wait for so many checks in all."""
        self.checks.show_snapshot(run.snapshot())
        self._bot.waitUntil(lambda: len(self.asked) == checks)

    def _note(self, check: StepCheck | None, source: str) -> None:
        if check is None:
            self.missing.append(source)
        else:
            self.told.append((check, source))

    @property
    def steps(self) -> list[int]:
        return [question.step for question in self.asked]


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    made = Harness(qtbot)
    yield made
    made.analyst.close()


def states(steps: Sequence[int], config: RunConfig = SHOWN, updates_b1: bool = True) -> WatchedRun:
    """Return the run of a program whose weights are shown at these steps."""
    run, weights = WatchedRun(config, source_of()), initial_weights(config)
    for step in range(steps[-1] + 1):
        if step in steps:
            run.extend(np.array([step]), flat(weights)[np.newaxis])
        weights = _after(weights, config, updates_b1)
    return run


def _after(weights: Weights, config: RunConfig, updates_b1: bool) -> Weights:
    slope = gradient(weights, config)
    if not updates_b1:
        slope = replace(slope, b1=np.zeros(config.width))
    return weights.each(lambda w, d: w - config.rate * d, slope)


def test_the_first_steps_and_then_one_of_each_thousand_are_checked(harness: Harness) -> None:
    harness.show(states((*range(33), 800, 801, 1000, 1001, 1500, 1501, 1801, 1802, 2500)), 10)
    assert harness.steps == [0, 1, 2, 4, 7, 11, 17, 26, 800, 1500]
    assert [len(question.states) for question in harness.asked] == [2, *7 * [3], 2, 2]
    assert [source for _, source in harness.told][
        -1
    ] == "Step 1\u202f500 to 1\u202f501 of my network"
    assert harness.checks.known.text == "Your steps are exact gradient steps at rate 0.7"
    assert "10 steps checked: 10 correct." in harness.checks.known.tip


def test_a_fault_is_named_and_stays_named(harness: Harness) -> None:
    harness.show(states(range(4), updates_b1=False), 3)
    known = harness.checks.known
    assert known.is_wrong
    assert known.text == "Step 1 is faulty: not updated in b1"
    assert {check.verdict for check, _ in harness.told} == {FAULTY}
    assert [source for _, source in harness.told] == 3 * ["Step 0 to 1 of my network"]


def test_what_a_correct_step_tells_of_assumed_settings_is_told_once_it_is_known(
    harness: Harness,
) -> None:
    run = states(range(4))
    run.adopt(replace(SHOWN, rate=0.5, momentum=0.9), ("rate", "loss", "momentum"))
    harness.show(run, 3)
    key, config, assumed = harness.found[0]
    assert (key, config.rate, config.loss) == (source_of().key, 0.7, "sse")
    assert assumed == ("loss", "momentum")  # half the loss at twice the rate is the same step
    assert harness.found[-1][1:] == (SHOWN, ("loss",))


def test_said_settings_are_not_changed_by_a_check(harness: Harness) -> None:
    harness.show(states(range(4)), 3)
    assert not harness.found


def test_each_run_has_its_own_verdict(harness: Harness) -> None:
    wrong, right = states(range(3), updates_b1=False), watched_run(SHOWN, 2, "another")
    harness.show(wrong, 2)
    harness.show(right, 4)
    assert harness.checks.known.is_right
    harness.show(wrong, 4)
    assert harness.checks.known.is_wrong
    assert harness.told[-1][0].verdict == FAULTY


def test_a_step_that_changes_nothing_is_told(harness: Harness) -> None:
    run, weights = WatchedRun(SHOWN, source_of()), flat(initial_weights(SHOWN))
    run.extend(np.arange(2), np.array([weights, weights]))
    harness.show(run, 1)
    assert harness.checks.known.text == "Step 1 changed no weight."
    assert not harness.told


def test_states_further_apart_than_a_step_are_not_checked(harness: Harness) -> None:
    harness.checks.show_snapshot(watched_run(SHOWN, range(0, 50, 10), every=10).snapshot())
    harness.checks.show_snapshot(watched_run(SHOWN, [0, 5, 9], name="gaps").snapshot())
    assert not harness.asked
    assert harness.checks.known.tip.startswith("No step is checked yet")


def test_why_no_step_can_be_checked_is_told_until_a_run_of_ours_is_shown(harness: Harness) -> None:
    harness.checks.show_snapshot(watched_run(SHOWN, range(0, 50, 10), every=10).snapshot())
    told = "Steps cannot be checked: one state of every 10 steps is shown. Call see at each step."
    assert (harness.checks.known.text, harness.missing) == (told, [told])
    for _ in range(2):
        harness.checks.show_snapshot(trained(RunConfig()))
    assert harness.missing == [told, ""]


def test_steps_of_another_optimizer_are_said_to_follow_no_known_rule(harness: Harness) -> None:
    run, weights = WatchedRun(SHOWN, source_of()), initial_weights(SHOWN)
    for step in range(3):
        run.extend(np.array([step]), flat(weights)[np.newaxis])
        slope = gradient(weights, SHOWN)  # all numbers by the same amount, as Adam begins
        weights = weights.each(lambda w, d: w - 0.01 * np.sign(d), slope)
    harness.show(run, 2)
    text = "No known rule explains your steps; those of Adam cannot be checked"
    assert harness.checks.known.text == text


def test_only_what_was_said_is_taken_as_said() -> None:
    said = said_of_run(SHOWN, source_of(assumed=("rate", "targets"), batch="row"))
    assert (said.rate, said.targets, said.batch) == (None, None, "row")
    assert (said.loss, said.activation, said.momentum) == ("sse", "sigmoid", 0)


def test_a_verdict_is_correct_once_a_step_is_though_others_cannot_be_told(harness: Harness) -> None:
    harness.show(states(range(4)), 3)
    right = harness.told[-1][0]
    unclear = replace(right, verdict="undecided")
    known = harness.checks.known.after(unclear, 9)
    assert known.is_right
    assert known.telling is not unclear
    assert "1 undecided" in known.tip
    assert right.verdict == CORRECT


def test_a_fast_program_is_asked_about_now_and_then(harness: Harness) -> None:
    rest = harness.checks.rest
    rest.setInterval(60_000)
    run = states((*range(33), 800, 801, 1801, 1802))
    harness.show(run, 9)
    harness.checks.show_snapshot(run.snapshot())
    assert (harness.steps[-2:], harness.checks._asked) == ([26, 800], None)
    rest.stop()
    harness.show(run, 10)
    assert harness.steps[-1] == 1801
    rest.stop()
