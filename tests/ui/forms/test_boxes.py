"""Rows and columns of widgets."""

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from xorviz.ui.forms.boxes import STRETCH, column, row


def test_parts_have_their_stretch_alignment_and_space(qtbot: QtBot) -> None:
    owner, first, second, inner = QWidget(), QLabel("a"), QLabel("b"), QLabel("c")
    qtbot.addWidget(owner)
    top, below = Qt.AlignmentFlag.AlignTop, column(None, inner)
    parts = (first, 2), 7, (second, top), (below, 3), STRETCH
    box = row(owner, *parts, margins=(1, 2, 3, 4), gap=5)
    items = [item for place in range(len(parts)) if (item := box.itemAt(place)) is not None]
    assert [box.stretch(place) for place in range(4)] == [2, 0, 0, 3]
    assert items[1].sizeHint().width() == 7
    assert items[2].alignment() == top
    assert items[4].expandingDirections() == Qt.Orientation.Horizontal
    assert box.contentsMargins() == QMargins(1, 2, 3, 4)
    assert box.spacing() == 5
    assert {part.parentWidget() for part in (first, second, inner)} == {owner}
