"""What stands in place of seeds before there are any: what will be seen, and a way there."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

INVITATION = "One run shows how; many runs show how often.\nCtrl+R trains 500 seeds of this recipe."


class SeedInvitation(QWidget):
    """A sentence, and a button for what it says."""

    run_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("seed_invitation")
        words = QLabel(INVITATION)
        words.setObjectName("quiet")
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        button = QPushButton("Run lab")
        button.setObjectName("run_lab_here")
        button.setToolTip("Train 500 seeds of this recipe (Ctrl+R)")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self.run_wanted)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch()
        column.addWidget(words)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch()
