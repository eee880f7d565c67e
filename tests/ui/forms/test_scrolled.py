"""A column of fields that scrolls."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.ui.forms.scrolled import quiet_label, scrolled


def test_what_is_too_high_scrolls_and_takes_the_width_there_is(qtbot: QtBot) -> None:
    content, page = QWidget(), QWidget()
    content.setMinimumHeight(400)
    QVBoxLayout(page).addWidget(scrolled(content))
    page.resize(200, 150)
    area = shown(qtbot, page).findChild(QScrollArea)
    assert area is not None
    assert area.verticalScrollBar().maximum() > 0
    assert content.width() == area.viewport().width()
    assert area.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_quiet_text_is_no_markup_and_wraps(qtbot: QtBot) -> None:
    label = quiet_label()
    qtbot.addWidget(label)
    label.setText("<b>3</b>")
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.wordWrap()
