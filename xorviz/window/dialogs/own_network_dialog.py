"""The dialog for weights or outputs from another program."""

import html
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QMimeData, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextBrowser,
    QWidget,
)

from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_outputs
from xorviz.core.network import outputs
from xorviz.core.rules import SettingError, parsed
from xorviz.core.runs.record import Record
from xorviz.files import FileError
from xorviz.files.weights.own_network import (
    Arrays,
    OwnNetwork,
    arranged,
    checked_outputs,
    config_for,
    diagnosis_of,
    needs_orientation,
    record_of,
)
from xorviz.files.weights.reader import load, parse_text
from xorviz.files.weights.row_order import PRINTED_ORDER, Row, RowOrder, in_order, order_text
from xorviz.panels.settings.setting_fields import SettingFields
from xorviz.panels.settings.wording import LABELS
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.dialog import Dialog
from xorviz.ui.forms.fields import ChoiceField, explain
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
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
    "open it as a run, or only its four outputs to diagnose it."
)
ASKS = "w1 is 2 × 2. Does each row belong to an input or to a hidden unit?"

_NOT_CHOSEN = "untold"
_ORIENTATIONS = {
    _NOT_CHOSEN: "Choose…",
    "in-out": "An input, as in NumPy and Keras",
    "out-in": "A hidden unit, as in PyTorch",
}
_FIELDS = ("activation", "loss", "targets")
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

    record_requested = Signal(object)  # Record, of a run that starts from these weights

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "own_network", "Import network")
        self._arrays: Arrays | None = None
        self._trouble = ""
        self._record: Record | None = None
        self._folder = Path.home()
        self._text = TextBox()
        self._fields = SettingFields(self, _FIELDS, "own_")
        self._orientation = ChoiceField("own_orientation", _ORIENTATIONS)
        self._order = QLineEdit(order_text(PRINTED_ORDER))
        self._question = plain_label("own_question", ASKS)
        self._verdict = plain_label("own_verdict")
        self._detail = plain_label()
        self._diagnosis = QTextBrowser()
        self._build()
        self._fields.show(RunConfig())
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
        self._text.setMinimumHeight(self._text.fontMetrics().lineSpacing() * 8 + 16)
        self._verdict.setAccessibleName("Result")
        self._diagnosis.setObjectName("own_diagnosis")
        self._diagnosis.setAccessibleName("Diagnosis")
        self._diagnosis.setWhatsThis("The state of a network with these outputs.")
        self._form = self._built_form()
        says, verdict = plain_label("own_says", SAYS), self._built_verdict()
        asked = self._question, self._form, (self._diagnosis, 2)
        column(self, says, (self._text, 1), verdict, *asked, self._built_buttons(), gap=10)
        self._text.textChanged.connect(self._read)
        self._text.long_text_pasted.connect(self._read_long)
        self.open_wide(_WIDTH, _HEIGHT)

    def _built_verdict(self) -> QHBoxLayout:
        open_file = QPushButton("&Open file…")
        open_file.setObjectName("own_open")
        open_file.setToolTip("Read weights from JSON, printed arrays or a NumPy npz file")
        open_file.setAutoDefault(False)
        open_file.clicked.connect(self._ask_file)
        said = column(None, self._verdict, self._detail, gap=4)
        return row(None, (said, 1), (open_file, Qt.AlignmentFlag.AlignTop))

    def _built_form(self) -> QFormLayout:
        form = QFormLayout()
        form.addRow("Rows of w1", self._orientation)
        form.addRow("Order of rows", self._order)
        explain(self._orientation, "Rows of w1", ASKS)
        self._order.setObjectName("own_order")
        explain(
            self._order,
            "Order of rows",
            "The order of the four outputs. Each row is x1 and x2, such as 10.",
        )
        for name in _FIELDS:
            form.addRow(LABELS[name], self._fields[name])
        self._orientation.currentIndexChanged.connect(self._show)
        self._order.textChanged.connect(self._show)
        return form

    def _built_buttons(self) -> QDialogButtonBox:
        buttons = self.buttons(_KEYS.Ok | _KEYS.Cancel)
        self._start = buttons.button(_KEYS.Ok)
        self._close = buttons.button(_KEYS.Cancel)
        self._start.setText("&Open")
        self._start.setToolTip("Open these weights as a run at step 0")
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
        arrays, self._record = self._arrays, None
        is_outputs = arrays is not None and arrays.outputs is not None
        is_asked = False
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
        self._form.setRowVisible(self._orientation, is_asked)
        self._form.setRowVisible(self._order, is_outputs)
        for name in ("activation", "loss"):
            self._form.setRowVisible(self._fields[name], not is_outputs)
        self._diagnosis.setVisible(is_outputs or self._record is not None)
        self._close.setText("&Close" if is_outputs else "&Cancel")
        self._start.setEnabled(self._record is not None)

    def _show_weights(self, arrays: Arrays, is_asked: bool) -> None:
        """Show the network, once its orientation is known. Raises SettingError."""
        chosen = self._orientation.currentData()
        orientation = chosen if is_asked and chosen != _NOT_CHOSEN else None
        if is_asked and orientation is None:
            arranged(arrays, "in-out")  # report other errors first
            self._say("A network with two hidden units.")
            return
        network = arranged(arrays, orientation)
        config = config_for(network, self._fields.chosen(arrays.config or RunConfig()))
        self._say(f"{network.summary}.", computed_text(network, config.activation))
        self._record = record_of(config, network.weights)
        self._diagnosis.setHtml(diagnosis_html(diagnosis_of(network.weights, config)))

    def _show_outputs(self, arrays: Arrays) -> None:
        """Diagnose these outputs. Raises SettingError."""
        order: Any = parsed(RowOrder(), "the order of rows", self._order.text())
        given = checked_outputs(arrays, order)
        found = diagnose_outputs(given, self._fields.chosen(RunConfig()).targets)
        self._say(
            "Four outputs. Without weights they cannot be opened as a run.",
            outputs_text(given, order),
        )
        self._diagnosis.setHtml(diagnosis_html(found))

    def _say(self, text: str, detail: str = "", is_wrong: bool = False) -> None:
        roles = QPalette.ColorRole
        self._verdict.setForegroundRole(roles.BrightText if is_wrong else roles.WindowText)
        self._verdict.setText(text)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))

    @Slot()
    def _choose(self) -> None:
        self.record_requested.emit(self._record)


