"""The field for a predicted number."""

import math

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.rules import SettingError, parsed
from xorviz.lessons.lesson import MEASURES, NumberAsked
from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.forms.boxes import STRETCH, column, row
from xorviz.ui.forms.fields import NumberLine, ascii_number, explain, field_width
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.said import announce

_TIMES = 50
"""Steps by key that lead through a long range, at most twenty times as many."""


@guarded
class NumberAnswer(QWidget):
    """A field that is empty at first, with buttons for less and more, and the range below it."""

    changed = Signal()

    def __init__(self, asked: NumberAsked, name: str) -> None:
        super().__init__()
        self._asked = asked
        self.answer: float | None = None
        """None as long as there is none."""
        self._step = 10 ** max(0, math.floor(math.log10((asked.high - asked.low) / _TIMES or 1)))
        low, high = map(numerals.grouped, (asked.low, asked.high))
        self._range = f"From {low} to {high} {asked.unit}".rstrip()
        self._field = NumberLine()
        self._field.setObjectName(name)
        self._field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._field.setFixedWidth(field_width(self.fontMetrics(), max(6, len(high) + 2)))
        explain(
            self._field, asked.ask, f"Type a number, or use the keys Up and Down. {self._range}."
        )
        self._note = plain_label("quiet", self._range)
        self._field.textChanged.connect(self._take)
        less, more = (
            self._button(f"{name}_less", numerals.MINUS, -1),
            self._button(f"{name}_more", "+", 1),
        )
        line = row(None, less, self._field, more, STRETCH, gap=6)
        column(self, line, self._note, margins=(0, 0, 0, 0), gap=2)
        self.setFocusProxy(self._field)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Change the answer by a round number, or begin at an end."""
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        self._change(steps) if steps else super().keyPressEvent(event)

    def _change(self, steps: int) -> None:
        low, high, now = self._asked.low, self._asked.high, self.answer
        start = low if steps > 0 else high
        value = start if now is None else min(max(now + steps * self._step, low), high)
        self._field.setText(numerals.plain(value))

    @Slot(str)
    def _take(self, text: str) -> None:
        """Take what is typed, and say why it is no answer."""
        said, self.answer = self._range, None
        try:
            self.answer = self._number(text.strip())
        except SettingError as error:
            if text.strip():
                said = f"{error}."
                announce(self, said)
        self._note.setText(said)
        self.changed.emit()

    def _number(self, text: str) -> float:
        """Return the number in a text. Raises SettingError."""
        asked = self._asked
        number = parsed(MEASURES[asked.measure], "the number", ascii_number(text))
        if not isinstance(number, float | int) or not asked.low <= number <= asked.high:
            raise SettingError(f"the number is {text}; allowed: {self._range.lower()}")
        return number

    def _button(self, name: str, sign: str, step: int) -> ToolButton:
        button = ToolButton(name)
        button.setText(sign)
        button.setAutoRepeat(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys Up and Down do the same
        word = "More" if step > 0 else "Less"
        explain(button, word, f"{word} (the key {'Up' if step > 0 else 'Down'} in the field)")
        button.clicked.connect(lambda: self._change(step))
        return button
