"""The numbers of a network as cells, and the field that sets one, alone and in both its panels."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.panels.learn.pages import WeightPage
from tests.support.screen import active_window, heard, press, type_into
from tests.support.snapshots import trained
from xorviz.core import numerals
from xorviz.core.network import flat
from xorviz.core.runs.record import WEIGHT, checked_intervention
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.panels.learn.weight_editor import WeightEditor
from xorviz.panels.learn.weight_grid import Cell, cells
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.forms.boxes import column

Key = Qt.Key
BIASED = RunConfig(width=3, biases=True)


def test_every_number_has_a_cell_of_its_own_with_its_value_name_and_unit() -> None:
    for width, biases in product((1, 3, 64), (False, True)):
        config = RunConfig(width=width, biases=biases)
        weights = trained(config, 3).weights
        laid = cells(weights)
        assert [cell.value for cell in laid] == flat(weights).tolist()
        assert len({(cell.row, cell.column) for cell in laid}) == len(laid)
        for cell in laid:
            assert getattr(weights, cell.field)[cell.index] == cell.value
            made = checked_intervention(config, 3, cell.field, 0.5, cell.index)
            assert made.name == cell.name
            is_of_output = cell.name == "b2"
            assert cell.unit == (None if is_of_output else cell.column)
            assert is_of_output or f"h{cell.column + 1}" in cell.name
    rows = {(cell.field, cell.row) for cell in cells(trained(BIASED).weights)}
    assert rows == {("w1", 0), ("w1", 1), ("b1", 2), ("w2", 3), ("b2", 3)}


# The field alone

CELL = Cell("w1", (0, 2), -0.25, 0, 2)


class Ground(Canvas):
    """The editor's parent; records keys that reach it."""

    def __init__(self) -> None:
        super().__init__(QSize(300, 150), QSize(300, 150))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.keys: list[int] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() != Key.Key_Control:
            self.keys.append(event.key())

    def _paint(self, painter: QPainter) -> None:
        pass


class Bench:
    """An editor in an active window with shortcuts, beside another field; what it emits."""

    def __init__(self, qtbot: QtBot) -> None:
        box, self.ground, self.other = QWidget(), Ground(), QLineEdit()
        column(box, self.ground, self.other)
        self.editor = WeightEditor(self.ground)
        keys = "Space", "S", "N", "Right", "Left", "Home", "End", "Esc"
        self.window = active_window(qtbot, box, *keys)
        self.ground.setFocus()
        self.chosen: list[Any] = []
        self.editor.weight_requested.connect(
            lambda *asked: self.chosen.append((*asked, self.is_open))
        )
        self.refused: list[str] = heard(self.editor.refused)

    def open(self, cell: Cell = CELL) -> None:
        self.editor.open(cell, QRectF(100, 40, 60, 30), self.ground)

    @property
    def is_open(self) -> bool:
        assert (self.editor.cell is not None) == self.editor.isVisible()
        return self.editor.isVisible()


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,5", 0.5),
        ("+2", 2),
        ("1E\u22123", 1e-3),
        ("1000000", 1e6),
        ("0.12345678901234567", 0.12345678901234567),
        ("-1e-320", -1e-320),
        *((text, None) for text in ("\u22121e7", "", "1.2.3", "1e999", "1000000.5")),
    ],
)
def test_enter_closes_the_field_and_requests_the_weight_or_tells_why_it_is_refused(
    bench: Bench, text: str, value: float | None
) -> None:
    bench.open()
    assert bench.editor.selectedText() == "\u22120.25"
    assert QApplication.focusWidget() is bench.editor
    type_into(bench.editor, text)
    if value is None:
        written = text.replace("\u2212", "-")
        assert bench.refused == [f"w1[x1→h3] is {written!r}; allowed: {WEIGHT.allowed}"]
        assert (bench.chosen, bench.editor.text()) == ([], text)
        value = 4
        QTest.keyClicks(bench.editor, "4")  # in place of what is selected
        press(Key.Key_Return)
    assert bench.chosen == [("w1", (0, 2), value, False)]
    assert bench.window.focusWidget() is bench.ground
    assert bench.ground.keys == []


@given(value=st.floats(allow_nan=False, allow_infinity=False))
@example(-0.1 - 0.2)
@example(1e-7)
@example(3e9)
def test_no_digit_is_lost_and_an_unchanged_text_sets_nothing(bench: Bench, value: float) -> None:
    bench.open(Cell("b2", (0,), value, 3, 3))
    assert float(bench.editor.text().replace(numerals.MINUS, "-")) == value
    press(Key.Key_Return)
    assert (bench.is_open, bench.chosen, bench.refused) == (False, [], [])


def lose_focus(bench: Bench, reason: Qt.FocusReason) -> None:
    QApplication.sendEvent(bench.editor, QFocusEvent(QFocusEvent.Type.FocusOut, reason))


def test_leaving_the_field_sets_nothing_and_gives_the_focus_back(bench: Bench) -> None:
    ways: list[tuple[Callable[[], object], QWidget | None]] = [
        (lambda: press(Key.Key_Escape), bench.ground),
        (lambda: press(Key.Key_Tab), None),
        (bench.other.setFocus, bench.other),
        (lambda: lose_focus(bench, Qt.FocusReason.ActiveWindowFocusReason), bench.ground),
        (bench.ground.hide, None),
    ]
    for leave, has_focus in ways:
        bench.ground.setFocus()
        bench.open()
        QTest.keyClicks(bench.editor, "7")
        lose_focus(bench, Qt.FocusReason.PopupFocusReason)
        assert bench.is_open, "its own menu is no way out"
        leave()
        assert not bench.is_open
        assert has_focus in (None, bench.window.focusWidget())
    bench.ground.show()
    bench.other.setFocus()
    bench.open()  # by the mouse, while another has the focus: the window's keys work on
    press(Key.Key_Escape)
    press(Key.Key_S)
    assert (bench.chosen, bench.refused) == ([], [])
    assert (bench.window.used, bench.ground.keys) == (["S"], [])