def refusal_text(error: SettingError) -> str:
    """Return an error as a sentence; the names of arrays stay small."""
    text = str(error)
    return f"{text if text.startswith(('w', 'b')) else text[0].upper() + text[1:]}."


def diagnosis_html(found: Diagnosis) -> str:
    """Return a diagnosis with its headline, and what to try as a list."""
    detail = html.escape(found.detail[:1].upper() + found.detail[1:])
    advice = "".join(f"<li>{html.escape(line)}</li>" for line in found.advice)
    tries = f"<p>What to try:</p><ul style='margin-left: -24px'>{advice}</ul>" if advice else ""
    text = f"<p><b>{html.escape(found.headline)}</b></p><p>{detail}</p>{tries}"
    return text.replace(numerals.THIN_SPACE, "\u00a0")  # else Qt has a plain space for it


def computed_text(network: OwnNetwork, activation: str) -> str:
    """Return the network's outputs, which show the user whether it was read correctly."""
    with np.errstate(all="ignore"):
        return outputs_text(outputs(network.weights, activation), PRINTED_ORDER)


def outputs_text(given: Any, order: tuple[Row, ...]) -> str:
    """Return four outputs, given in the order of ROWS, in the user's order."""
    numbers = ", ".join(numerals.fixed(float(y), 3) for y in in_order(given, order))
    return f"Outputs for {order_text(order, ', ')}: {numbers}"


def arrays_text(arrays: Arrays) -> str:
    """Return arrays as text that reads back as the same arrays."""
    if arrays.outputs is not None:
        return " ".join(map(repr, arrays.outputs.tolist()))
    named = {name: getattr(arrays, name) for name in ("w1", "b1", "w2", "b2")}
    return "\n".join(f"{n} = {a.tolist()!r}" for n, a in named.items() if a is not None)
