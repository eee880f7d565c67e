"""A watched run as the current one, alone and beside what correct code would do."""

from dataclasses import replace

import numpy as np
import pytest

from tests.core.runs.watched.test_watched import KEPT, SOURCE, watched
from tests.support.bits import Straight, assert_same_state, overflowing, straight
from tests.support.snapshots import QUICK
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.network import flat
from xorviz.core.rules import SettingError
from xorviz.core.runs import watched as watched_runs
from xorviz.core.runs.current_run import CurrentRun
from xorviz.core.runs.current_watched import CurrentWatched, current_run
from xorviz.core.runs.project import continued
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.stopping import Halt
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.settings import RunConfig

CONFIG = replace(QUICK, momentum=0)


@pytest.fixture(scope="module")
def plain() -> Straight:
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
    return current_run(record, 0, 3, continued(record, 0))


def test_only_a_watched_record_makes_a_watched_current_run(plain: Straight) -> None:
    assert type(current_run(Record(QUICK), 0)) is CurrentRun
    assert type(current_run(watched(plain).record(), 0)) is CurrentWatched


def test_alone_it_goes_to_the_newest_state_and_to_kept_ones(plain: Straight) -> None:
    current = current_run(watched(plain).record(), 41, run=5)
    assert current.snapshot().run == 5
    assert current.advance(1)
    assert current.step == KEPT[-1]
    current.go_to(99)
    assert (current.step, current.left) == (41, 0)
    current.stop()
    assert current.step == 41
    assert_same_state(current.taken_over(NUMPY).snapshot(), current.snapshot())


def test_a_live_run_grows_by_itself(plain: Straight) -> None:
    run = watched(plain, KEPT[:9])
    current = current_run(run.record(), 8, live={SOURCE.key: run})
    run.extend(np.array([9]), flat(plain.seen[9].weights)[np.newaxis])
    assert (current.step, current.newest) == (8, 9)
    current.advance(1 << 40)
    assert current.snapshot().step == 9


def test_it_takes_no_changes(plain: Straight) -> None:
    current = current_run(watched(plain).record(), 0)
    with pytest.raises(SettingError, match="another program"):
        current.intervene([Intervention(0, "rate", 1.0)])


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_beside_it_correct_code_is_at_the_same_kept_step(plain: Straight, size: int) -> None:
    current, is_done = beside(watched(plain)), False
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


def test_numbers_of_32_bit_do_not_part(plain: Straight) -> None:
    run = WatchedRun(CONFIG, SOURCE)
    states = np.array([flat(plain.seen[step].weights) for step in KEPT])
    run.extend(np.array(KEPT), states.astype(np.float32).astype(float))
    current = beside(run)
    while not current.advance(64):
        pass
    assert current.snapshot().parted_at is None


def test_it_ends_where_the_run_beside_overflows(
    plain: Straight, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, config = watched(plain).record(), overflowing(monkeypatch)
    current = current_run(record, 0, 0, Record(config))
    assert current.advance(1000)
    seen = current.snapshot()
    assert seen.beside is not None
    assert (seen.step, seen.beside.halt) == (11, Halt.DIVERGED)


def test_the_run_beside_can_be_changed(plain: Straight) -> None:
    current = beside(watched(plain))
    current.advance(1000)
    current.go_to(41)
    current.intervene([Intervention(41, "rate", 0.5)], beside=True)
    seen = current.snapshot()
    assert (seen.step, seen.newest) == (41, 41)
    assert seen.beside is not None
    assert seen.beside.config.rate == 0.5


def test_runs_that_are_opened_again_part_where_they_did(plain: Straight) -> None:
    current = beside(with_fault(CONFIG, 20))
    while not current.advance(30):
        pass
    record, own = (run.record() for run in current._runs)
    opened = current_run(record, 41, 0, own)
    assert opened.left == own.newest + 1  # to step 41 from the checkpoint before it
    while opened.approach(41, 16):
        pass
    seen = opened.snapshot()
    assert (seen.step, seen.parted_at) == (41, 21)
    assert opened.taken_over(NUMPY).snapshot().parted_at == 21
    stopped = current_run(record, 41, 0, own)
    stopped.stop()
    assert stopped.left == 0


def test_a_changed_run_beside_parts_anew(plain: Straight) -> None:
    current = beside(watched(plain))
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
    plain: Straight, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = watched(plain, KEPT[:-1])
    record, last = run.record(), KEPT[-2]
    current = current_run(record, 0, 0, continued(record, 0), live={SOURCE.key: run})
    while not current.advance(1000):
        pass
    assert current.step == last
    own = current._runs[1].record()
    monkeypatch.setattr(watched_runs, "CAPACITY", len(KEPT) - 1)
    monkeypatch.setattr(watched_runs, "are_extremes", lambda steps, *_: steps != last)
    run.extend(np.array(KEPT[-1:]), flat(plain.seen[KEPT[-1]].weights)[np.newaxis])
    opened = current_run(record, last, 0, own, live={SOURCE.key: run})
    for one in (current, opened):
        seen = one.snapshot()
        assert seen.beside is not None
        assert seen.step == seen.beside.step == KEPT[-3]
