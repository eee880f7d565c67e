"""What stands in a panel of the lab before there are networks: what there will be to see."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget


class Invitation(QWidget):
    """A sentence or two, and a button for what they say."""

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
        button.setAutoDefault(True)  # so that Enter presses it: the space bar runs and pauses
        button.clicked.connect(self.run_requested)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch()
        column.addWidget(words)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch()

    def hasHeightForWidth(self) -> bool:
        """Ask for no more height where it is narrow: docks pass through narrow sizes."""
        return False

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)
