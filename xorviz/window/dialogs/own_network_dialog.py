"""The dialog for weights or outputs from another program."""

import html
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QMimeData, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextBrowser,
    QWidget,
)

from xorviz.core import numerals
from xorviz.core.config import ROWS
from xorviz.core.network import outputs
from xorviz.core.rules import SettingError, parsed
from xorviz.files import FileError
from xorviz.files.weights.examined import Examination, examined
from xorviz.files.weights.own_network import Arrays, OwnNetwork, arranged, needs_orientation
from xorviz.files.weights.reader import load, parse_text
from xorviz.files.weights.row_order import PRINTED_ORDER, Row, RowOrder, order_text
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.dialog import Dialog
from xorviz.ui.forms.fields import ChoiceField, explain
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.window.dialogs.known_fields import KnownFields
from xorviz.window.document.file_dialogs import ask_to_open

EXAMPLE = """Example:
w1 = [[4.4  0.6  6.4]
      [4.5  0.2  6.3]]
b1 = [-6.8  0.4 -2.7]
w2 = [[-9.7] [-2.4] [9.6]]
b2 = -3.0
or JSON, or arrays as NumPy, PyTorch and Keras print them,
or four outputs alone: 0 .5 1 .5"""
SAYS = (
    "Paste the weights of a network with two inputs, one hidden layer and one sigmoid output to "
    "open it as a run, or only its outputs to diagnose it. Say what else you know; the rest "
    "may stay open."
)
ASKS = "w1 is 2 × 2. Does each row belong to an input or to a hidden unit?"

_NOT_CHOSEN = "untold"
_ORIENTATIONS = {
    _NOT_CHOSEN: "Choose…",
    "in-out": "An input, as in NumPy and Keras",
    "out-in": "A hidden unit, as in PyTorch",
}
_READ = ("width", "biases")
"""Settings that weights say themselves."""
_PATTERN = "Weights (*.json *.npz *.txt);;All files (*)"
LONGEST_SHOWN = 2**14
"""Characters of a pasted text; the widest network takes 8,000."""
_KEYS = QDialogButtonBox.StandardButton
_WIDTH, _HEIGHT = 96, 42
"""Size in characters and lines."""


