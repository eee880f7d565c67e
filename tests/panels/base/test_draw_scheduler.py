"""Views are redrawn in rotation while snapshots stream in, and all are up to date in the end."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import child, shown, spoken
from tests.support.snapshots import trained
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels.base.draw_scheduler import PER_FRAME, DrawScheduler
from xorviz.panels.base.snapshot_view import SnapshotView


class Sketch(SnapshotView):
    """A view that records what it draws."""

    explanation = "Draws."

    def __init__(self) -> None:
        super().__init__("units")
        self.drawn: list[int] = []

    def _draw(self, snapshot: Snapshot) -> None:
        self.drawn.append(snapshot.step)


@pytest.fixture
def turns(qtbot: QtBot) -> Iterator[DrawScheduler]:
    turns = DrawScheduler()
    turns.set_streaming(True)
    yield turns
    turns.finish()


@pytest.fixture
def sketches(qtbot: QtBot, turns: DrawScheduler) -> list[Sketch]:
    sketches = [shown(qtbot, Sketch()) for _ in range(5)]
    for sketch in sketches:
        turns.add(sketch)
    return sketches


@pytest.fixture
def steady(qtbot: QtBot, turns: DrawScheduler) -> Sketch:
    """Return a view that is drawn for each snapshot."""
    steady = shown(qtbot, Sketch())
    steady.draws_every_frame = True
    turns.add(steady)
    return steady


def show(turns: DrawScheduler, *steps: int) -> None:
    """Show snapshots, each once the views of the one before are drawn."""
    turn = child(turns, QTimer, "turn_timer")
    for step in steps:
        turns.show_snapshot(trained(RunConfig(), step))
        while turn.isActive():
            QApplication.processEvents()


def test_views_are_drawn_in_rotation_and_all_at_once_when_snapshots_pause(
    turns: DrawScheduler, sketches: list[Sketch]
) -> None:
    show(turns, 1, 2)
    assert [sketch.drawn for sketch in sketches] == [[1, 2]] * PER_FRAME + [[1]] * (5 - PER_FRAME)
    show(turns, 3, 4, 5, 6)
    assert sorted(len(sketch.drawn) for sketch in sketches) == [3] * 5
    turns.set_streaming(False)
    assert {sketch.drawn[-1] for sketch in sketches} == {6}
    show(turns, 7, 8)
    assert {tuple(sketch.drawn[-2:]) for sketch in sketches} == {(7, 8)}


def test_each_view_is_drawn_in_a_pass_of_its_own(
    turns: DrawScheduler, sketches: list[Sketch]
) -> None:
    show(turns, 1)
    turns.show_snapshot(trained(RunConfig(), 2))
    for count in range(1, PER_FRAME + 1):
        child(turns, QTimer, "turn_timer").timeout.emit()
        assert sum(sketch.drawn[-1] == 2 for sketch in sketches) == count


def test_the_last_snapshot_of_a_stream_is_drawn_by_all_views(
    qtbot: QtBot, turns: DrawScheduler, sketches: list[Sketch]
) -> None:
    show(turns, 1, 2)
    qtbot.waitUntil(lambda: all(sketch.drawn[-1:] == [2] for sketch in sketches))
    assert all(sketch.drawn.count(2) == 1 for sketch in sketches)


def test_snapshots_far_apart_are_drawn_by_all_views_at_once(
    qtbot: QtBot, turns: DrawScheduler, sketches: list[Sketch]
) -> None:
    rest = child(turns, QTimer)
    for step in (1, 2):
        show(turns, step)
        assert [sketch.drawn[-1] for sketch in sketches] == [step] * 5
        qtbot.waitUntil(lambda: not rest.isActive())


def test_a_view_may_be_drawn_for_each_snapshot_and_the_others_wait_until_it_is_painted(
    qtbot: QtBot, turns: DrawScheduler, sketches: list[Sketch], steady: Sketch
) -> None:
    show(turns, 1)
    for step in (2, 3):  # more may come before it is the turn of the others
        turns.show_snapshot(trained(RunConfig(), step))
    assert steady.drawn == [1, 2, 3]
    assert {sketch.drawn[-1] for sketch in sketches} == {1}
    qtbot.waitUntil(lambda: 3 in {sketch.drawn[-1] for sketch in sketches})
    turns.set_streaming(False)
    show(turns, 4)
    assert steady.drawn == [1, 2, 3, 4]
    assert all(sketch.drawn[-1] == 4 for sketch in sketches)


def test_hidden_views_are_skipped_until_they_are_shown(
    turns: DrawScheduler, sketches: list[Sketch]
) -> None:
    hidden, behind, *seen = sketches
    hidden.hide()
    behind.hide()
    show(turns, 1, 2, 3, 4)
    assert hidden.drawn == behind.drawn == []
    assert sorted(len(sketch.drawn) for sketch in seen) == [3, 3, 3]
    hidden.show()
    assert hidden.drawn == [4]


def test_screen_readers_hear_what_is_shown_once_snapshots_rest(
    turns: DrawScheduler, sketches: list[Sketch], monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = child(turns, QTimer, "quiet_timer")
    show(turns, 1)
    assert not quiet.isActive()
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    show(turns, 2, 3)
    sketches[0].hide()
    assert quiet.isActive()
    assert {spoken(sketch) for sketch in sketches} == {Sketch.explanation}
    quiet.stop()
    quiet.timeout.emit()
    told = [spoken(sketch) for sketch in sketches]
    assert told[0] == Sketch.explanation
    assert all(text.startswith("At step 3, the outputs are 0.") for text in told[1:])
