"""The layout of forms."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.ui.forms.scrolled import WrappingRow, plain_label, scrolled


def test_tall_content_scrolls_at_the_full_width(qtbot: QtBot) -> None:
    content, page = QWidget(), QWidget()
    content.setMinimumHeight(400)
    QVBoxLayout(page).addWidget(scrolled(content))
    page.resize(200, 150)
    area = shown(qtbot, page).findChild(QScrollArea)
    assert area is not None
    assert area.verticalScrollBar().maximum() > 0
    assert content.width() == area.viewport().width()
    assert area.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_a_scroll_bar_goes_when_the_text_fits_without_it_again(qtbot: QtBot) -> None:
    """With the bar the text would need a line more, which would keep the bar."""
    text, content, page = plain_label(text="a few words that wrap " * 8), QWidget(), QWidget()
    QVBoxLayout(content).addWidget(text)
    QVBoxLayout(page).addWidget(scrolled(content))
    shown(qtbot, page)
    area = page.findChild(QScrollArea)
    assert area is not None
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
    text.setFont(small)
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert content.width() == width


def test_a_quiet_label_is_plain_text_that_wraps(qtbot: QtBot) -> None:
    label = plain_label()
    qtbot.addWidget(label)
    label.setText("<b>3</b>")
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.wordWrap()


class Block(QWidget):
    """A widget with a preferred size."""

    def __init__(self, width: int, height: int = 20) -> None:
        super().__init__()
        self._size = QSize(width, height)

    def sizeHint(self) -> QSize:  # noqa: N802
        return self._size


def rects(blocks: list[Block]) -> list[tuple[int, int, int, int]]:
    places = [block.geometry() for block in blocks]
    return [(place.x(), place.y(), place.width(), place.height()) for place in places]


@pytest.fixture
def blocks() -> list[Block]:
    return [Block(100), Block(60, 30), Block(80)]


def test_widgets_that_fit_are_in_one_line_around_its_middle(
    qtbot: QtBot, blocks: list[Block]
) -> None:
    row = shown(qtbot, WrappingRow(blocks), 300, 40)
    assert rects(blocks) == [(0, 5, 100, 20), (106, 0, 60, 30), (172, 5, 80, 20)]
    assert row.hasHeightForWidth()
    assert row.heightForWidth(300) == 30


def test_the_height_follows_the_width(blocks: list[Block], qtbot: QtBot) -> None:
    row = WrappingRow(blocks)
    qtbot.addWidget(row)
    assert row.heightForWidth(252) == 30
    assert row.heightForWidth(251) == 56

    row = WrappingRow([])
    qtbot.addWidget(row)
    assert row.heightForWidth(100) == 0


def test_a_widget_that_does_not_fit_starts_the_next_line(qtbot: QtBot, blocks: list[Block]) -> None:
    row = shown(qtbot, WrappingRow(blocks), 200, 60)
    assert row.heightForWidth(200) == 56
    assert rects(blocks) == [(0, 5, 100, 20), (106, 0, 60, 30), (0, 36, 80, 20)]


def test_no_widget_is_wider_than_the_row(qtbot: QtBot, blocks: list[Block]) -> None:
    row = shown(qtbot, WrappingRow(blocks), 70, 120)
    assert [rect[2] for rect in rects(blocks)] == [70, 60, 70]
    assert row.heightForWidth(70) == 20 + 6 + 30 + 6 + 20
