"""The watched runs that are remembered."""

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.watching.program import states
from tests.support.watched import SHOWN, source_of, watched_record
from xorviz.core.runs.record import Record
from xorviz.core.runs.stopping import Halt
from xorviz.engine.watching.watched_runs import MOST_RUNS, WatchedRuns
from xorviz.watching.frames import FrameError, States

KEY = source_of().key


@pytest.fixture
def runs() -> WatchedRuns:
    """Return runs of which one is live and has three states."""
    runs = WatchedRuns()
    runs.begin(SHOWN, source_of())
    runs.extend(KEY, states(range(3)))
    return runs


def newest(runs: WatchedRuns) -> tuple[int, bool, bool]:
    """Return the newest step of the run, whether it is live, and whether it was lost."""
    news = runs.news_of(KEY)
    assert news is not None
    assert news.key == KEY
    return news.record.newest, news.is_live, news.is_lost


def test_a_run_has_news_from_its_first_state_on() -> None:
    runs = WatchedRuns()
    assert runs.news_of(KEY) is None
    runs.begin(SHOWN, source_of())
    assert runs.news_of(KEY) is None
    runs.extend(KEY, states([0]))
    assert newest(runs) == (0, True, False)


def test_a_run_ends_or_is_lost(runs: WatchedRuns) -> None:
    runs.lose(KEY)
    assert newest(runs) == (2, False, True)
    runs.begin(SHOWN, source_of())
    assert newest(runs) == (2, True, False)
    runs.end(KEY, diverged=False)
    assert newest(runs) == (2, False, False)


def test_a_run_diverges_when_its_program_says_so(runs: WatchedRuns) -> None:
    other = source_of("other", diverged=True)
    runs.begin(SHOWN, other)
    runs.extend(other.key, states([0]))
    assert runs.by_key[other.key].halt is None
    runs.end(other.key, diverged=True)
    assert runs.by_key[other.key].halt is Halt.DIVERGED


@pytest.mark.parametrize("has_ended", [False, True])
def test_a_run_that_ends_before_its_first_state_is_not_remembered(has_ended: bool) -> None:
    runs = WatchedRuns()
    runs.begin(SHOWN, source_of())
    runs.end(KEY, diverged=True) if has_ended else runs.lose(KEY)
    assert dict(runs.by_key) == {}
    assert runs.live == []


def test_a_program_that_sends_all_again_adds_what_is_new(runs: WatchedRuns) -> None:
    runs.lose(KEY)
    runs.begin(SHOWN, source_of())
    runs.extend(KEY, states([0, 2]))
    runs.extend(KEY, states([2, 4]))
    steps = [state.step for state in runs.by_key[KEY].record().checkpoints]
    assert steps == [0, 1, 2, 4]


def test_states_of_another_shape_are_refused(runs: WatchedRuns) -> None:
    with pytest.raises(FrameError, match="a state has 4 numbers; this network has 9"):
        runs.extend(KEY, States(np.array([3]), np.zeros((1, 4))))
    with pytest.raises(FrameError, match="another shape"):
        runs.begin(replace(SHOWN, width=3), source_of())


def test_the_first_state_is_that_of_step_0() -> None:
    runs = WatchedRuns()
    runs.begin(SHOWN, source_of())
    with pytest.raises(FrameError, match="not that of step 0"):
        runs.extend(KEY, states([1]))


def test_a_run_that_was_opened_goes_on_if_its_program_does() -> None:
    runs = WatchedRuns()
    runs.open(watched_record(steps=5))
    assert runs.shown == KEY
    assert newest(runs) == (5, False, False)
    shown = runs.by_key[KEY]
    runs.begin(SHOWN, source_of())
    runs.extend(KEY, states(range(8)))
    assert runs.by_key[KEY] is shown
    assert newest(runs) == (7, True, False)


def test_of_a_run_that_is_opened_the_longer_form_counts(runs: WatchedRuns) -> None:
    live = runs.by_key[KEY]
    runs.open(watched_record(steps=1))
    assert runs.by_key[KEY] is live
    runs.open(watched_record(steps=5))
    assert newest(runs) == (5, True, False)
    runs.open(Record(SHOWN))
    assert runs.shown == ""


def test_a_run_that_was_forgotten_is_refused_until_it_is_opened(runs: WatchedRuns) -> None:
    record = runs.by_key[KEY].record()
    runs.forget(KEY)
    assert runs.news_of(KEY) is None
    with pytest.raises(FrameError, match="shows this run no more"):
        runs.begin(SHOWN, source_of())
    runs.open(record)
    runs.begin(SHOWN, source_of())
    assert newest(runs) == (2, True, False)


def test_the_oldest_run_that_is_neither_live_nor_shown_gives_way(runs: WatchedRuns) -> None:
    runs.open(watched_record(steps=5, name="shown"))
    for number in range(MOST_RUNS):
        key = source_of(f"{number}").key
        runs.begin(SHOWN, source_of(f"{number}"))
        runs.extend(key, states([0]))
        runs.end(key, diverged=False)
    names = [run.source.name for run in runs.by_key.values()]
    assert names == ["my network", "shown", *(f"{n}" for n in range(2, MOST_RUNS))]
