"""Each condition holds, fails or is open as the README tells."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.lab.results.success import Proportion
from xorviz.lessons.conditions import (
    Condition,
    Evidence,
    LabSeen,
    RunSeen,
    Scene,
    all_hold,
    changed_in,
    holds,
    limit_of,
)

LEARNS = RunConfig(rate=2, seed=3)
"""Correct from step 84."""
STUCK = RunConfig(rate=0.5, seed=3, width=2)
"""One row learned at step 3000."""


@cache
def seen(config: RunConfig, steps: int, has_ended: bool = False) -> RunSeen:
    recording = Recording(config, kernel=NUMBA)
    recording.advance(steps)
    return RunSeen(recording.record(), has_ended)


def lab(count: int, recipe: RunConfig = LEARNS) -> LabSeen:
    return LabSeen(recipe, tuple(range(20)), 300, Proportion(count, 20))


CASES: list[tuple[str, Any, Evidence, bool | None]] = [
    ("reached", 50, seen(LEARNS, 49), None),
    ("reached", 50, seen(LEARNS, 50), True),
    ("reached", 50, seen(LEARNS, 9, has_ended=True), True),
    ("correct_by", 84, seen(LEARNS, 83), None),
    ("correct_by", 83, seen(LEARNS, 83), False),
    ("correct_by", 84, seen(LEARNS, 84), True),
    ("correct_by", 83, seen(LEARNS, 90), False),
    ("not_correct_after", 83, seen(LEARNS, 82), None),
    ("not_correct_after", 83, seen(LEARNS, 83), True),
    ("not_correct_after", 90, seen(LEARNS, 90), False),
    ("first_step_within", (84, 100), seen(LEARNS, 83), None),
    ("first_step_within", (84, 100), seen(LEARNS, 84), True),
    ("first_step_within", (85, 100), seen(LEARNS, 84), False),
    ("first_step_within", (0, 80), seen(LEARNS, 80), False),
    ("state_is", "one row learned", seen(STUCK, 3000), True),
    ("state_is", "two rows learned", seen(STUCK, 3000), None),
    ("state_is", "no row learned", RunSeen(Record(STUCK)), None),
    ("share_within", (45, 50), lab(10), True),
    ("share_within", (50, 55), lab(10), True),
    ("share_within", (45, 49.9), lab(10), False),
]


PASSES = RunConfig(width=4, rate=0.1, seed=3, biases=True, batch="pass")


@pytest.mark.parametrize("output", ["tanh", "linear"])
def test_rows_are_correct_by_their_targets_whatever_numbers_these_are(output: str) -> None:
    config = replace(PASSES, output=output, coding="plus-minus")
    for steps in (0, 5, 60, 400):
        found, shown = seen(config, steps), Recording(config, kernel=NUMBA)
        shown.advance(steps)
        assert found.rows == shown.snapshot().right.sum()
    assert found.most_rows == 4
    stuck = replace(config, width=1, biases=False, rate=0.01)
    assert seen(stuck, 2000).state == "no row learned"


@pytest.mark.parametrize(("name", "value", "evidence", "expected"), CASES)
def test_a_condition_holds_fails_or_is_open(
    name: str, value: Any, evidence: Evidence, expected: bool | None
) -> None:
    scene = Scene(evidence, evidence.recipe, (evidence,))
    assert holds(Condition(**{name: value}), scene) is expected


def order(value: tuple[int, ...], *all_seen: Evidence) -> bool | None:
    scene = Scene(all_seen[-1], all_seen[-1].recipe, all_seen)
    return holds(Condition(order_of=value), scene)


def test_runs_come_in_the_order_in_which_they_are_correct() -> None:
    fast, slow, never = seen(LEARNS, 90), seen(replace(LEARNS, rate=0.5), 400), seen(STUCK, 400)
    assert order((1, 2), fast, slow)
    assert order((1,), fast, slow, never)
    assert order((1, 2), fast, slow, never)
    assert order((2, 1), slow, fast)
    assert not order((2,), fast, slow)
    assert not order((1, 3), fast, slow, never)
    assert not order((1, 2), never, never)  # neither is before the other
    assert order((2,), fast) is None
    assert order((1, 2), fast) is None


def test_labs_come_in_the_order_of_their_shares() -> None:
    assert order((2, 1), lab(3), lab(9))
    assert not order((1,), lab(3), lab(9))
    assert not order((1, 2), lab(9), lab(9))


def change(value: tuple[str, ...] | str, evidence: Evidence) -> bool | None:
    return holds(Condition(setting_changed=value), Scene(evidence, LEARNS))


def test_only_the_named_settings_may_be_changed() -> None:
    one, two = seen(replace(LEARNS, width=4), 0), seen(replace(LEARNS, width=4, rate=1), 0)
    assert change(("width",), one)
    assert change(("width", "rate"), one)
    assert change(("width", "rate"), two)
    assert change("one", one)
    assert change(("width",), two) is None
    assert change(("rate",), one) is None
    assert change("one", two) is None
    assert change("one", seen(LEARNS, 5)) is None


def test_a_change_on_the_way_counts() -> None:
    recording = Recording(LEARNS)
    recording.advance(5)
    recording.intervene("rate", 0.1)
    rated = RunSeen(recording.record())
    recording.intervene("w1", 0.5, (0, 0))
    both = RunSeen(recording.record())
    assert changed_in(rated, LEARNS) == {"rate"}
    assert changed_in(both, LEARNS) == {"rate", "weights"}
    assert change(("rate",), rated)
    assert change(("rate",), both) is None
    assert change(("rate", "weights"), both)


def test_the_seed_of_a_lab_is_no_change() -> None:
    assert change("one", lab(3, replace(LEARNS, seed=9))) is None
    assert change("one", lab(3, replace(LEARNS, seed=9, width=2)))


def together(evidence: Evidence, **values: Any) -> bool | None:
    conditions = [Condition(**{name: value}) for name, value in values.items()]
    return all_hold(conditions, Scene(evidence, evidence.recipe, (evidence,)))


def test_all_conditions_are_decided_together() -> None:
    assert together(seen(LEARNS, 90), reached=100, correct_by=100) is None
    assert together(seen(LEARNS, 100), reached=100, correct_by=100) is True
    assert together(seen(LEARNS, 100), reached=100, correct_by=50) is False
    assert limit_of([Condition(first_step_within=(1, 9)), Condition(reached=5)]) == 9
    assert limit_of([Condition(state_is="one row learned")]) == 0


def test_what_is_open_at_the_last_step_or_at_the_end_fails() -> None:
    found = {"state_is": "two rows learned"}
    assert together(seen(STUCK, 90), reached=100, **found) is None
    assert together(seen(STUCK, 100), reached=100, **found) is False
    assert together(seen(STUCK, 90, has_ended=True), correct_by=100, **found) is False
    assert together(lab(3), setting_changed="one", share_within=(0, 100)) is False
    assert together(lab(3)) is True


def test_what_was_seen_of_a_run_is_counted_in_rows() -> None:
    assert (seen(LEARNS, 90).rows, seen(LEARNS, 90).most_rows) == (4, 4)
    assert (seen(STUCK, 3000).rows, seen(STUCK, 3000).most_rows) == (2, 3)
    nothing = RunSeen(Record(STUCK))
    assert (nothing.rows, nothing.most_rows, nothing.newest) == (0, 0, 0)
