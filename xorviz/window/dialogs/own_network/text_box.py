"""A text box for the weights of another program."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QAbstractScrollArea, QPlainTextEdit, QSizePolicy

from xorviz.files.atomic import FileError
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.reader import states_of_text
from xorviz.files.weights.states import States
from xorviz.ui.forms.dialog import fixed_font
from xorviz.ui.guard import guarded
from xorviz.ui.said import tell

LONGEST_SHOWN = 2**14
"""Characters of a pasted text; the widest network takes 8,000."""
_LINES = 4


@guarded
class WeightsBox(QPlainTextEdit):
    """A text box that reads weights, of one state of a network or more, or outputs.

    Of a file or a long text it shows only the arrays: Qt lays out a line without spaces in
    quadratic time, 7 seconds for 262,144 characters. One that cannot be read changes nothing.
    """

    changed = Signal(bool)
    """Something else was read; whether it was pasted, dropped or opened rather than typed."""
    refused = Signal(str)
    """Why a file or a long text cannot be read."""
    file_dropped = Signal(object)  # Path

    def __init__(self, name: str, title: str, about: str, example: str) -> None:
        super().__init__(placeholderText=example, tabChangesFocus=True)
        self.states: States = ()
        """What was read, in the order of time."""
        self.trouble = ""
        """Why the text cannot be read."""
        self._is_given = False
        self.setObjectName(name)
        self.setAccessibleName(title)
        tell(self, about)
        self.setFont(fixed_font(self))
        take_what_is_left(self)
        self.textChanged.connect(self._read)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return not self.toPlainText().strip()

    @Slot()
    def _read(self) -> None:
        self.states, self.trouble = (), ""
        try:
            if not self.is_empty:
                self.states = states_of_text(self.toPlainText())
        except FileError as error:
            self.trouble = str(error)
        self.changed.emit(self._is_given)

    def take(self, read: Callable[[], States], source: str = "") -> None:
        """Show the arrays of what is read, from a named source, in place of the text."""
        try:
            states = read()
        except FileError as error:
            self.refused.emit(f"{source}{error}")
            return
        with QSignalBlocker(self):
            self.setPlainText("\n\n".join(map(arrays_text, states)))
        self.states, self.trouble = states, ""
        self.changed.emit(True)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert what is pasted or dropped, unless it is long; pass a file on."""
        text, files = source.text(), [url for url in source.urls() if url.isLocalFile()]
        if files:
            self.file_dropped.emit(Path(files[0].toLocalFile()))
        elif len(text) > LONGEST_SHOWN:
            self.take(partial(states_of_text, text))
        else:
            self._is_given = True
            super().insertFromMimeData(source)
            self._is_given = False


def take_what_is_left(box: QAbstractScrollArea) -> None:
    """Let a box of text take the height that others leave it, some lines at least."""
    box.setMinimumHeight(box.fontMetrics().lineSpacing() * _LINES + 16)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)


def arrays_text(arrays: Arrays) -> str:
    """Return arrays as text that reads back as the same arrays."""
    if arrays.outputs is not None:
        return " ".join(map(repr, arrays.outputs.tolist()))
    named = {name: getattr(arrays, name) for name in ("w1", "b1", "w2", "b2")}
    return "\n".join(f"{n} = {a.tolist()!r}" for n, a in named.items() if a is not None)