def test_keys_of_a_number_go_to_the_field_and_one_can_be_pasted(bench: Bench) -> None:
    bench.open()
    for key in (Key.Key_1, Key.Key_Comma, Key.Key_5, Key.Key_E, Key.Key_Minus, Key.Key_5):
        press(key)
    assert bench.editor.text() == "1,5e-5"
    for key in (Key.Key_Home, Key.Key_Right, Key.Key_Delete, Key.Key_Period, Key.Key_Left):
        press(key)
    for key in (Key.Key_End, Key.Key_Backspace, Key.Key_Up, Key.Key_Down):
        press(key)
    assert bench.editor.text() == "1.5e-"
    assert (bench.window.used, bench.ground.keys) == ([], [])
    assert bench.is_open
    press(Key.Key_Escape)
    for pasted in (" 12\u202f345,5\n", "seven"):
        QApplication.clipboard().setText(pasted)
        bench.open()
        bench.editor.paste()
        press(Key.Key_Return)
    assert (bench.chosen, bench.refused) == ([("w1", (0, 2), 12345.5, False)], [])


# In the panels


@pytest.fixture(params=[NetworkDiagram, WeightHeatmap])
def page(request: pytest.FixtureRequest, qtbot: QtBot) -> WeightPage[Any]:
    """Return a panel of weights that can be edited."""
    return WeightPage[Any](qtbot, request.param(), trained(BIASED))


def test_a_double_click_and_enter_set_any_weight_within_range(page: WeightPage[Any]) -> None:
    page.press(Key.Key_Return)
    assert "arrow keys" in page.heard["refused"].pop()
    assert not page.editor.isVisible()
    every = cells(page.snapshot.weights)
    for cell in every:
        page.double_click(cell.name)
        assert page.editor.accessibleName() == f"Value of {cell.name}"
        assert page.editor.text() == numerals.plain(cell.value).replace("-", numerals.MINUS)
        assert page.read() == f"{cell.name} {numerals.real(cell.value, 6)}"
        type_into(page.editor, "-1.5")
        assert not page.editor.isVisible()
    assert page.heard["weight_requested"] == [(one.field, one.index, -1.5) for one in every]
    assert page.heard["refused"] == []
    page.set("w2[h2→o]", "1e7")
    assert [text.partition(";")[0] for text in page.heard["refused"]] == ["w2[h2→o] is '1e7'"]
    assert len(page.heard["weight_requested"]) == len(every)
    page.editor.cancel()
    page.press(Key.Key_Up, Key.Key_Enter)
    assert page.editor.isVisible()
    assert page.editor.accessibleName() != "Value of w2[h2→o]"


def test_frames_chosen_units_and_sizes_leave_the_field_alone_and_clicks_and_other_networks_close_it(
    page: WeightPage[Any],
) -> None:
    def look() -> tuple[object, ...]:
        return page.editor.geometry(), page.editor.text(), page.editor.cursorPosition()

    page.double_click("b1[h2]")
    QTest.keyClicks(page.editor, "2.5")
    QTest.keyClick(page.editor, Key.Key_Left)
    before = look()
    for steps in (100, 200):
        page.show(trained(BIASED, steps))
        page.view.show_unit(1)
    page.view._ranges.choose(20)
    assert page.editor.isVisible()
    assert look() == before
    for size in ((240, 150), (900, 500)):
        page.view.resize(*size)
        QApplication.processEvents()
        assert page.canvas.rect().contains(page.editor.geometry())
        assert page.editor.geometry().intersects(page.rect_of("b1[h2]").toRect())
    QTest.keyClick(page.editor, Key.Key_Return)
    assert page.heard["weight_requested"] == [("b1", (1,), 2.5)]
    page.clear()
    first, networks = trained(BIASED), (replace(BIASED, width=2), replace(BIASED, biases=False))
    ways: list[Callable[[], object]] = [
        lambda: page.click(QPoint(3, 3)),
        lambda: page.click(page.at("w2[h3→o]")),
        lambda: page.show(replace(first, run=7)),
        *(partial(page.show, trained(one)) for one in networks),
    ]
    for close in ways:
        page.show(first)
        page.double_click("b1[h2]")
        QTest.keyClicks(page.editor, "5")
        assert page.editor.isVisible()
        close()
        assert not page.editor.isVisible()
    assert (page.heard["weight_requested"], page.heard["refused"]) == ([], [])


def test_pointing_and_editing_tell_the_hidden_unit(page: WeightPage[Any]) -> None:
    page.point_at("w1[x1→h2]", "w2[h2→o]", "b1[h3]", "b2", "w1[x1→h1]")
    page.point(None)
    page.point(None)
    assert page.heard["unit_pointed"] == [1, 2, None, 0, None]
    assert page.heard["unit_requested"] == []
    page.view.unit_requested.connect(page.view.show_unit)
    page.view.show_unit(2)
    page.double_click("w2[h3→o]")
    assert page.view.unit == 2
