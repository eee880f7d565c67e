"""Every view: it draws only while visible, handles its keys, shows units; and twins of views."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import active_window, press, shown
from tests.support.snapshots import QUICK, trained
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels import registry
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.ui.said import told_of
from xorviz.ui.theme.palette import DARK, LIGHT

FIRST = trained(QUICK)
SECOND = replace(FIRST, step=1)


class Sketch(SnapshotView):
    """A view that records what it does."""

    explanation = "Records."

    def __init__(self, twin_of: SnapshotView | None = None) -> None:
        super().__init__("units", twin_of)
        self.drawn: list[Snapshot | str] = []
        self.done: list[object] = []

    def _draw(self, snapshot: Snapshot) -> None:
        self.drawn.append(snapshot)

    def _draw_nothing(self) -> None:
        self.drawn.append("nothing")

    def _recolour(self) -> None:
        self.done.append(self.theme.name)

    def _move_cursor(self, dx: int, dy: int) -> None:
        self.done.append((dx, dy))

    def _use_cursor(self) -> None:
        self.done.append("used")

    def _clear_cursor(self) -> None:
        self.done.append("cleared")


@pytest.fixture
def sketch(qtbot: QtBot) -> Sketch:
    """Return a view that is not shown yet."""
    sketch = Sketch()
    qtbot.addWidget(sketch)
    return sketch


def test_a_hidden_view_is_recoloured_at_once_and_drawn_when_it_is_shown(
    qtbot: QtBot, sketch: Sketch
) -> None:
    sketch.draw_anew()
    sketch.apply_theme(DARK)
    assert (sketch.is_seen, sketch.drawn, sketch.done) == (False, [], [DARK.name])
    shown(qtbot, sketch)
    assert (sketch.is_seen, sketch.drawn) == (True, ["nothing"])
    sketch.hide()
    sketch.show_snapshot(FIRST)
    assert sketch.drawn == ["nothing"]
    assert sketch.drawing() is sketch.drawing() is sketch  # for a file: the newest, also unseen
    sketch.show()
    assert sketch.drawn == ["nothing", FIRST]


def test_options_are_offered_and_call_what_they_change(sketch: Sketch) -> None:
    called: list[object] = []
    wavy = sketch._option("wavy", "Wavy lines", checked=False, slot=called.append)
    save = sketch._option("save", "Save", slot=lambda: called.append("saved"))
    sizes = {1: ("small", "Small", "Little"), 2: ("large", "Large", "Much")}
    size = sketch._one_of(sizes, 2, called.append)
    assert (wavy.isCheckable(), save.isCheckable()) == (True, False)
    assert (wavy.toolTip(), size.actions()[0].toolTip()) == ("Wavy lines", "Little")
    assert sketch.options == [wavy, save, *size.actions()]
    for action in sketch.options:
        action.trigger()
    assert called == [True, "saved", 1, 2]


def test_keys_move_use_and_clear_the_cursor(qtbot: QtBot, sketch: Sketch) -> None:
    window = active_window(qtbot, sketch, "Ctrl+Right")
    sketch.done.clear()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
        press(key)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    press(Qt.Key.Key_Escape)
    assert sketch.done == [(-1, 0), (0, 1), "used", "used", "used", "cleared"]
    press(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert window.used == ["Ctrl+Right"]
    assert len(sketch.done) == 6
    sketch.setParent(None)


def test_a_unit_is_lit_while_the_mouse_is_over_it_and_chosen_by_clicks(
    qtbot: QtBot, sketch: Sketch
) -> None:
    page = Page(qtbot, sketch)
    page.host()
    for unit in (1, 1, 0, 2, None, None):
        sketch._point_at_unit(unit)  # as the mouse does on its way
        assert sketch.unit in {unit, sketch._chosen_unit}
        sketch._click_unit(unit)
    assert page.heard["unit_requested"] == [1, None, 0, 2, None]
    sketch._click_unit(1)
    sketch._point_at_unit(2)
    assert (sketch.unit, sketch._chosen_unit) == (2, 1)
    sketch._point_at_unit(None)
    assert (sketch.unit, sketch._chosen_unit) == (1, 1)
    page.press(Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    assert page.heard["unit_requested"][5:] == [1, None]


def test_a_twin_draws_the_second_run_while_there_is_one(qtbot: QtBot, sketch: Sketch) -> None:
    twin = shown(qtbot, Sketch(twin_of=sketch))
    for snapshot in (replace(FIRST, beside=SECOND), FIRST, replace(SECOND, beside=FIRST)):
        twin.show_snapshot(snapshot)
    assert twin.drawn == ["nothing", SECOND, "nothing", FIRST]
    assert (twin.objectName(), twin.title) == ("units_beside", "Hidden units B")
    told, section = told_of(twin)
    assert "run B" in told
    assert sketch.explanation[1:] in told
    assert section == told_of(sketch)[1]


def test_a_click_leaves_the_focus_where_it_is(qtbot: QtBot) -> None:
    box, text, views = QWidget(), QLineEdit(), [Sketch(), NetworkDiagram()]
    layout = QVBoxLayout(box)
    for part in (text, *views):
        layout.addWidget(part)
    views[1].apply_theme(LIGHT)
    window = active_window(qtbot, box)
    text.setFocus()
    for view in views:
        inner = view.childAt(view.rect().center())
        QTest.mouseClick(inner or view, Qt.MouseButton.LeftButton)
        assert window.focusWidget() is text


def test_no_two_options_of_the_registry_share_a_name(qtbot: QtBot) -> None:
    views = [entry.kind() for entry in registry.PANELS]
    for view in views:
        qtbot.addWidget(view)
    names = [option.objectName() for view in views for option in (*view.options, *view.exports)]
    assert len(set(names)) == len(names)
