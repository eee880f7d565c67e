"""Views of the lab: drawing the newest results, and exports."""

import pytest
from pytestqt.qtbot import QtBot

from tests.support.lab import snapshots_at
from tests.support.screen import shown
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.base.export import EXPORTS
from xorviz.panels.lab.lab_view import LabView

FIRST, SECOND = snapshots_at((5,), range(3))


class Sketch(LabView):
    """A view that records what it draws."""

    def __init__(self) -> None:
        super().__init__("lab_seeds")
        self.drawn: list[LabSnapshot | None] = []
        self.let_go: list[LabSnapshot | None] = []
        """What was drawn next, whenever pointers were dropped."""

    def _draw(self, snapshot: LabSnapshot) -> None:
        self.drawn.append(snapshot)

    def _draw_nothing(self) -> None:
        self.drawn.append(None)

    def _let_go(self) -> None:
        self.let_go.append(self._drawn)


def same(drawn: list[LabSnapshot | None], *pictures: LabSnapshot | None) -> bool:
    return list(map(id, drawn)) == list(map(id, pictures))


@pytest.fixture
def sketch(qtbot: QtBot) -> Sketch:
    return shown(qtbot, Sketch())


def test_each_snapshot_is_drawn_once(sketch: Sketch) -> None:
    for snapshot in (FIRST, SECOND, None):
        sketch.show_snapshot(snapshot)
        sketch.redraw()
        assert sketch.snapshot is snapshot
    assert same(sketch.drawn, None, FIRST, SECOND, None)


def test_pointers_are_dropped_when_another_plan_or_part_is_drawn(sketch: Sketch) -> None:
    other = snapshots_at((5,), range(2))[-1]
    for snapshot, part in (
        (None, 0), (FIRST, 0), (SECOND, 0), (SECOND, 1), (other, 1), (other, 1), (None, 0),
    ):  # fmt: skip
        sketch.show_snapshot(snapshot, part)
    assert same(sketch.let_go, FIRST, SECOND, other, None)


def test_what_is_pointed_at_is_what_is_drawn(sketch: Sketch) -> None:
    """Events reach a view that is not drawn yet: an older plan's picture is on the screen."""
    sketch.show_snapshot(FIRST)
    sketch.hide()
    sketch.show_snapshot(SECOND, 1)
    assert sketch.snapshot is SECOND
    assert (sketch._drawn, sketch._drawn_part) == (FIRST, 0)
    assert sketch.drawing() is sketch  # for a file: the latest, also unseen
    assert (sketch._drawn, sketch._drawn_part) == (SECOND, 1)
    drawn = len(sketch.drawn)
    sketch.show()
    assert len(sketch.drawn) == drawn


def test_there_is_an_export_of_each_kind(sketch: Sketch) -> None:
    requested: list[str] = []
    sketch.export_requested.connect(requested.append)
    *exports, _ = sketch.exports
    assert [action.text() for action in exports] == list(EXPORTS.values())
    for kind, action in zip(EXPORTS, exports, strict=True):
        assert action.objectName() == f"lab_seeds_{kind}"
        assert not action.isCheckable()
        action.trigger()
    assert requested == list(EXPORTS)
