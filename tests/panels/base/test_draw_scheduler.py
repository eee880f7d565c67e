"""Dear views take turns while snapshots keep coming, and are all up to date in the end."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from tests.support.snapshots import trained
from xorviz.core.config import RunConfig
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.draw_scheduler import PER_FRAME, DrawScheduler
from xorviz.panels.base.snapshot_view import SnapshotView


class Sketch(SnapshotView):
    """Notes what it draws."""

    explanation = "Draws."

    def __init__(self) -> None:
        super().__init__("sketch", title="Sketch")
        self.drawn: list[int] = []

    def _draw(self, snapshot: Snapshot) -> None:
        self.drawn.append(snapshot.step)


@pytest.fixture
def turns(qtbot: QtBot) -> Iterator[DrawScheduler]:
    turns = DrawScheduler()
    turns.is_streaming = True
    yield turns
    turns.finish()


@pytest.fixture
def sketches(qtbot: QtBot, turns: DrawScheduler) -> list[Sketch]:
    sketches = [shown(qtbot, Sketch()) for _ in range(5)]
    turns.add(sketches)
    return sketches


def show(turns: DrawScheduler, *steps: int) -> None:
    for step in steps:
        turns.show_snapshot(trained(RunConfig(), step))


def test_each_frame_a_few_draw_in_turn(turns: DrawScheduler, sketches: list[Sketch]) -> None:
    show(turns, 1)
    assert [sketch.drawn for sketch in sketches] == [[1]] * PER_FRAME + [[]] * (5 - PER_FRAME)
    show(turns, 2, 3, 4, 5)
    assert sorted(len(sketch.drawn) for sketch in sketches) == [2] * 5


def test_when_no_more_come_all_draw_the_last_one(
    qtbot: QtBot, turns: DrawScheduler, sketches: list[Sketch]
) -> None:
    show(turns, 1, 2)
    qtbot.waitUntil(lambda: all(sketch.drawn[-1:] == [2] for sketch in sketches))
    assert all(sketch.drawn.count(2) == 1 for sketch in sketches)


def test_those_that_are_not_seen_leave_their_turn_to_others(
    turns: DrawScheduler, sketches: list[Sketch]
) -> None:
    hidden, behind, *seen = sketches
    hidden.hide()
    behind.show_in_front(False)
    show(turns, 1, 2, 3)
    assert hidden.drawn == behind.drawn == []
    assert sorted(len(sketch.drawn) for sketch in seen) == [2, 2, 2]


def test_one_that_comes_into_sight_is_up_to_date(
    turns: DrawScheduler, sketches: list[Sketch]
) -> None:
    sketches[4].show_in_front(False)
    show(turns, 1, 2)
    sketches[4].show_in_front(True)
    assert sketches[4].drawn == [2]


def test_a_single_snapshot_is_drawn_by_all_at_once(
    turns: DrawScheduler, sketches: list[Sketch]
) -> None:
    show(turns, 1)
    turns.is_streaming = False
    show(turns, 2)
    assert all(sketch.drawn[-1:] == [2] for sketch in sketches)


def test_with_nobody_to_draw_nothing_happens(turns: DrawScheduler) -> None:
    show(turns, 1)
    turns.finish()
