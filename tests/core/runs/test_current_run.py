"""The current run: one or two runs, replayed, continued and changed; and a watched one."""

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
from xorviz.core.network import flat
from xorviz.core.rules import SettingError
from xorviz.core.runs import watched as watched_runs
from xorviz.core.runs.current_run import CurrentRun, CurrentWatched
from xorviz.core.runs.project import continued
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
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


def change_run(
    current: CurrentRun, field: str, value: float, index: tuple[int, ...] = (), beside: bool = False
) -> None:
    current.intervene([Intervention(0, field, value, index)], beside)


def reach(current: CurrentRun, step: int, size: int = 30) -> int:
    """Display a step; return how many steps that took."""
    left = way = current.go_to(step)
    while left:
        left -= min(size, left)
        current.advance(min(size, step - current.step))
    return way


def record_of(config: RunConfig, steps: int, changes: dict[int, list[Change]]) -> Record:
    return straight(config, steps, changes).trainer.record()


@pytest.fixture(scope="module")
def record() -> Record:
    return record_of(QUICK, 120, CHANGES)


def assert_shows(current: CurrentRun, plain: list[Straight], is_whole: bool = True) -> None:
    """Fail unless all runs are at the same step and equal separate runs."""
    seen = current.snapshot()
    shown = [seen] if seen.beside is None else [seen, seen.beside]
    assert current.newest == seen.newest == min(run.newest for run in plain)
    for mine, own in zip(shown, plain, strict=True):
        assert (mine.step, mine.run) == (current.step, 7)
        assert_same_state(mine, own.seen[current.step])
        if is_whole:
            assert_same_record(mine.record, own.trainer.record())


@given(st.data())
def test_one_or_two_runs_are_shown_trained_and_changed_at_one_step(data: st.DataObject) -> None:
    ends = data.draw(st.lists(st.integers(0, 130), min_size=1, max_size=2))
    plain = [straight(config, n, {}) for config, n in zip((QUICK, OTHER), ends, strict=False)]
    records = [run.trainer.record() for run in plain]
    current = CurrentRun(records[0], 0, 7, records[1] if len(records) > 1 else None)
    for _ in range(data.draw(st.integers(1, 5))):
        match data.draw(st.sampled_from(["advance", "go", "change", "refuse"])):
            case "advance":
                goal = current.step + (n := data.draw(SIZES))
                assert not current.advance(n)
                assert current.step == goal
                for run in plain:
                    run.advance(goal - run.newest)
            case "go":
                reach(current, data.draw(st.integers(0, current.newest)))
            case "change":
                which = data.draw(st.integers(0, len(plain) - 1))
                before = plain[which]
                change = data.draw(changes_of(before.config))
                fork = before.again(current.step)
                fork.change(change)
                change_run(current, *change, beside=which > 0 or len(plain) < 2)
                same = current.step < before.newest and fork.noted() == [
                    c for c in before.noted() if c.step <= current.step
                ]
                if not (same and fork.trainer.config == before.seen[current.step].config):
                    plain[which] = fork
            case "refuse":
                for bad in (("rate", 0.0, ()), ("w1", 1.0, (2, 0)), ("seed", 1, ())):
                    with pytest.raises(SettingError):
                        change_run(current, *bad)
        assert_shows(current, plain)


@pytest.mark.parametrize(
    ("step", "change"),
    [(70, ("momentum", 0.9, ())), (64, ("w1", 2.0, (0, 1))), (5, ("rate", 0.25, ()))],
)
def test_a_change_without_effect_keeps_the_future(
    record: Record, step: int, change: Change
) -> None:
    current = CurrentRun(record, step)
    change_run(current, *change)
    assert (current.step, current.newest) == (step, 120)
    assert_same_record(current.snapshot().record, record)
    reach(current, 5)
    change_run(current, "rate", QUICK.rate)  # undoes the change there, and so the future
    assert current.newest == 5
    assert current.snapshot().interventions == ()


