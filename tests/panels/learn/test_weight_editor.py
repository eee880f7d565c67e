"""The editor over a cell: accepted and refused texts, keys, focus, and position."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.panels.learn.editing import Edited
from tests.support.cases import some
from tests.support.screen import ShortcutWindow, active_window, child, press, shown_view, type_into
from tests.support.snapshots import trained
from xorviz.core.runs.record import WEIGHT, checked_intervention
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.network.canvas import DiagramCanvas
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.panels.learn.weight_editor import LEAST_WIDTH, Cell, WeightEditor, cells
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.cell_grid import CellGrid

BIASED = RunConfig(width=3, biases=True)


def test_cells_are_in_order_with_exact_values() -> None:
    weights = trained(RunConfig(width=2)).weights
    assert [(c.name, c.row, c.column) for c in cells(weights)] == [
        ("w1[x1→h1]", 0, 0),
        ("w1[x1→h2]", 0, 1),
        ("w1[x2→h1]", 1, 0),
        ("w1[x2→h2]", 1, 1),
        ("w2[h1→o]", 2, 0),
        ("w2[h2→o]", 2, 1),
    ]

    weights = trained(replace(BIASED, width=2)).weights
    assert [(c.name, c.row, c.column) for c in cells(weights)] == [
        ("w1[x1→h1]", 0, 0),
        ("w1[x1→h2]", 0, 1),
        ("w1[x2→h1]", 1, 0),
        ("w1[x2→h2]", 1, 1),
        ("b1[h1]", 2, 0),
        ("b1[h2]", 2, 1),
        ("w2[h1→o]", 3, 0),
        ("w2[h2→o]", 3, 1),
        ("b2", 3, 2),
    ]

    weights = trained(BIASED, 10).weights
    assert weights.b1 is not None
    assert weights.b2 is not None
    expected = [*weights.w1[0], *weights.w1[1], *weights.b1, *weights.w2[:, 0], *weights.b2]
    assert [cell.value for cell in cells(weights)] == expected


def test_every_number_has_a_cell_with_its_field_and_index() -> None:
    for biases in [False, True]:
        for width in [1, 64]:
            weights = trained(RunConfig(width=width, biases=biases)).weights
            laid = cells(weights)
            assert len(laid) == sum(array.size for array in weights.arrays())
            assert len({(cell.row, cell.column) for cell in laid}) == len(laid)
            assert len({cell.name for cell in laid}) == len(laid)

    for biases in [False, True]:
        for width in [1, 3, 64]:
            config = RunConfig(width=width, biases=biases)
            weights = trained(config, 3).weights
            for cell in cells(weights):
                assert getattr(weights, cell.field)[cell.index] == cell.value
                made = checked_intervention(config, 3, cell.field, 0.5, cell.index)
                assert made.name == cell.name


def test_a_cell_has_its_hidden_unit() -> None:
    for biases in [False, True]:
        weights = trained(replace(BIASED, biases=biases)).weights
        units = {cell.name: cell.unit for cell in cells(weights)}
        own = [name for name, unit in units.items() if unit == 1]
        b1 = ["b1[h2]"] if biases else []
        assert own == ["w1[x1→h2]", "w1[x2→h2]", *b1, "w2[h2→o]"]
        assert [name for name, unit in units.items() if unit is None] == (["b2"] if biases else [])


CELL = Cell("w1", (0, 2), -0.25, 0, 2)
PLACE = QRectF(100, 40, 60, 30)

WINDOW_KEYS = ("Space", "S", "N", "Right", "Left", "Home", "End", "Esc")


class Ground(QWidget):
    """The editor's parent; records keys that reach it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(300, 150)
        self.keys: list[int] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() != Qt.Key.Key_Control:
            self.keys.append(event.key())


Chosen = tuple[str, tuple[int, ...], float]


@dataclass
class Harness:
    """An editor in an active window, and its signals."""

    editor: WeightEditor
    ground: Ground
    other: QLineEdit
    window: ShortcutWindow
    chosen: list[Chosen] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def open(self, cell: Cell = CELL, place: QRectF = PLACE) -> None:
        self.editor.open(cell, place, self.ground)

    def note(self, field: str, index: tuple[int, ...], value: float) -> None:
        self.chosen.append((field, index, value))

    @property
    def is_open(self) -> bool:
        assert (self.editor.cell is not None) == self.editor.isVisible()
        return self.editor.isVisible()


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    box, ground, other = QWidget(), Ground(), QLineEdit()
    layout = QVBoxLayout(box)
    layout.addWidget(ground)
    layout.addWidget(other)
    editor = WeightEditor(ground)
    window = active_window(qtbot, box, *WINDOW_KEYS)
    ground.setFocus()
    harness = Harness(editor, ground, other, window)
    editor.weight_requested.connect(harness.note)
    editor.refused.connect(harness.refused.append)
    yield harness
    window.hide()