@guarded
class TextBox(QPlainTextEdit):
    """A text box into which long texts are not pasted, but sent on.

    Qt lays out a line without spaces in quadratic time: 7 seconds for 262,144 characters.
    """

    long_text_pasted = Signal(str)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert what is pasted or dropped, unless it is long."""
        text = source.text()
        if len(text) > LONGEST_SHOWN:
            self.long_text_pasted.emit(text)
        else:
            super().insertFromMimeData(source)


class OwnNetworkDialog(Dialog):
    """A text box with what was recognised below it; accepted only with a complete network."""

    record_requested = Signal(object, object, object)
    """Record of a run that starts from these weights, Known, and StepCheck or None."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "own_network", "Import network")
        self._arrays: Arrays | None = None
        self._trouble = ""
        self._examined: Examination | None = None
        self._folder = Path.home()
        self._text = TextBox()
        self._orientation = ChoiceField("own_orientation", _ORIENTATIONS)
        self._order = QLineEdit(order_text(PRINTED_ORDER))
        asked = ("Rows of w1", self._orientation), ("Order of rows", self._order)
        self._fields = KnownFields(self, asked)
        self._question = plain_label("own_question", ASKS)
        self._verdict = plain_label("own_verdict")
        self._detail = plain_label()
        self._diagnosis = QTextBrowser()
        self._build()
        self._fields.changed.connect(self._show)
        self._show()

    def _build(self) -> None:
        self._text.setObjectName("own_text")
        self._text.setAccessibleName("Weights or outputs")
        self._text.setWhatsThis(SAYS)
        self._text.setPlaceholderText(EXAMPLE)
        self._text.setTabChangesFocus(True)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(QFontInfo(self.font()).pixelSize())
        self._text.setFont(fixed)
        self._text.setMinimumHeight(self._text.fontMetrics().lineSpacing() * 5 + 16)
        self._verdict.setAccessibleName("Result")
        self._diagnosis.setObjectName("own_diagnosis")
        self._diagnosis.setAccessibleName("Diagnosis")
        self._diagnosis.setWhatsThis("The state of the network, and what may have caused it.")
        self._explain_fields()
        says, verdict = plain_label("own_says", SAYS), self._built_verdict()
        asked = self._question, self._fields.layout, (self._diagnosis, 2)
        column(self, says, (self._text, 1), verdict, *asked, self._built_buttons(), gap=10)
        self._text.textChanged.connect(self._read)
        self._text.long_text_pasted.connect(self._read_long)
        self.open_wide(_WIDTH, _HEIGHT)

    def _built_verdict(self) -> QHBoxLayout:
        open_file = QPushButton("Open &file…")
        open_file.setObjectName("own_open")
        open_file.setToolTip("Read weights from JSON, printed arrays or a NumPy npz file")
        open_file.setAutoDefault(False)
        open_file.clicked.connect(self._ask_file)
        said = column(None, self._verdict, self._detail, gap=4)
        return row(None, (said, 1), (open_file, Qt.AlignmentFlag.AlignTop))

    def _explain_fields(self) -> None:
        explain(self._orientation, "Rows of w1", ASKS)
        self._order.setObjectName("own_order")
        explain(
            self._order,
            "Order of rows",
            "The order of the four outputs. Each row is x1 and x2, such as 10.",
        )
        self._orientation.currentIndexChanged.connect(self._show)
        self._order.textChanged.connect(self._show)

    def _built_buttons(self) -> QDialogButtonBox:
        buttons = self.buttons(_KEYS.Ok | _KEYS.Cancel)
        self._start = buttons.button(_KEYS.Ok)
        self._close = buttons.button(_KEYS.Cancel)
        self._start.setText("&Open")
        self._start.setToolTip("Open these weights as a run at step 0, and try what helps")
        self.accepted.connect(self._choose)
        return buttons

    @Slot()
    def _read(self) -> None:
        text = self._text.toPlainText()
        self._take(lambda: parse_text(text) if text.strip() else None)

    @Slot()
    def _ask_file(self) -> None:
        ask_to_open(self, "Open weights", self._folder, _PATTERN, self.read_file)

    def read_file(self, path: Path) -> None:
        """Show a file's arrays in the text box."""
        self._folder = path.parent
        self._take(partial(load, path), f"{path.name}: ", is_written=True)

    @Slot(str)
    def _read_long(self, text: str) -> None:
        self._take(partial(parse_text, text), is_written=True)

    def _take(
        self, read: Callable[[], Arrays | None], source: str = "", is_written: bool = False
    ) -> None:
        """Read arrays; perhaps write them into the text box, without what was around them."""
        self._arrays, self._trouble = None, ""
        try:
            self._arrays = arrays = read()
        except FileError as error:
            self._trouble = f"{source}{error}"
        else:
            if arrays is not None and is_written:
                with QSignalBlocker(self._text):
                    self._text.setPlainText(arrays_text(arrays))
            if arrays is not None and arrays.config is not None:
                self._fields.show(arrays.config)
        self._show()

    @Slot()
    def _show(self) -> None:
        """Show what was recognised, its diagnosis, and the questions that are open."""
        arrays, self._examined = self._arrays, None
        is_outputs = arrays is not None and arrays.outputs is not None
        is_asked = False
        self._fields.leave_out(() if is_outputs else _READ)
        self._say(
            self._trouble or "Paste weights or outputs, or open a file.",
            is_wrong=bool(self._trouble),
        )
        self._diagnosis.clear()
        try:
            if arrays is not None and is_outputs:
                self._show_outputs(arrays)
            elif arrays is not None:
                is_asked = needs_orientation(arrays)
                self._show_weights(arrays, is_asked)
        except SettingError as error:
            self._say(refusal_text(error), is_wrong=True)
        self._question.setVisible(is_asked)
        self._fields.left.setRowVisible(self._orientation, is_asked)
        has_order = arrays is not None and arrays.rows is not None
        self._fields.left.setRowVisible(self._order, is_outputs and not has_order)
        self._diagnosis.setVisible(is_outputs or self._examined is not None)
        self._close.setText("&Close" if is_outputs else "&Cancel")
        self._start.setEnabled(self._examined is not None and not is_outputs)

    def _show_weights(self, arrays: Arrays, is_asked: bool) -> None:
        """Show the network, once its orientation is known. Raises SettingError."""
        chosen = self._orientation.currentData()
        orientation = chosen if is_asked and chosen != _NOT_CHOSEN else None
        if is_asked and orientation is None:
            arranged(arrays, "in-out")  # report other errors first
            self._say("A network with two hidden units.")
            return
        found = examined(arrays, self._fields.said(), orientation=orientation)
        assert found.network is not None
        activation = found.known.config.activation
        self._say(f"{found.summary}.", computed_text(found.network, activation))
        self._tell(found)

    def _show_outputs(self, arrays: Arrays) -> None:
        """Diagnose these outputs. Raises SettingError."""
        order: Any = arrays.rows or parsed(RowOrder(), "the order of rows", self._order.text())
        found = examined(arrays, self._fields.said(), order)
        self._say(
            f"{found.summary.capitalize()}. Without weights they cannot be opened as a run.",
            outputs_text(found.outputs, order),
        )
        self._tell(found)

    def _tell(self, found: Examination) -> None:
        self._examined = found
        self._diagnosis.setHtml(examination_html(found))

    def _say(self, text: str, detail: str = "", is_wrong: bool = False) -> None:
        roles = QPalette.ColorRole
        self._verdict.setForegroundRole(roles.BrightText if is_wrong else roles.WindowText)
        self._verdict.setText(text)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))

    @Slot()
    def _choose(self) -> None:
        assert self._examined is not None
        self.record_requested.emit(self._examined.record, self._examined.known, None)


