"""The current run: one or two runs, replayed, continued and changed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.runs.test_watched import KEPT, SOURCE, watched
from tests.support.bits import (
    SIZES,
    Change,
    Straight,
    assert_same_record,
    assert_same_state,
    changes_of,
    counted,
    overflowing,
    straight,
)
from tests.support.snapshots import QUICK
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.network import flat, initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs import watched as watched_runs
from xorviz.core.runs.current_run import CurrentRun, CurrentWatched
from xorviz.core.runs.project import continued
from xorviz.core.runs.record import Intervention, Record, setting
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.stopping import Halt, StopRules
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.settings import RunConfig

OTHER = replace(QUICK, seed=7, rate=0.5)
CHANGES: dict[int, list[Change]] = {
    5: [("rate", 0.25, ())],
    64: [("w1", 2.0, (0, 1)), ("momentum", 0.9, ())],
    90: [("rate", 1.5, ())],
}
LEARNED = StopRules(at_step=None, when_learned=True)


@pytest.fixture(scope="module")
def plain() -> Straight:
    """Return a changed run without replay, longer than the recorded one."""
    return straight(QUICK, 300, CHANGES)


def change_run(
    current: CurrentRun, field: str, value: float, index: tuple[int, ...] = (), beside: bool = False
) -> None:
    current.intervene([Intervention(0, field, value, index)], beside)


def record_of(config: RunConfig, steps: int, changes: dict[int, list[Change]]) -> Record:
    return straight(config, steps, changes).trainer.record()


@pytest.fixture(scope="module")
def record() -> Record:
    return record_of(QUICK, 120, CHANGES)


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_advancing_from_the_past_replays_and_then_trains(
    record: Record, plain: Straight, size: int
) -> None:
    current = CurrentRun(record, 3)
    while current.step < 300:
        assert not current.advance(min(size, 300 - current.step))
        assert_same_state(current.snapshot(), plain.seen[current.step])
    assert current.snapshot().record == plain.trainer.record()
    assert current.newest == 300


def test_a_current_run_shows_its_step(record: Record, plain: Straight) -> None:
    current = CurrentRun(record, 64, run=7)
    shown = current.snapshot()
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
    current = CurrentRun(record_of(QUICK, 180, {}), 0)
    assert not current.advance(180, rules)
    assert current.step == 180
    assert current.advance(1000, rules)
    assert (current.step, current.snapshot().halt) == (200, Halt.AT_STEP)


def test_a_rule_stops_an_advance_from_the_past() -> None:
    current = CurrentRun(record_of(QUICK, 100, {}), 20)
    assert current.advance(1000, LEARNED)
    assert (current.step, current.newest, current.snapshot().halt) == (168, 168, Halt.LEARNED)


def test_a_rule_met_at_the_last_step_is_reported() -> None:
    current = CurrentRun(Record(QUICK), 0)
    assert current.advance(100, StopRules(at_step=100))
    assert (current.step, current.snapshot().halt) == (100, Halt.AT_STEP)


def test_past_steps_are_replayed_on_demand(record: Record) -> None:
    current = CurrentRun(record, 10)
    current.snapshot()
    with counted() as taken:
        current.advance(64)
    assert sum(taken) == 64
    with counted() as taken:
        current.snapshot()
    assert sum(taken) == 0


def test_a_step_can_be_approached_in_parts(record: Record, plain: Straight) -> None:
    current, lefts = CurrentRun(record, 120), []
    while left := current.approach(63, 10):
        lefts.append(left)
    assert lefts == [53, 43, 33, 23, 13, 3]
    assert current.step == 120
    current.go_to(63)
    assert_same_state(current.snapshot(), plain.seen[63])
    current.go_to(10**9)
    assert current.step == 120


def test_a_change_at_the_newest_step_continues_the_run(record: Record) -> None:
    current = CurrentRun(record, 120)
    change_run(current, "b2", 0.5, (0,))
    current.advance(30)
    again = straight(QUICK, 150, CHANGES | {120: [("b2", 0.5, (0,))]})
    assert_same_state(current.snapshot(), again.seen[-1])
    assert_same_record(current.snapshot().record, again.trainer.record())


def test_a_change_in_the_past_forks_the_run(record: Record, plain: Straight) -> None:
    current = CurrentRun(record, 70)
    old = current.snapshot().record
    change_run(current, "rate", 0.01)
    assert (current.step, current.newest) == (70, 70)
    current.advance(130)
    fork = {s: c for s, c in CHANGES.items() if s < 70} | {70: [("rate", 0.01, ())]}
    again = straight(QUICK, 200, fork)
    assert_same_state(current.snapshot(), again.seen[-1])
    assert_same_record(current.snapshot().record, again.trainer.record())
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
    current = CurrentRun(record, step)
    change_run(current, *change)
    assert (current.step, current.newest) == (step, 120)
    assert_same_state(current.snapshot(), plain.seen[step])
    assert_same_record(current.snapshot().record, record)


def test_a_change_undone_in_the_past_is_another_run(record: Record) -> None:
    current = CurrentRun(record, 5)
    change_run(current, "rate", QUICK.rate)
    assert current.newest == 5
    assert current.snapshot().interventions == ()


@pytest.mark.parametrize("step", [70, 120])
@pytest.mark.parametrize("bad", [("rate", 0.0, ()), ("w1", 1.0, (2, 0)), ("seed", 1, ())])
def test_an_invalid_change_changes_nothing(
    record: Record, plain: Straight, step: int, bad: Change
) -> None:
    current = CurrentRun(record, step)
    with pytest.raises(SettingError):
        change_run(current, *bad)
    assert (current.step, current.newest) == (step, 120)
    assert_same_state(current.snapshot(), plain.seen[step])
    assert_same_record(current.snapshot().record, record)


def assert_side_by_side(current: CurrentRun, first: Straight, second: Straight) -> None:
    """Fail unless both runs are at the same step and equal separate runs."""
    shown = current.snapshot()
    assert shown.beside is not None
    assert shown.step == shown.beside.step == current.step
    assert_same_state(shown, first.seen[current.step])
    assert_same_state(shown.beside, second.seen[current.step])


@pytest.mark.thorough
@given(st.data())
def test_two_runs_side_by_side_stay_at_one_step(data: st.DataObject) -> None:
    ends = data.draw(st.tuples(st.integers(0, 130), st.integers(0, 130)))
    plain = [straight(QUICK, ends[0], {}), straight(OTHER, ends[1], {})]
    records = [run.trainer.record() for run in plain]
    current = CurrentRun(records[0], 0, beside=records[1])
    for _ in range(data.draw(st.integers(1, 5))):
        match data.draw(st.sampled_from(["advance", "go", "change"])):
            case "advance":
                n = data.draw(SIZES)
                goal = current.step + n
                assert not current.advance(n)
                assert current.step == goal
                for run in plain:
                    run.advance(goal - run.newest)
            case "go":
                current.approach(step := data.draw(st.integers(0, current.newest)), 30)
                current.go_to(step)
            case "change":
                which = data.draw(st.integers(0, 1))
                change = data.draw(changes_of(plain[which].config))
                before = plain[which]
                fork = before.again(current.step)
                fork.change(change)
                change_run(current, *change, beside=bool(which))
                same = current.step < before.newest and fork.noted() == [
                    c for c in before.noted() if c.step <= current.step
                ]
                if not (same and fork.trainer.config == before.seen[current.step].config):
                    plain[which] = fork
        assert current.newest == min(run.newest for run in plain)
        assert_side_by_side(current, *plain)


def test_a_rule_that_the_first_run_meets_stops_both() -> None:
    current = CurrentRun(Record(QUICK), 0, beside=Record(OTHER))
    assert current.advance(1000, LEARNED)
    shown = current.snapshot()
    assert (current.step, shown.halt) == (168, Halt.LEARNED)
    assert_side_by_side(current, straight(QUICK, 168, {}), straight(OTHER, 168, {}))


def test_a_rule_that_the_second_run_meets_stops_nothing() -> None:
    current = CurrentRun(Record(OTHER), 0, beside=Record(QUICK))
    assert not current.advance(170, LEARNED)
    assert current.step == 170
    assert current.snapshot().halt is None


def test_one_run_may_have_more_steps_than_the_other() -> None:
    plain = straight(QUICK, 300, {}), straight(OTHER, 300, {})
    for recorded in ((0, 250), (250, 0), (200, 30)):
        records = [record_of(c, n, {}) for c, n in zip((QUICK, OTHER), recorded, strict=True)]
        current = CurrentRun(records[0], 0, beside=records[1])
        assert current.newest == min(recorded)
        for n in (100, 120, 80):
            assert not current.advance(n)
            assert_side_by_side(current, *plain)
        current.go_to(33)
        assert_side_by_side(current, *plain)


def test_no_run_goes_beyond_the_step_of_both() -> None:
    runs = [Recording(QUICK), Recording(OTHER)]
    for run, newest in zip(runs, (300, 100), strict=True):
        run.advance(newest)
    current = CurrentRun(runs[0].record(), 100, beside=runs[1].record())
    assert current.approach(91, 1) == 91 - 88 - 1  # the second is there, from 90
    assert current.approach(250, 0) == 4  # the second is there, at 100
    current.go_to(250)
    assert current.step == 100


@pytest.fixture
def second_overflows(monkeypatch: pytest.MonkeyPatch) -> RunConfig:
    return overflowing(monkeypatch)


@pytest.mark.parametrize("size", [1, 5, 100])
def test_a_second_run_that_diverges_stops_both(second_overflows: RunConfig, size: int) -> None:
    current = CurrentRun(Record(QUICK), 0, beside=Record(second_overflows))
    while not current.advance(size):
        assert current.step <= 11
    assert current.step == current.newest == 11
    shown = current.snapshot()
    assert shown.beside is not None
    assert (shown.halt, shown.beside.halt) == (None, Halt.DIVERGED)
    assert_side_by_side(current, straight(QUICK, 11, {}), straight(second_overflows, 11, {}))
    assert current.advance(size)
    assert current.step == 11


def test_a_first_run_that_diverges_stops_both(second_overflows: RunConfig) -> None:
    current = CurrentRun(Record(second_overflows), 0, beside=Record(QUICK))
    assert current.advance(100)
    assert (current.step, current.snapshot().halt) == (11, Halt.DIVERGED)
    for change in (("rate", 1e-9), ("momentum", 0.0)):
        change_run(current, *change)
    assert not current.advance(50)
    assert current.step == 61


def test_the_second_run_is_changed_alone(record: Record) -> None:
    current = CurrentRun(record, 70, beside=record_of(OTHER, 120, {}))
    change_run(current, "rate", 0.75, beside=True)
    assert current.newest == 70
    shown = current.snapshot()
    assert shown.beside is not None
    assert shown.record == record
    assert (shown.beside.newest, shown.beside.config.rate) == (70, 0.75)
    change_run(current, "rate", 0.125)
    shown = current.snapshot()
    assert shown.beside is not None
    assert (shown.config.rate, shown.beside.config.rate) == (0.125, 0.75)


def test_without_a_second_run_the_first_is_changed() -> None:
    current = CurrentRun(Record(QUICK), 0)
    change_run(current, "rate", 0.75, beside=True)
    assert current.snapshot().config.rate == 0.75


def test_a_snapshot_trains_nothing(record: Record) -> None:
    current = CurrentRun(record, 70)
    for _ in range(3):
        current.snapshot()
        current.go_to(5)
    assert current.newest == 120


def test_all_weights_are_changed_at_once(record: Record) -> None:
    current = CurrentRun(record, record.newest)
    other = initial_weights(OTHER)
    current.intervene(setting(other, 0))
    seen = current.snapshot()
    for mine, wanted in zip(seen.weights.arrays(), other.arrays(), strict=True):
        np.testing.assert_array_equal(mine, wanted)
    assert seen.record.newest == record.newest
    current.advance(50)
    again = Recording(current.snapshot().record)
    assert_same_state(again.state_at(record.newest + 50), current.snapshot())
    assert_same_state(again.state_at(record.newest), seen)


CONFIG = replace(QUICK, momentum=0)


@pytest.fixture(scope="module")
def straight_watched() -> Straight:
    return straight(CONFIG, KEPT[-1], {})


def with_fault(config: RunConfig, since: int) -> WatchedRun:
    """Return the run of a program whose steps are twice as long from a step on."""
    record = Record(config)
    current = CurrentRun(record, 0)
    run = WatchedRun(config, SOURCE)
    for step in range(KEPT[-1] + 1):
        if step == since:
            current.intervene([Intervention(step, "rate", 2 * config.rate)])
        if step in KEPT:
            run.extend(np.array([step]), flat(current.snapshot().weights)[np.newaxis])
        current.advance(1)
    return run


def beside(run: WatchedRun) -> CurrentRun:
    record = run.record()
    return CurrentRun(record, 0, 3, continued(record, 0))


def test_only_a_watched_record_makes_a_watched_current_run(straight_watched: Straight) -> None:
    assert type(CurrentRun(Record(QUICK), 0)) is CurrentRun
    assert type(CurrentRun(watched(straight_watched).record(), 0)) is CurrentWatched


def test_alone_it_goes_to_the_newest_state_and_to_kept_ones(straight_watched: Straight) -> None:
    current = CurrentRun(watched(straight_watched).record(), 41, run=5)
    assert current.snapshot().run == 5
    assert current.advance(1)
    assert current.step == KEPT[-1]
    current.go_to(99)
    assert (current.step, current.left) == (41, 0)
    current.stop()
    assert current.step == 41
    assert_same_state(current.taken_over(NUMPY).snapshot(), current.snapshot())


def test_a_live_run_grows_by_itself(straight_watched: Straight) -> None:
    run = watched(straight_watched, KEPT[:9])
    current = CurrentRun(run.record(), 8, live={SOURCE.key: run})
    run.extend(np.array([9]), flat(straight_watched.seen[9].weights)[np.newaxis])
    assert (current.step, current.newest) == (8, 9)
    current.advance(1 << 40)
    assert current.snapshot().step == 9


def test_it_takes_no_changes(straight_watched: Straight) -> None:
    current = CurrentRun(watched(straight_watched).record(), 0)
    with pytest.raises(SettingError, match="another program"):
        current.intervene([Intervention(0, "rate", 1.0)])


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_beside_it_correct_code_is_at_the_same_kept_step(
    straight_watched: Straight, size: int
) -> None:
    current, is_done = beside(watched(straight_watched)), False
    while not is_done:
        is_done = current.advance(size)
        seen = current.snapshot()
        assert current.left == 0  # no replay is needed
        assert seen.beside is not None
        assert seen.step == seen.beside.step == seen.newest
        assert seen.step in KEPT
        np.testing.assert_allclose(flat(seen.weights), flat(seen.beside.weights), rtol=1e-6)
        assert seen.parted_at is None
    assert current.step == KEPT[-1]
    assert current.advance(size)


@pytest.mark.parametrize(("since", "seen_at"), [(0, 1), (20, 21), (50, 100)])
def test_the_first_kept_step_at_which_both_differ_is_known(since: int, seen_at: int) -> None:
    current = beside(with_fault(CONFIG, since))
    while not current.advance(30):
        pass
    assert current.snapshot().parted_at == seen_at
    current.go_to(seen_at)
    assert current.snapshot().parted_at == seen_at


def test_numbers_of_32_bit_do_not_part(straight_watched: Straight) -> None:
    run = WatchedRun(CONFIG, SOURCE)
    states = np.array([flat(straight_watched.seen[step].weights) for step in KEPT])
    run.extend(np.array(KEPT), states.astype(np.float32).astype(float))
    current = beside(run)
    while not current.advance(64):
        pass
    assert current.snapshot().parted_at is None


def test_it_ends_where_the_run_beside_overflows(
    straight_watched: Straight, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, config = watched(straight_watched).record(), overflowing(monkeypatch)
    current = CurrentRun(record, 0, 0, Record(config))
    assert current.advance(1000)
    seen = current.snapshot()
    assert seen.beside is not None
    assert (seen.step, seen.beside.halt) == (11, Halt.DIVERGED)


def test_the_run_beside_can_be_changed(straight_watched: Straight) -> None:
    current = beside(watched(straight_watched))
    current.advance(1000)
    current.go_to(41)
    current.intervene([Intervention(41, "rate", 0.5)], beside=True)
    seen = current.snapshot()
    assert (seen.step, seen.newest) == (41, 41)
    assert seen.beside is not None
    assert seen.beside.config.rate == 0.5


def test_runs_that_are_opened_again_part_where_they_did(straight_watched: Straight) -> None:
    current = beside(with_fault(CONFIG, 20))
    while not current.advance(30):
        pass
    record, own = (run.record() for run in current._runs)
    opened = CurrentRun(record, 41, 0, own)
    assert opened.left == own.newest + 1  # to step 41 from the checkpoint before it
    while opened.approach(41, 16):
        pass
    seen = opened.snapshot()
    assert (seen.step, seen.parted_at) == (41, 21)
    assert opened.taken_over(NUMPY).snapshot().parted_at == 21
    stopped = CurrentRun(record, 41, 0, own)
    stopped.stop()
    assert stopped.left == 0


def test_a_changed_run_beside_parts_again(straight_watched: Straight) -> None:
    current = beside(watched(straight_watched))
    while not current.advance(1000):
        pass
    for step, parted_at in ((41, 100), (9, 10)):
        current.go_to(step)
        while current.left:
            current.approach(step, 64)
        current.intervene([Intervention(step, "rate", 50.0)], beside=True)
        assert current.snapshot().parted_at is None
        while not current.advance(30):
            pass
        assert current.snapshot().parted_at == parted_at


def test_a_step_that_is_kept_no_more_gives_way_in_both_runs(
    straight_watched: Straight, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = watched(straight_watched, KEPT[:-1])
    record, last = run.record(), KEPT[-2]
    current = CurrentRun(record, 0, 0, continued(record, 0), live={SOURCE.key: run})
    while not current.advance(1000):
        pass
    assert current.step == last
    own = current._runs[1].record()
    monkeypatch.setattr(watched_runs, "CAPACITY", len(KEPT) - 1)
    monkeypatch.setattr(watched_runs, "are_extremes", lambda steps, *_: steps != last)
    run.extend(np.array(KEPT[-1:]), flat(straight_watched.seen[KEPT[-1]].weights)[np.newaxis])
    opened = CurrentRun(record, last, 0, own, live={SOURCE.key: run})
    for one in (current, opened):
        seen = one.snapshot()
        assert seen.beside is not None
        assert seen.step == seen.beside.step == KEPT[-3]