def test_it_opens_with_focus_and_the_exact_value_selected(harness: Harness) -> None:
    value = -0.1 - 0.2  # no short decimal number
    harness.open(Cell("w1", (0, 2), value, 0, 2))
    assert harness.is_open
    assert float(harness.editor.text().replace("\u2212", "-")) == value
    assert harness.editor.selectedText() == harness.editor.text() == "\u22120.30000000000000004"
    assert harness.window.focusWidget() is harness.editor
    assert harness.editor.accessibleName() == "Value of w1[x1→h3]"


@pytest.mark.parametrize(
    ("text", "value"),
    some(
        [
            ("0.5", 0.5),
            ("0,5", 0.5),
            ("-3", -3),
            ("\u22123", -3),
            ("+2", 2),
            ("1e-3", 1e-3),
            ("1E\u22123", 1e-3),
            (".25", 0.25),
            ("0", 0),
            ("1000000", 1e6),
            ("-1000000", -1e6),
            ("0.12345678901234567", 0.12345678901234567),
            ("-1e-320", -1e-320),
        ],
        3,
    ),
)
def test_enter_requests_the_weight(harness: Harness, text: str, value: float) -> None:
    harness.open()
    type_into(harness.editor, text)
    assert harness.chosen == [("w1", (0, 2), value)]
    assert harness.refused == []
    assert not harness.is_open
    assert harness.window.focusWidget() is harness.ground
    assert harness.ground.keys == []


@pytest.mark.parametrize(
    "text", some(["", "-", "e", "1e", "1.2.3", "1e999", "1000000.5", "\u22121e7"], 2)
)
def test_other_text_is_refused_and_can_be_corrected(harness: Harness, text: str) -> None:
    harness.open()
    type_into(harness.editor, text)
    written = text.replace("\u2212", "-")
    assert harness.refused == [f"w1[x1→h3] is {written!r}; allowed: {WEIGHT.allowed}"]
    assert harness.chosen == []
    assert harness.is_open
    assert harness.editor.text() == text
    QTest.keyClicks(harness.editor, "4")  # in place of what is selected
    assert harness.editor.text() == "4"
    press(Qt.Key.Key_Return)
    assert harness.chosen == [("w1", (0, 2), 4)]


def test_an_unchanged_text_sets_nothing(harness: Harness) -> None:
    for value in [-0.25, 0.0, -0.1 - 0.2, 1e-7, -5e-324, 1e6, 3e9, -1.5e300]:
        harness.open(Cell("b2", (0,), value, 3, 3))
        press(Qt.Key.Key_Return)
        assert (harness.chosen, harness.refused) == ([], [])
        assert not harness.is_open


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_no_digit_is_lost(harness: Harness, value: float) -> None:
    harness.open(Cell("b2", (0,), value, 3, 3))
    assert float(harness.editor.text().replace("\u2212", "-")) == value
    harness.editor.cancel()


def test_escape_sets_nothing(harness: Harness) -> None:
    harness.open()
    QTest.keyClicks(harness.editor, "7")
    press(Qt.Key.Key_Escape)
    assert not harness.is_open
    assert (harness.chosen, harness.refused) == ([], [])
    assert harness.window.focusWidget() is harness.ground
    assert (harness.window.used, harness.ground.keys) == ([], [])


def test_leaving_sets_nothing_and_keeps_the_new_focus(harness: Harness) -> None:
    harness.open()
    QTest.keyClicks(harness.editor, "7")
    harness.other.setFocus()
    assert not harness.is_open
    assert harness.chosen == []
    assert harness.window.focusWidget() is harness.other


def test_it_closes_by_tab_and_with_its_parent(harness: Harness) -> None:
    harness.open()
    press(Qt.Key.Key_Tab)
    assert not harness.is_open

    harness.open()
    harness.ground.hide()
    harness.ground.show()
    assert not harness.is_open
    assert harness.chosen == []


def test_its_own_menu_does_not_close_it(harness: Harness) -> None:
    harness.open()
    kind = QFocusEvent.Type.FocusOut
    QApplication.sendEvent(harness.editor, QFocusEvent(kind, Qt.FocusReason.PopupFocusReason))
    assert harness.is_open
    QApplication.sendEvent(
        harness.editor, QFocusEvent(kind, Qt.FocusReason.ActiveWindowFocusReason)
    )
    assert not harness.is_open


def test_keys_of_a_number_go_to_the_editor(harness: Harness) -> None:
    harness.open()
    for key in (Qt.Key.Key_1, Qt.Key.Key_Comma, Qt.Key.Key_5, Qt.Key.Key_E, Qt.Key.Key_Minus):
        press(key)
    press(Qt.Key.Key_5)
    assert harness.editor.text() == "1,5e-5"
    press(Qt.Key.Key_Home)
    assert harness.editor.cursorPosition() == 0
    press(Qt.Key.Key_Right)
    assert harness.editor.cursorPosition() == 1
    press(Qt.Key.Key_Delete)
    press(Qt.Key.Key_Period)
    press(Qt.Key.Key_Left)
    assert harness.editor.cursorPosition() == 1
    press(Qt.Key.Key_End)
    press(Qt.Key.Key_Backspace)
    assert harness.editor.text() == "1.5e-"
    press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Down)
    assert harness.window.used == []
    assert harness.ground.keys == []
    assert harness.is_open


