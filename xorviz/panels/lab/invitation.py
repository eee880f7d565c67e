"""Placeholder of a lab panel without networks."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from xorviz.ui.guard import guarded

_ORDERED = "These networks have no results yet.\nThe lab trains them as soon as it can."


@guarded
class Invitation(QWidget):
    """A text, and a button that runs the lab; once it is to run, only a text that says so."""

    run_requested = Signal()

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self._words = words = QLabel(text)
        words.setObjectName("quiet")
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._button = button = QPushButton("Run lab")
        button.setObjectName("run_lab_here")
        button.setToolTip("Train the seeds of this recipe (Ctrl+R)")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoDefault(True)  # so that Enter presses it; Space runs and pauses
        button.clicked.connect(self.run_requested)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch()
        column.addWidget(words)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch()

    @Slot(bool)
    def show_ordered(self, is_ordered: bool) -> None:
        """Say whether the networks wait or are in training already."""
        self._words.setText(_ORDERED if is_ordered else self._text)
        self._button.setVisible(not is_ordered)

    def hasHeightForWidth(self) -> bool:
        """Keep the height in narrow docks."""
        return False

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)
