"""A column of fields that scrolls where it has too little room, and the quiet text among them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget


def scrolled(content: QWidget) -> QScrollArea:
    """Return what shows a widget at the width there is, and scrolls it up and down."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def quiet_label() -> QLabel:
    """Return a label for what is said beside the fields: plain text that wraps."""
    label = QLabel()
    label.setObjectName("quiet")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