@pytest.mark.parametrize(
    ("step", "last", "other"), [(-1, 120, None), (121, 120, None), (51, 50, 50)]
)
def test_a_step_that_was_not_taken_is_an_error(
    record: Record, step: int, last: int, other: int | None
) -> None:
    second = None if other is None else record_of(OTHER, other, {})
    with pytest.raises(IndexError, match=f"step {step} is outside this run: 0 to {last}"):
        CurrentRun(record, step, beside=second)


def test_rules_apply_only_to_new_steps() -> None:
    rules = StopRules(at_step=50, when_learned=True)  # it learns at step 168
    current = CurrentRun(record_of(QUICK, 180, {}), 0)
    assert not current.advance(180, rules)
    assert current.advance(1000, rules)
    assert (current.step, current.snapshot().halt) == (200, Halt.AT_STEP)
    current = CurrentRun(record_of(QUICK, 100, {}), 20)
    assert current.advance(1000, LEARNED)
    assert (current.step, current.newest, current.snapshot().halt) == (168, 168, Halt.LEARNED)


def test_only_rules_that_the_first_run_meets_stop_both() -> None:
    current = CurrentRun(Record(QUICK), 0, 7, beside=Record(OTHER))
    assert current.advance(1000, LEARNED)
    assert (current.step, current.snapshot().halt) == (168, Halt.LEARNED)
    assert_shows(current, [straight(config, 168, {}) for config in (QUICK, OTHER)])
    turned = CurrentRun(Record(OTHER), 0, beside=Record(QUICK))
    assert not turned.advance(170, LEARNED)
    assert (turned.step, turned.snapshot().halt) == (170, None)


def test_past_steps_are_replayed_on_demand(record: Record) -> None:
    current = CurrentRun(record, 10)
    current.snapshot()
    for cost, call in ((64, lambda: current.advance(64)), (0, current.snapshot)):
        with counted() as taken:
            call()
        assert sum(taken) == cost
    current = CurrentRun(record, 120)
    with counted() as taken:
        for step, way in ((63, 63), (64, 1), (0, 0), (120, 0)):
            assert reach(current, step) == way
            assert current.snapshot().step == step
    assert sum(taken) == 64


def test_no_run_goes_beyond_the_step_of_both() -> None:
    runs = [Recording(QUICK), Recording(OTHER)]
    for run, newest in zip(runs, (300, 100), strict=True):
        run.advance(newest)
    current = CurrentRun(runs[0].record(), 100, beside=runs[1].record())
    assert current.go_to(91) == 91 - 88  # the last checkpoint that both have
    assert current.go_to(250) == 100 - 96  # as if step 100 were asked for
    assert current.step == 96


