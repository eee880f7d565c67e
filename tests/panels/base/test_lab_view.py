"""Views of the lab: drawing the newest results, and exports."""

import pytest
from pytestqt.qtbot import QtBot

from tests.support.lab import snapshots_at
from tests.support.screen import shown
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.base.lab_view import EXPORTS, LabView
from xorviz.ui.theme.palette import DARK

FIRST, SECOND = snapshots_at((5,), range(3))


class Sketch(LabView):
    """A view that records what it draws."""

    def __init__(self) -> None:
        super().__init__("lab_seeds")
        self.drawn: list[LabSnapshot | None] = []

    def _draw(self, snapshot: LabSnapshot) -> None:
        self.drawn.append(snapshot)

    def _draw_nothing(self) -> None:
        self.drawn.append(None)


def same(drawn: list[LabSnapshot | None], *pictures: LabSnapshot | None) -> bool:
    return list(map(id, drawn)) == list(map(id, pictures))


@pytest.fixture
def sketch(qtbot: QtBot) -> Sketch:
    return shown(qtbot, Sketch())


def test_without_a_plan_nothing_is_drawn(sketch: Sketch) -> None:
    assert sketch.snapshot is None
    assert same(sketch.drawn, None)


def test_each_snapshot_is_drawn_once(sketch: Sketch) -> None:
    for snapshot in (FIRST, SECOND, None):
        sketch.show_snapshot(snapshot)
        sketch.redraw()
        assert sketch.snapshot is snapshot
    assert same(sketch.drawn, None, FIRST, SECOND, None)


def test_a_hidden_or_covered_view_draws_the_newest_when_visible(sketch: Sketch) -> None:
    def hide() -> None:
        sketch.hide()

    def show() -> None:
        sketch.show()

    pairs = (
        (hide, show),
        (sketch.hide, sketch.show),
    )
    for cover, uncover in pairs:
        sketch.drawn.clear()
        cover()
        sketch.show_snapshot(FIRST)
        sketch.show_snapshot(SECOND)
        assert sketch.drawn == []
        assert sketch.snapshot is SECOND
        uncover()
        assert same(sketch.drawn, SECOND)


def test_a_theme_draws_the_snapshot_again(sketch: Sketch) -> None:
    sketch.show_snapshot(FIRST)
    sketch.apply_theme(DARK)
    assert same(sketch.drawn, None, FIRST, FIRST)


def test_there_is_an_export_of_each_kind(sketch: Sketch) -> None:
    requested: list[str] = []
    sketch.export_requested.connect(requested.append)
    assert [action.text() for action in sketch.exports] == list(EXPORTS.values())
    for kind, action in zip(EXPORTS, sketch.exports, strict=True):
        assert action.objectName() == f"lab_seeds_{kind}"
        assert not action.isCheckable()
        action.trigger()
    assert requested == list(EXPORTS)
