"""The current run: one or two runs, replayed, continued and changed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.bits import (
    SIZES,
    Change,
    Straight,
    assert_same_record,
    assert_same_state,
    changes_of,
    counted,
    straight,
)
from tests.support.snapshots import QUICK
from xorviz.core.config import RunConfig
from xorviz.core.network import initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.current_run import CurrentRun
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.stopping import Halt, StopRules

OTHER = replace(QUICK, seed=7, rate=0.5)
CHANGES: dict[int, list[Change]] = {
    5: [("rate", 0.25, ())],
    64: [("w1", 2.0, (0, 1)), ("momentum", 0.9, ())],
    90: [("rate", 1.5, ())],
}
LEARNED = StopRules(at_step=None, when_learned=True)


@pytest.fixture(scope="module")
def plain() -> Straight:
    """Return what is seen of a changed run, also after the steps that were recorded."""
    return straight(QUICK, 300, CHANGES)


def record_of(config: RunConfig, steps: int, changes: dict[int, list[Change]]) -> Record:
    return straight(config, steps, changes).trainer.record()


@pytest.fixture
def record() -> Record:
    return record_of(QUICK, 120, CHANGES)


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_advancing_from_the_past_replays_and_then_trains(
    record: Record, plain: Straight, size: int
) -> None:
    bench = CurrentRun(record, 3)
    while bench.step < 300:
        assert not bench.advance(min(size, 300 - bench.step))
        assert_same_state(bench.snapshot(), plain.seen[bench.step])
    assert bench.snapshot().record == plain.trainer.record()
    assert bench.newest == 300


def test_a_current_run_shows_its_step(record: Record, plain: Straight) -> None:
    bench = CurrentRun(record, 64, run=7)
    shown = bench.snapshot()
    assert (shown.step, shown.newest, shown.run, shown.beside) == (64, 120, 7, None)
    assert_same_state(shown, plain.seen[64])
    assert_same_record(shown.record, record)


@pytest.mark.parametrize("step", [-1, 121])
def test_a_step_that_was_not_taken_is_an_error(record: Record, step: int) -> None:
    with pytest.raises(IndexError, match=f"step {step} is outside this run: 0 to 120"):
        CurrentRun(record, step)


def test_two_runs_end_at_the_shorter_one(record: Record) -> None:
    with pytest.raises(IndexError, match="0 to 50"):
        CurrentRun(record, 51, beside=record_of(OTHER, 50, {}))


def test_rules_apply_only_to_new_steps() -> None:
    rules = StopRules(at_step=50, when_learned=True)  # it learns at step 168
    bench = CurrentRun(record_of(QUICK, 180, {}), 0)
    assert not bench.advance(180, rules)
    assert bench.step == 180
    assert bench.advance(1000, rules)
    assert (bench.step, bench.snapshot().halt) == (200, Halt.AT_STEP)


def test_a_rule_stops_an_advance_from_the_past() -> None:
    bench = CurrentRun(record_of(QUICK, 100, {}), 20)
    assert bench.advance(1000, LEARNED)
    assert (bench.step, bench.newest, bench.snapshot().halt) == (168, 168, Halt.LEARNED)


def test_a_rule_met_at_the_last_step_is_reported() -> None:
    bench = CurrentRun(Record(QUICK), 0)
    assert bench.advance(100, StopRules(at_step=100))
    assert (bench.step, bench.snapshot().halt) == (100, Halt.AT_STEP)


def test_past_steps_are_replayed_on_demand(record: Record) -> None:
    bench = CurrentRun(record, 10)
    bench.snapshot()
    with counted() as taken:
        bench.advance(64)
    assert sum(taken) == 64
    with counted() as taken:
        bench.snapshot()
    assert sum(taken) == 0


def test_a_step_can_be_approached_in_parts(record: Record, plain: Straight) -> None:
    bench, lefts = CurrentRun(record, 120), []
    while left := bench.approach(63, 10):
        lefts.append(left)
    assert lefts == [53, 43, 33, 23, 13, 3]
    assert bench.step == 120
    bench.go_to(63)
    assert_same_state(bench.snapshot(), plain.seen[63])
    bench.go_to(10**9)
    assert bench.step == 120


def test_a_change_at_the_newest_step_continues_the_run(record: Record) -> None:
    bench = CurrentRun(record, 120)
    bench.intervene("b2", 0.5, (0,))
    bench.advance(30)
    again = straight(QUICK, 150, CHANGES | {120: [("b2", 0.5, (0,))]})
    assert_same_state(bench.snapshot(), again.seen[-1])
    assert_same_record(bench.snapshot().record, again.trainer.record())


def test_a_change_in_the_past_forks_the_run(record: Record, plain: Straight) -> None:
    bench = CurrentRun(record, 70)
    old = bench.snapshot().record
    bench.intervene("rate", 0.01)
    assert (bench.step, bench.newest) == (70, 70)
    bench.advance(130)
    branch = {s: c for s, c in CHANGES.items() if s < 70} | {70: [("rate", 0.01, ())]}
    again = straight(QUICK, 200, branch)
    assert_same_state(bench.snapshot(), again.seen[-1])
    assert_same_record(bench.snapshot().record, again.trainer.record())
    assert_same_record(old, record)
    for step in (69, 70, 71, 120):
        assert_same_state(Recording(old).state_at(step), plain.seen[step])


@pytest.mark.parametrize(
    ("step", "change"),
    [(70, ("momentum", 0.9, ())), (64, ("w1", 2.0, (0, 1))), (5, ("rate", 0.25, ()))],
)
def test_a_change_without_effect_keeps_the_future(
    record: Record, plain: Straight, step: int, change: Change
) -> None:
    bench = CurrentRun(record, step)
    bench.intervene(*change)
    assert (bench.step, bench.newest) == (step, 120)
    assert_same_state(bench.snapshot(), plain.seen[step])
    assert_same_record(bench.snapshot().record, record)


def test_a_change_undone_in_the_past_is_another_run(record: Record) -> None:
    bench = CurrentRun(record, 5)
    bench.intervene("rate", QUICK.rate)
    assert bench.newest == 5
    assert bench.snapshot().interventions == ()


@pytest.mark.parametrize("step", [70, 120])
@pytest.mark.parametrize("bad", [("rate", 0.0, ()), ("w1", 1.0, (2, 0)), ("seed", 1, ())])
def test_an_invalid_change_changes_nothing(
    record: Record, plain: Straight, step: int, bad: Change
) -> None:
    bench = CurrentRun(record, step)
    with pytest.raises(SettingError):
        bench.intervene(*bad)
    assert (bench.step, bench.newest) == (step, 120)
    assert_same_state(bench.snapshot(), plain.seen[step])
    assert_same_record(bench.snapshot().record, record)


def assert_lock_step(bench: CurrentRun, first: Straight, second: Straight) -> None:
    """Fail unless both runs are seen at the same step, as they are when taken alone."""
    shown = bench.snapshot()
    assert shown.beside is not None
    assert shown.step == shown.beside.step == bench.step
    assert_same_state(shown, first.seen[bench.step])
    assert_same_state(shown.beside, second.seen[bench.step])


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_two_runs_side_by_side_stay_at_one_step(data: st.DataObject) -> None:
    ends = data.draw(st.tuples(st.integers(0, 200), st.integers(0, 200)))
    plain = [straight(QUICK, ends[0], {}), straight(OTHER, ends[1], {})]
    records = [run.trainer.record() for run in plain]
    bench = CurrentRun(records[0], 0, beside=records[1])
    for _ in range(data.draw(st.integers(1, 8))):
        match data.draw(st.sampled_from(["advance", "go", "change"])):
            case "advance":
                n = data.draw(SIZES)
                goal = bench.step + n
                assert not bench.advance(n)
                assert bench.step == goal
                for run in plain:
                    run.advance(goal - run.newest)
            case "go":
                bench.approach(step := data.draw(st.integers(0, bench.newest)), 30)
                bench.go_to(step)
            case "change":
                which = data.draw(st.integers(0, 1))
                change = data.draw(changes_of(plain[which].config))
                before = plain[which]
                branch = before.again(bench.step)
                branch.change(change)
                bench.intervene(*change, beside=bool(which))
                same = bench.step < before.newest and branch.noted() == [
                    c for c in before.noted() if c.step <= bench.step
                ]
                if not (same and branch.trainer.config == before.seen[bench.step].config):
                    plain[which] = branch
        assert bench.newest == min(run.newest for run in plain)
        assert_lock_step(bench, *plain)


def test_a_rule_that_the_first_run_meets_stops_both() -> None:
    bench = CurrentRun(Record(QUICK), 0, beside=Record(OTHER))
    assert bench.advance(1000, LEARNED)
    shown = bench.snapshot()
    assert (bench.step, shown.halt) == (168, Halt.LEARNED)
    assert_lock_step(bench, straight(QUICK, 168, {}), straight(OTHER, 168, {}))


def test_a_rule_that_the_second_run_meets_stops_nothing() -> None:
    bench = CurrentRun(Record(OTHER), 0, beside=Record(QUICK))
    assert not bench.advance(170, LEARNED)
    assert bench.step == 170
    assert bench.snapshot().halt is None


@pytest.mark.parametrize("recorded", [(0, 250), (250, 0), (200, 30)])
def test_one_run_may_have_more_steps_than_the_other(recorded: tuple[int, int]) -> None:
    plain = straight(QUICK, 400, {}), straight(OTHER, 400, {})
    records = [record_of(c, n, {}) for c, n in zip((QUICK, OTHER), recorded, strict=True)]
    bench = CurrentRun(records[0], 0, beside=records[1])
    assert bench.newest == min(recorded)
    for n in (100, 120, 180):
        assert not bench.advance(n)
        assert_lock_step(bench, *plain)
    bench.go_to(33)
    assert_lock_step(bench, *plain)


def test_no_run_goes_beyond_the_step_of_both() -> None:
    runs = [Recording(QUICK), Recording(OTHER)]
    for run, newest in zip(runs, (300, 100), strict=True):
        run.advance(newest)
    bench = CurrentRun(runs[0].record(), 100, beside=runs[1].record())
    assert bench.approach(90, 10) == 2 * (90 - 64 - 10)
    assert bench.approach(250, 0) == 26  # the second is there, at 100
    bench.go_to(250)
    assert bench.step == 100


@pytest.fixture
def second_overflows(monkeypatch: pytest.MonkeyPatch) -> RunConfig:
    """Make runs of these settings, and of no others, overflow after step 11."""
    config = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy", momentum=0.9)
    start = initial_weights(replace(config, seed=29))
    for array in start.arrays():
        np.multiply(array, 1e150, out=array)
    monkeypatch.setattr(
        "xorviz.core.runs.trainer.initial_weights",
        lambda wanted: start if wanted.width == 16 else initial_weights(wanted),
    )
    return config


@pytest.mark.parametrize("size", [1, 5, 100])
def test_a_second_run_that_diverges_stops_both(second_overflows: RunConfig, size: int) -> None:
    bench = CurrentRun(Record(QUICK), 0, beside=Record(second_overflows))
    while not bench.advance(size):
        assert bench.step <= 11
    assert bench.step == bench.newest == 11
    shown = bench.snapshot()
    assert shown.beside is not None
    assert (shown.halt, shown.beside.halt) == (None, Halt.DIVERGED)
    assert_lock_step(bench, straight(QUICK, 11, {}), straight(second_overflows, 11, {}))
    assert bench.advance(size)
    assert bench.step == 11


def test_a_first_run_that_diverges_stops_both(second_overflows: RunConfig) -> None:
    bench = CurrentRun(Record(second_overflows), 0, beside=Record(QUICK))
    assert bench.advance(100)
    assert (bench.step, bench.snapshot().halt) == (11, Halt.DIVERGED)
    for change in (("rate", 1e-9), ("momentum", 0.0)):
        bench.intervene(*change)
    assert not bench.advance(50)
    assert bench.step == 61


def test_the_second_run_is_changed_alone(record: Record) -> None:
    bench = CurrentRun(record, 70, beside=record_of(OTHER, 120, {}))
    bench.intervene("rate", 0.75, beside=True)
    assert bench.newest == 70
    shown = bench.snapshot()
    assert shown.beside is not None
    assert shown.record == record
    assert (shown.beside.newest, shown.beside.config.rate) == (70, 0.75)
    bench.intervene("rate", 0.125)
    shown = bench.snapshot()
    assert shown.beside is not None
    assert (shown.config.rate, shown.beside.config.rate) == (0.125, 0.75)


def test_without_a_second_run_the_first_is_changed() -> None:
    bench = CurrentRun(Record(QUICK), 0)
    bench.intervene("rate", 0.75, beside=True)
    assert bench.snapshot().config.rate == 0.75


def test_a_snapshot_trains_nothing(record: Record) -> None:
    bench = CurrentRun(record, 70)
    for _ in range(3):
        bench.snapshot()
        bench.go_to(5)
    assert bench.newest == 120


def test_set_weights_sets_all_weights(record: Record) -> None:
    bench = CurrentRun(record, record.newest)
    other = initial_weights(OTHER)
    bench.set_weights(other)
    seen = bench.snapshot()
    for mine, wanted in zip(seen.weights.arrays(), other.arrays(), strict=True):
        np.testing.assert_array_equal(mine, wanted)
    assert seen.record.newest == record.newest
    bench.advance(50)
    again = Recording(bench.snapshot().record)
    assert_same_state(again.state_at(record.newest + 50), bench.snapshot())
    assert_same_state(again.state_at(record.newest), seen)


def test_set_weights_in_the_past_forks_the_run(record: Record) -> None:
    bench = CurrentRun(record, 40)
    bench.set_weights(initial_weights(OTHER))
    assert bench.newest == bench.step == 40
    np.testing.assert_array_equal(bench.snapshot().weights.w1, initial_weights(OTHER).w1)
    assert record.newest == 120


def test_set_weights_changes_the_first_of_two_runs() -> None:
    bench = CurrentRun(Record(QUICK), 0, beside=Record(OTHER))
    bench.set_weights(initial_weights(replace(QUICK, seed=99)))
    seen = bench.snapshot()
    assert seen.beside is not None
    np.testing.assert_array_equal(seen.weights.w1, initial_weights(replace(QUICK, seed=99)).w1)
    np.testing.assert_array_equal(seen.beside.weights.w1, initial_weights(OTHER).w1)