@pytest.mark.parametrize("size", [1, 5, 100])
def test_a_run_that_diverges_stops_both(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    overflows = overflowing(monkeypatch)
    plain = [straight(config, 11, {}) for config in (QUICK, overflows)]
    current = CurrentRun(Record(QUICK), 0, 7, beside=Record(overflows))
    while not current.advance(size):
        assert current.step <= 11
    seen = current.snapshot()
    assert seen.beside is not None
    assert (current.step, seen.halt, seen.beside.halt) == (11, None, Halt.DIVERGED)
    assert_shows(current, plain, is_whole=False)
    assert current.advance(size)
    assert current.step == 11
    turned = CurrentRun(Record(overflows), 0, beside=Record(QUICK))
    assert turned.advance(100)
    assert (turned.step, turned.snapshot().halt) == (11, Halt.DIVERGED)
    for change in (("rate", 1e-9), ("momentum", 0.0)):
        change_run(turned, *change)
    assert not turned.advance(50)
    assert turned.step == 61


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


def finish(current: CurrentRun, size: int = 30) -> Snapshot:
    """Train the run beside to the last kept step."""
    while not current.advance(size):
        pass
    return current.snapshot()


def test_alone_it_goes_to_the_newest_state_and_to_kept_ones(straight_watched: Straight) -> None:
    assert type(CurrentRun(Record(QUICK), 0)) is CurrentRun
    current = CurrentRun(watched(straight_watched).record(), 41, run=5)
    assert type(current) is CurrentWatched
    assert current.snapshot().run == 5
    assert current.advance(1)
    assert current.step == KEPT[-1]
    assert (current.go_to(99), current.step) == (0, 41)
    assert_same_state(current.taken_over(NUMPY).snapshot(), current.snapshot())
    with pytest.raises(SettingError, match="another program"):
        change_run(current, "rate", 1.0)


def test_a_live_run_grows_by_itself(straight_watched: Straight) -> None:
    run = watched(straight_watched, KEPT[:9])
    current = CurrentRun(run.record(), 8, watched=lambda _: run)
    run.extend(np.array([9]), flat(straight_watched.seen[9].weights)[np.newaxis])
    assert (current.step, current.newest) == (8, 9)
    current.advance(1 << 40)
    assert current.snapshot().step == 9


@pytest.mark.parametrize(("size", "kind"), [(7, np.float64), (1000, np.float32)])
def test_beside_it_correct_code_is_at_the_same_kept_step_and_does_not_part(
    straight_watched: Straight, size: int, kind: type
) -> None:
    """Whether the program counts in 64 bit or in 32."""
    run, is_done = WatchedRun(CONFIG, SOURCE), False
    states = np.array([flat(straight_watched.seen[step].weights) for step in KEPT])
    run.extend(np.array(KEPT), states.astype(kind).astype(float))
    current = beside(run)
    while not is_done:
        is_done = current.advance(size)
        seen = current.snapshot()
        assert seen.beside is not None
        assert seen.step == seen.beside.step == seen.newest
        assert seen.step in KEPT
        np.testing.assert_allclose(flat(seen.weights), flat(seen.beside.weights), rtol=1e-4)
        assert seen.parted_at is None
    assert current.step == KEPT[-1]
    assert current.advance(size)


@pytest.mark.parametrize(("since", "seen_at"), [(0, 1), (20, 21), (50, 100)])
def test_the_first_kept_step_at_which_both_differ_stays_known(since: int, seen_at: int) -> None:
    current = beside(with_fault(CONFIG, since))
    assert finish(current).parted_at == seen_at
    current.go_to(seen_at)
    assert current.snapshot().parted_at == seen_at
    record, own = (run.record() for run in current._runs)
    opened = CurrentRun(record, 41, 0, own, parted_at=seen_at)
    for same in (opened, opened.taken_over(NUMPY)):
        assert (same.step, same.snapshot().parted_at) == (41, seen_at)


def test_it_ends_where_the_run_beside_overflows(
    straight_watched: Straight, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, config = watched(straight_watched).record(), overflowing(monkeypatch)
    current = CurrentRun(record, 0, 0, Record(config))
    assert current.advance(1000)
    seen = current.snapshot()
    assert seen.beside is not None
    assert (seen.step, seen.beside.halt) == (11, Halt.DIVERGED)


def test_a_changed_run_beside_parts_again(straight_watched: Straight) -> None:
    current = beside(watched(straight_watched))
    finish(current, 1000)
    for step, parted_at in ((41, 100), (9, 10)):
        current.go_to(step)
        change_run(current, "rate", 50.0, beside=True)
        seen = current.snapshot()
        assert seen.beside is not None
        assert (seen.step, seen.newest, seen.beside.config.rate) == (step, step, 50)
        assert (seen.parted_at, finish(current).parted_at) == (None, parted_at)


def test_a_step_that_is_kept_no_more_gives_way_in_both_runs(
    straight_watched: Straight, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, last = watched(straight_watched, KEPT[:-2]), KEPT[-2]
    monkeypatch.setattr(watched_runs, "MOST_RECENT", 1)

    def show(*steps: int) -> None:
        numbers = flat(straight_watched.seen[last].weights)
        states = np.tile(numbers, (len(steps), 1))
        run.extend(np.array(steps), states, np.zeros(len(steps), dtype=bool))

    show(last)
    record = run.record()
    current = CurrentRun(record, 0, 0, continued(record, 0), watched=lambda _: run)
    assert finish(current, 1000).step == last
    own = current._runs[1].record()
    show(last + 1, last + 2)
    opened = CurrentRun(record, last, 0, own, watched=lambda _: run)
    for one in (current, opened):
        seen = one.snapshot()
        assert seen.beside is not None
        assert seen.step == seen.beside.step == KEPT[-3]
