"""The layout of forms and dialogs."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, shown
from xorviz.ui.forms.scrolled import (
    SizedLabel,
    WrappingRow,
    plain_label,
    scrolled,
    size_labels,
    wrapping_form,
)


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


def test_labels_are_plain_text_that_wraps_and_follow_the_font(qtbot: QtBot) -> None:
    page, heading = QWidget(), SizedLabel("<b>3</b>", 2.0, is_bold=True)
    quiet = plain_label()
    form = wrapping_form(page)
    form.addRow(heading, quiet)
    qtbot.addWidget(page)
    assert form.rowWrapPolicy() == QFormLayout.RowWrapPolicy.WrapLongRows
    font = page.font()
    font.setPixelSize(7)
    page.setFont(font)
    size_labels(page)
    assert (heading.font().pixelSize(), heading.font().bold()) == (14, True)
    for label in (heading, quiet):
        assert label.textFormat() == Qt.TextFormat.PlainText
        assert label.wordWrap()


def test_widgets_that_do_not_fit_start_the_next_line(qtbot: QtBot) -> None:
    blocks = [QLabel("word " * count) for count in (5, 3, 4)]
    line = shown(qtbot, WrappingRow(blocks), 1, 120)
    wide = sum(block.sizeHint().width() for block in blocks) + 2 * 6
    for width, rows in ((wide, [0, 0, 0]), (wide - 1, [0, 0, 1]), (20, [0, 1, 2])):
        line.resize(width, 120)
        tops = [block.y() for block in blocks]
        assert [sorted(set(tops)).index(top) for top in tops] == rows
        assert line.heightForWidth(width) == blocks[-1].geometry().bottom() + 1
        assert all(line.rect().contains(block.geometry()) for block in blocks)
    assert shown(qtbot, WrappingRow([])).heightForWidth(100) == 0
