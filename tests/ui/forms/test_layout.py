"""The layout of forms and dialogs."""

import pytest
from PySide6.QtCore import QMargins, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.screen import child, shown
from xorviz.ui.forms.boxes import STRETCH, column, hairline, row
from xorviz.ui.forms.dialog import Dialog
from xorviz.ui.forms.scrolled import (
    SizedLabel,
    WrappingRow,
    plain_label,
    scrolled,
    size_labels,
    wrapping_form,
)


def test_parts_have_their_stretch_alignment_and_space(qtbot: QtBot) -> None:
    owner, first, second, inner = QWidget(), QLabel("a"), QLabel("b"), QLabel("c")
    qtbot.addWidget(owner)
    top, below = Qt.AlignmentFlag.AlignTop, column(None, inner)
    parts = (first, 2), 7, (second, top), (below, 3), STRETCH, hairline()
    box = row(owner, *parts, margins=(1, 2, 3, 4), gap=5)
    items = [item for place in range(len(parts)) if (item := box.itemAt(place)) is not None]
    assert [box.stretch(place) for place in range(4)] == [2, 0, 0, 3]
    assert items[1].sizeHint().width() == 7
    assert items[2].alignment() == top
    assert items[4].expandingDirections() == Qt.Orientation.Horizontal
    assert box.contentsMargins() == QMargins(1, 2, 3, 4)
    assert box.spacing() == 5
    assert {part.parentWidget() for part in (first, second, inner)} == {owner}
    assert child(owner, QWidget, "hairline").maximumHeight() == 1


def test_a_scroll_bar_comes_and_goes_with_the_text(qtbot: QtBot) -> None:
    """With the bar the text would need a line more, which would keep the bar."""
    text, content, page = plain_label(text="a few words that wrap " * 8), QWidget(), QWidget()
    QVBoxLayout(content).addWidget(text)
    QVBoxLayout(page).addWidget(scrolled(content))
    area = child(shown(qtbot, page, 320, 300), QScrollArea)
    assert area.focusPolicy() == Qt.FocusPolicy.NoFocus
    bar, needed = area.verticalScrollBar(), content.heightForWidth
    wide = bar.sizeHint().width()
    width = next(w for w in range(300, 400) if needed(w - wide) > needed(w))
    around = page.size() - area.maximumViewportSize()
    page.resize(QSize(width, needed(width)) + around)
    qtbot.waitUntil(lambda: area.viewport().width() == width)
    assert not bar.isVisible()
    small, large = text.font(), text.font()
    large.setPointSizeF(1.5 * small.pointSizeF())
    text.setFont(large)
    qtbot.waitUntil(bar.isVisible)
    assert bar.maximum() > 0
    assert content.width() == area.viewport().width()
    text.setFont(small)
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert content.width() == width
    text.setMinimumWidth(500)
    assert area.minimumSizeHint().width() >= 500, "it is never narrower than its content"


@pytest.mark.parametrize("unit", ["points", "pixels"])
def test_labels_are_plain_text_that_wraps_and_follow_the_font(qtbot: QtBot, unit: str) -> None:
    page, heading = QWidget(), SizedLabel("<b>3</b>", 2.0, is_bold=True)
    quiet = plain_label()
    form = wrapping_form(page)
    form.addRow(heading, quiet)
    qtbot.addWidget(page)
    assert form.rowWrapPolicy() == QFormLayout.RowWrapPolicy.WrapLongRows
    font = page.font()
    font.setPointSize(7) if unit == "points" else font.setPixelSize(7)
    page.setFont(font)
    size_labels(page)
    own = heading.font()
    assert (own.pointSize() if unit == "points" else own.pixelSize()) == 14
    assert own.bold()
    for label in (heading, quiet):
        assert label.textFormat() == Qt.TextFormat.PlainText
        assert label.wordWrap()


class Block(QWidget):
    """A widget with a preferred size."""

    def __init__(self, width: int, height: int = 20) -> None:
        super().__init__()
        self._size = QSize(width, height)

    def sizeHint(self) -> QSize:  # noqa: N802
        return self._size


@pytest.mark.parametrize(
    ("width", "places"),
    [
        (300, [(0, 5, 100, 20), (106, 0, 60, 30), (172, 5, 80, 20)]),
        (252, [(0, 5, 100, 20), (106, 0, 60, 30), (172, 5, 80, 20)]),
        (251, [(0, 5, 100, 20), (106, 0, 60, 30), (0, 36, 80, 20)]),
        (70, [(0, 0, 70, 20), (0, 26, 60, 30), (0, 62, 70, 20)]),
    ],
)
def test_widgets_that_do_not_fit_start_the_next_line(
    qtbot: QtBot, width: int, places: list[tuple[int, int, int, int]]
) -> None:
    blocks = [Block(100), Block(60, 30), Block(80)]
    line = shown(qtbot, WrappingRow(blocks), width, 120)
    assert [block.geometry().getRect() for block in blocks] == places
    assert line.hasHeightForWidth()
    assert line.heightForWidth(width) == max(top + high for _, top, _, high in places)
    assert all(block.parentWidget() is line for block in blocks)


def test_an_empty_line_has_no_height(qtbot: QtBot) -> None:
    line = shown(qtbot, WrappingRow([]))
    assert line.heightForWidth(100) == 0


@pytest.mark.parametrize("is_accepted", [True, False])
def test_a_dialog_is_ended_by_its_buttons_and_deleted(qtbot: QtBot, is_accepted: bool) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = Dialog(window, "ask", "Ask")
    kinds = QDialogButtonBox.StandardButton
    box = dialog.buttons(kinds.Ok | kinds.Cancel)
    column(dialog, box)
    dialog.open_wide(10_000, 10_000)
    assert dialog.width() <= dialog.screen().availableSize().width()
    dialog.open_wide(30, 5, beside=40)
    metrics = dialog.fontMetrics()
    assert dialog.width() >= 30 * metrics.averageCharWidth() + 40
    assert (dialog.objectName(), dialog.windowTitle()) == ("ask", "Ask")
    dialog.show()
    ended: list[int] = []
    dialog.finished.connect(ended.append)
    box.button(kinds.Ok if is_accepted else kinds.Cancel).click()
    codes = QDialog.DialogCode
    assert ended == [(codes.Accepted if is_accepted else codes.Rejected).value]
    qtbot.waitUntil(lambda: not isValid(dialog))
