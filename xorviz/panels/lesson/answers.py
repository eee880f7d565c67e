"""Where a prediction is made: a field for a number, options to choose from, and a drawn curve."""

import math

from PySide6.QtCore import Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QWidget

from xorviz.core import numerals
from xorviz.core.rules import SettingError, parsed
from xorviz.lessons.predictions import MEASURES, ChoiceAsked, DrawingAsked, NumberAsked
from xorviz.ui.chrome.buttons import PushButton, ToolButton
from xorviz.ui.forms.boxes import STRETCH, column, row
from xorviz.ui.forms.fields import NumberLine, ascii_number, explain, field_width
from xorviz.ui.forms.scrolled import SizedLabel, plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER
from xorviz.ui.said import announce

_TIMES = 50
"""Steps by key that lead through a long range, at most twenty times as many."""

HOW_TO_DRAW = "Draw on the panel Loss: hold the left button and drag."
BY_KEYS = (
    "By keys: Left and Right move along the curve, Up and Down raise or lower it from there on, "
    "and Backspace undoes."
)
NOT_DRAWN = "Nothing is drawn yet."


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


@guarded
class OptionButton(QRadioButton):
    """The circle of an option; none is chosen at first."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by Enter, as by Space; with the chosen one, Enter continues."""
        if event.key() in ENTER and not self.isChecked():
            self.click()
        elif event.key() in ENTER:
            event.ignore()
        else:
            super().keyPressEvent(event)


@guarded
class OptionText(SizedLabel):
    """The text of an option, which wraps; a click on it chooses the option."""

    def __init__(self, text: str, option: OptionButton) -> None:
        super().__init__(text)
        self._option = option

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._option.setFocus()
        self._option.click()


class OptionsAnswer(QWidget):
    """Options, chosen by click, or by Up, Down and Enter."""

    changed = Signal()

    def __init__(self, asked: ChoiceAsked, name: str) -> None:
        super().__init__()
        lines: list[QHBoxLayout] = []
        self._buttons: list[OptionButton] = []
        for number, option in enumerate(asked.options, start=1):
            button = OptionButton(self)
            button.setObjectName(f"{name}_{number}")
            explain(button, option.text, "Click, or press Enter, to choose this")
            button.setAccessibleDescription(asked.ask)
            button.toggled.connect(self._tell)
            self._buttons.append(button)
            lines.append(row(None, button, (OptionText(option.text, button), 1), gap=6))
        column(self, *lines, margins=(0, 0, 0, 0), gap=6)
        self.setFocusProxy(self._buttons[0])

    @property
    def answer(self) -> float | None:
        """The number of the option that is chosen, or None."""
        numbered = enumerate(self._buttons, start=1)
        return next((float(number) for number, button in numbered if button.isChecked()), None)

    @Slot(bool)
    def _tell(self, is_chosen: bool) -> None:
        if is_chosen:
            self.changed.emit()


class DrawingAnswer(QWidget):
    """Says how to draw on the panel Loss, and what is drawn there."""

    changed = Signal()

    def __init__(self, asked: DrawingAsked, name: str, keys_wanted: SignalInstance) -> None:
        """Take what asks for the keys to act on the panel Loss."""
        super().__init__()
        self.setObjectName(name)
        self._asked = asked
        self.answer: tuple[float, ...] | None = None
        """The losses that are drawn, or None as long as there are none."""
        self._state = SizedLabel(NOT_DRAWN, is_bold=True)
        keys = PushButton(f"{name}_keys", "Draw by keys")
        explain(keys, "Draw by keys", f"Give the panel Loss the focus. {BY_KEYS}")
        keys.clicked.connect(keys_wanted)
        texts = plain_label("", HOW_TO_DRAW), plain_label("quiet", BY_KEYS), keys
        column(self, *texts, self._state, margins=(0, 0, 0, 0), gap=6)
        self.setFocusProxy(keys)

    def show_drawing(self, losses: tuple[float, ...] | None) -> None:
        """Take what is drawn."""
        if losses != self.answer:
            self.answer = losses
            self._state.setText(NOT_DRAWN if losses is None else self._told(losses))
            self.changed.emit()

    def _told(self, losses: tuple[float, ...]) -> str:
        fall = self._asked.fall_of(losses)
        if fall is None:
            return "Drawn: your curve doesn't fall to half."
        return f"Drawn: your curve falls to half at step {numerals.whole(fall)}."