def refusal_text(error: SettingError) -> str:
    """Return an error as a sentence; the names of arrays stay small."""
    text = str(error)
    return f"{text if text.startswith(('w', 'b')) else text[0].upper() + text[1:]}."


def examination_html(found: Examination) -> str:
    """Return a state with its headline, what is assumed, possible causes and what to try."""
    headline, _, detail = found.sentence.partition(": ")
    advice = found.found.advice if found.found else ()
    causes = [f"<i>{x.name}</i>: {x.because} {x.check}" for x in found.causes]
    parts = (
        f"<p><b>{html.escape(headline)}</b></p>",
        f"<p>{html.escape(detail[:1].upper() + detail[1:])}</p>",
        _list("Possible causes:", causes),
        _list("What to try:", map(html.escape, advice)),
        f"<p>{html.escape(found.known.text)}</p>",
    )
    return "".join(parts).replace(numerals.THIN_SPACE, "\u00a0")  # else Qt has a plain space


def _list(title: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f"<p>{title}</p><ul style='margin-left: -24px'>{items}</ul>" if items else ""


def computed_text(network: OwnNetwork, activation: str) -> str:
    """Return the network's outputs, which show the user whether it was read correctly."""
    with np.errstate(all="ignore"):
        by_row = dict(zip(ROWS, outputs(network.weights, activation), strict=True))
    return outputs_text([by_row[row] for row in PRINTED_ORDER], PRINTED_ORDER)


def outputs_text(given: Sequence[float], order: tuple[Row, ...]) -> str:
    """Return outputs, which follow an order of the rows."""
    numbers = ", ".join(numerals.fixed(float(y), 3) for y in given)
    return f"Outputs for {order_text(order[: len(given)], ', ')}: {numbers}"


def arrays_text(arrays: Arrays) -> str:
    """Return arrays as text that reads back as the same arrays."""
    if arrays.outputs is not None:
        return " ".join(map(repr, arrays.outputs.tolist()))
    named = {name: getattr(arrays, name) for name in ("w1", "b1", "w2", "b2")}
    return "\n".join(f"{n} = {a.tolist()!r}" for n, a in named.items() if a is not None)
