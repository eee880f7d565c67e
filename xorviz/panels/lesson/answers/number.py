"""The field for a predicted number."""

import math

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.rules import Real, Whole
from xorviz.lessons.lesson import SHARE, NumberAsked
from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.forms.boxes import STRETCH, column, row
from xorviz.ui.forms.fields import NumberField, explain, field_width
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.said import announce

_TIMES = 50
"""Steps by key that lead through a long range, at most twenty times as many."""


@guarded
class AnswerField(NumberField):
    """A number that is not there until it is typed, or stepped to from either end."""

    answered = Signal()
    """Its answer may be another one."""

    def __init__(self, name: str, rule: Whole | Real) -> None:
        self._has_answer = False
        super().__init__(name, rule)
        self._step = 10 ** max(0, math.floor(math.log10((rule.high - rule.low) / _TIMES or 1)))
        self.setKeyboardTracking(True)
        self.lineEdit().clear()
        self.lineEdit().textChanged.connect(self._note)

    @property
    def answer(self) -> float | None:
        """The number, or None as long as there is none."""
        return self.valueFromText(self.text()) if self._has_answer else None

    @Slot(str)
    def _note(self, text: str) -> None:
        self._has_answer = self.validate(text, 0)[0] is QValidator.State.Acceptable
        self.answered.emit()

    def stepBy(self, steps: int) -> None:
        """Change the answer by a round number, or begin at an end."""
        if self._has_answer:
            self.setValue(self.value() + steps * self._step)
        else:
            self._has_answer = True
            self.setValue(self.minimum() if steps > 0 else self.maximum())
        self.answered.emit()

    def stepEnabled(self) -> NumberField.StepEnabledFlag:
        flags = NumberField.StepEnabledFlag
        if self._has_answer:
            return super().stepEnabled()
        return flags.StepUpEnabled | flags.StepDownEnabled

    def textFromValue(self, value: float) -> str:
        return super().textFromValue(value) if self._has_answer else ""

    def fixup(self, text: str) -> str:
        """Leave an empty field empty; refuse any other text that is no answer."""
        return super().fixup(text) if text.strip() else ""

    def sizeHint(self) -> QSize:
        digits = max(6, len(str(round(self.rule.high))) + 2)
        return QSize(field_width(self.fontMetrics(), digits), super().sizeHint().height())


class NumberAnswer(QWidget):
    """A field with buttons for less and more, and the range below it."""

    changed = Signal()

    def __init__(self, asked: NumberAsked, name: str) -> None:
        super().__init__()
        ends = asked.low, asked.high
        rule = Real(*ends) if asked.measure == SHARE else Whole(*map(round, ends))
        low, high = map(numerals.grouped, ends)
        self._range = f"From {low} to {high} {asked.unit}".rstrip()
        self._field = AnswerField(name, rule)
        explain(
            self._field, asked.ask, f"Type a number, or use the keys Up and Down. {self._range}."
        )
        self._note = plain_label("quiet", self._range)
        self._field.answered.connect(self._take_answer)
        self._field.refused.connect(self._refuse)
        less = self._button(f"{name}_less", numerals.MINUS, -1)
        more = self._button(f"{name}_more", "+", 1)
        line = row(None, less, self._field, more, STRETCH, gap=6)
        column(self, line, self._note, margins=(0, 0, 0, 0), gap=2)
        self.setFocusProxy(self._field)

    @property
    def answer(self) -> float | None:
        """The answer of one student, or None as long as there is none."""
        return self._field.answer

    @Slot()
    def _take_answer(self) -> None:
        if self._field.answer is not None:
            self._note.setText(self._range)
        self.changed.emit()

    @Slot(str)
    def _refuse(self, why: str) -> None:
        self._note.setText(why)
        announce(self, why)

    def _button(self, name: str, sign: str, step: int) -> ToolButton:
        button = ToolButton(name)
        button.setText(sign)
        button.setAutoRepeat(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys Up and Down do the same
        word = "More" if step > 0 else "Less"
        explain(button, word, f"{word} (the key {'Up' if step > 0 else 'Down'} in the field)")
        button.clicked.connect(lambda: self._field.stepBy(step))
        return button