def test_a_number_can_be_pasted(harness: Harness) -> None:
    clipboard = QApplication.clipboard()
    for pasted in (" 12\u202f345,5\n", "seven"):
        clipboard.setText(pasted)
        harness.open()
        harness.editor.paste()
        press(Qt.Key.Key_Return)
    assert harness.chosen == [("w1", (0, 2), 12345.5)]
    assert harness.refused == []


def test_the_editor_is_wide_enough_and_inside_its_parent(harness: Harness) -> None:
    for value in [0.5, -1.2345678901234567e-300]:
        for y in [0.0, 70.0, 138.0]:
            for x in [0.0, 38.0, 150.0, 297.0]:
                harness.open(Cell("w2", (40, 0), value, 2, 40), QRectF(x, y, 3, 12))
                place = harness.editor.geometry()
                assert harness.ground.rect().contains(place)
                assert place.width() >= LEAST_WIDTH == 96
                text = harness.editor.fontMetrics().horizontalAdvance(harness.editor.text())
                assert place.width() > text


def test_the_editor_is_centred_on_its_cell(harness: Harness) -> None:
    harness.open(place=QRectF(90, 60, 110, 30))
    place = harness.editor.geometry()
    assert place.width() == 110
    assert abs(place.center().x() - 145) <= 1
    assert abs(place.center().y() - 75) <= 1


def test_it_can_move_to_another_cell(harness: Harness) -> None:
    harness.open()
    QTest.keyClicks(harness.editor, "7")
    harness.open(Cell("b2", (0,), 1.0, 3, 3))
    assert harness.editor.text() == "1"
    type_into(harness.editor, "2")
    assert harness.chosen == [("b2", (0,), 2)]


def test_it_is_closed_before_the_request_is_emitted(harness: Harness) -> None:
    seen: list[bool] = []
    harness.editor.weight_requested.connect(lambda *_: seen.append(harness.editor.isVisible()))
    harness.open()
    type_into(harness.editor, "3")
    assert seen == [False]


@pytest.fixture(params=[NetworkDiagram, WeightHeatmap])
def panel(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[Edited[Any]]:
    """Return a panel of weights that can be edited."""
    panel = Edited[Any](shown_view(qtbot, request.param(), 480, 360))
    panel.listen()
    panel.view.show_snapshot(trained(BIASED))
    yield panel
    panel.view.hide()


def opened(panel: Edited[Any], name: str) -> tuple[Canvas, QRect]:
    """Open the editor by a double-click on a number; return where that is."""
    grid = panel.view.findChild(CellGrid)
    canvas: Any = grid or child(panel.view, DiagramCanvas)
    known = cells(panel.view._snapshot.weights) if grid else panel.view._canvas.plan.paths
    number = next(number for number in known if number.name == name)
    place = canvas.rect_of((number.row, number.column) if grid else number).toRect()
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=place.center())
    assert panel.editor.accessibleName() == f"Value of {name}"
    return canvas, place


def test_a_click_beside_everything_cancels_editing(panel: Edited[Any]) -> None:
    canvas, _ = opened(panel, "b1[h2]")
    QTest.keyClicks(panel.editor, "5")
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert not panel.editor.isVisible()
    assert (panel.chosen, panel.refused) == ([], [])


def test_frames_leave_the_editor_alone(panel: Edited[Any]) -> None:
    opened(panel, "b1[h2]")
    QTest.keyClicks(panel.editor, "2.5")
    QTest.keyClick(panel.editor, Qt.Key.Key_Left)
    before = panel.editor.geometry(), panel.editor.text(), panel.editor.cursorPosition()
    for steps in (100, 200):
        panel.view.show_snapshot(trained(BIASED, steps))
        panel.view.grab()
    panel.view._ranges.choose(20)
    assert panel.editor.isVisible()
    assert (panel.editor.geometry(), panel.editor.text(), panel.editor.cursorPosition()) == before
    QTest.keyClick(panel.editor, Qt.Key.Key_Return)
    assert panel.chosen == [("b1", (1,), 2.5)]


def test_another_run_or_network_closes_the_editor(panel: Edited[Any]) -> None:
    for other in (
        replace(trained(BIASED), run=7),
        trained(replace(BIASED, width=2)),
        trained(replace(BIASED, biases=False)),
    ):
        panel.view.show_snapshot(trained(BIASED))
        opened(panel, "b1[h2]")
        QTest.keyClicks(panel.editor, "2.5")
        panel.view.show_snapshot(other)
        assert not panel.editor.isVisible()
        assert (panel.chosen, panel.refused) == ([], [])


@pytest.mark.parametrize("size", [(240, 150), (900, 500)])
def test_the_editor_is_at_its_number_in_every_size(
    panel: Edited[Any], size: tuple[int, int]
) -> None:
    for name in ("w1[x1→h1]", "b2"):
        panel.view.resize(480, 360)
        opened(panel, name)
        panel.view.resize(*size)
        QApplication.processEvents()
        place = panel.editor.geometry()
        panel.editor.cancel()
        canvas, number = opened(panel, name)
        assert canvas.rect().contains(place)
        assert place.intersects(number)
        assert place.width() >= LEAST_WIDTH
        panel.editor.cancel()
