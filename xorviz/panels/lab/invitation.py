"""Placeholder of a lab panel without networks."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from xorviz.ui.guard import guarded


@guarded
class Invitation(QWidget):
    """A text, and a button that runs the lab."""

    run_requested = Signal()

    def __init__(self, text: str) -> None:
        super().__init__()
        words = QLabel(text)
        words.setObjectName("quiet")
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        button = QPushButton("Run lab")
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

    def hasHeightForWidth(self) -> bool:
        """Keep the height in narrow docks."""
        return False

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)
