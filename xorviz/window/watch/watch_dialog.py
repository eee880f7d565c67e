"""The dialog that shows how a program is watched, and lists those that are or were."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QListWidget, QPushButton, QWidget

from xorviz.core.runs.source import ProgramState
from xorviz.files.atomic import FileError
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.dialog import Dialog, fixed_font
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.said import tell
from xorviz.watching import places
from xorviz.watching.places import SUFFIX
from xorviz.watching.states_file import StatesReader
from xorviz.window.document.file_dialogs import ask_to_open

LINES = """with xorviz.watch("my network") as see:
    see(w1, b1, w2, b2)  # in each step of your loop"""
_SAYS = (
    "Import xorviz, put the first line around your training loop, and the second one into it. The "
    "program then appears below, and its steps are checked while it trains."
)
_ABOUT = "Programs that called xorviz.watch on this computer, the newest first."
_NOTHING = "No program was watched on this computer yet"
_STATES = {
    ProgramState.LIVE: "running",
    ProgramState.ENDED: "ended",
    ProgramState.LOST: "stopped before its end",
}
_KEYS = QDialogButtonBox.StandardButton
_WIDTH, _HEIGHT = 84, 22
"""Size in characters and lines."""
_RENEW_MS = 1000
_MOST = 50
"""Programs that are listed."""
_PATTERN = f"Watched programs (*{SUFFIX})"


class WatchDialog(Dialog):
    """Two lines to paste, and the programs that can be shown."""

    chosen = Signal(object)  # Path of its file

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "watch_dialog", "Watch a program")
        self._listed: list[tuple[Path, str]] | None = None
        self._list = QListWidget()
        self._list.setObjectName("watch_list")
        self._list.setAccessibleName("Programs")
        tell(self._list, _ABOUT)
        buttons = self.buttons(_KEYS.Ok | _KEYS.Cancel)
        self._watch = buttons.button(_KEYS.Ok)
        self._watch.setText("&Watch")
        copy = QPushButton("&Copy", autoDefault=False)
        open_file = QPushButton("Open &file…", autoDefault=False)
        copy.setToolTip("Copy the two lines")
        open_file.setToolTip(f"Show a program from another place, such as a server: *{SUFFIX}")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(LINES))
        open_file.clicked.connect(
            lambda: ask_to_open(self, "Watch a program", Path.home(), _PATTERN, self._choose_file)
        )
        buttons.addButton(open_file, QDialogButtonBox.ButtonRole.ActionRole)
        lines = QLabel(LINES, textFormat=Qt.TextFormat.PlainText)
        lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        lines.setFont(fixed_font(self))
        shown = row(None, (lines, 1), (copy, Qt.AlignmentFlag.AlignTop))
        column(self, plain_label("", _SAYS), shown, (self._list, 1), buttons, gap=10)
        self._list.itemDoubleClicked.connect(self.accept)
        self.accepted.connect(lambda: self.chosen.emit(self._chosen))
        self._renew()
        self._timer = QTimer(self, interval=_RENEW_MS)
        self._timer.timeout.connect(self._renew)
        self._timer.start()
        self.finished.connect(self._timer.stop)
        self.open_wide(_WIDTH, _HEIGHT)

    @property
    def _chosen(self) -> Path | None:
        """The file of the program that is chosen in the list."""
        return self._listed[self._list.currentRow()][0] if self._listed else None

    @Slot()
    def _renew(self) -> None:
        """List the programs as they are now; the chosen one stays chosen."""
        listed = [(path, text) for path in places.files()[:_MOST] if (text := _described(path))]
        if listed == self._listed:
            return
        chosen, self._listed = self._chosen, listed
        self._list.clear()
        self._list.addItems([text for _, text in listed] or [_NOTHING])
        paths = [path for path, _ in listed]
        first = 0 if listed else -1  # a sentence cannot be chosen
        self._list.setCurrentRow(paths.index(chosen) if chosen in paths else first)
        for part in (self._list, self._watch):
            part.setEnabled(bool(listed))

    @Slot(object)
    def _choose_file(self, path: Path) -> None:
        self.reject()
        self.chosen.emit(path)


def _described(path: Path) -> str:
    """Return what a file is of, in a line; "" for one that cannot be read."""
    try:
        source, written = StatesReader(path).source, datetime.fromtimestamp(path.stat().st_mtime)
    except (FileError, OSError):
        return ""
    parts = (source.name, _STATES[source.state], source.program, f"{written:%d %B %Y, %H:%M}")
    return "  ·  ".join(filter(None, parts))
