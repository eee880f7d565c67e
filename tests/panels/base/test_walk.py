"""The walk through a step: its order, its ends, and slow motion."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from tests.support.snapshots import trained
from xorviz.core.analysis.explanation import STAGES, Explanation
from xorviz.core.settings import RunConfig
from xorviz.panels.base.walk import Walk

SNAPSHOT = trained(RunConfig(width=2, biases=True), 50)
STEP = Explanation(SNAPSHOT.weights, SNAPSHOT.config, 2)
EVERY = [(stage, i) for stage in range(len(STAGES)) for i in range(len(STEP.lines(stage)))]


@pytest.fixture
def walk(qtbot: QtBot) -> Iterator[Walk]:
    view = shown(qtbot, QWidget())
    walk = Walk(view)
    walk.go_to(0, 0)
    assert walk.at is None, "there is no step yet"
    walk.explain(STEP)
    yield walk
    view.close()


def test_it_goes_through_every_line_and_back(walk: Walk) -> None:
    seen = []
    for _ in EVERY:
        seen.append((walk.stage, walk.line))
        assert walk.at == STEP.lines(walk.stage)[walk.line or 0]
        walk.advance()
    assert seen == EVERY
    assert (walk.stage, walk.line) == EVERY[0]
    walk.go_to(*EVERY[-1])
    for place in reversed(EVERY):
        assert (walk.stage, walk.line) == place
        walk.go_back()


def test_it_goes_back_and_forth_also_before_there_is_a_step(qtbot: QtBot) -> None:
    view = shown(qtbot, QWidget())
    walk = Walk(view)
    walk.start()
    for move in (walk.advance, walk.advance, walk.go_back, walk.go_back, walk.go_back):
        move()
        assert walk.at is None
    assert (walk.stage, walk.line) == (0, 0)


def test_slow_motion_advances_by_itself_and_tells_when_it_has_finished(
    qtbot: QtBot, walk: Walk
) -> None:
    walk._ticks.setInterval(0)
    places: list[tuple[int, int | None]] = []
    walk.moved.connect(lambda: places.append((walk.stage, walk.line)))
    with qtbot.waitSignal(walk.finished):
        walk.start()
    assert places[: len(EVERY)] == EVERY
    walk.stop()
    assert walk.at is None
    assert not walk._ticks.isActive()


def test_with_reduced_motion_it_waits_at_each_line(walk: Walk) -> None:
    for is_still in (True, False):
        walk.be_still(is_still)
        walk.start()
        assert walk._ticks.isActive() != is_still
        walk.advance()
        assert (walk.line, walk._ticks.isActive()) == (1, not is_still)


def test_it_stops_when_no_view_of_it_is_in_sight(walk: Walk) -> None:
    for view in ("network", "one step"):
        walk.note_visible(view, True)
    walk.start()
    for view, is_on in (("network", True), ("one step", False)):
        walk.note_visible(view, False)
        assert walk.is_on == is_on
