"""A prediction to be made: what is asked, and where one student or a class answers."""

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.lessons.judging import fall_of
from xorviz.lessons.lesson import Answer, ChoiceAsked, DrawingAsked, NumberAsked, Prediction
from xorviz.panels.lesson.answers.number import NumberAnswer
from xorviz.panels.lesson.answers.options import OptionsAnswer
from xorviz.panels.lesson.answers.tally import Tally
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import SizedLabel, plain_label

HOW_TO_DRAW = "Draw on the panel Loss: hold the left button and drag."
BY_KEYS = (
    "On the panel Loss the keys Left and Right move along the curve, Up and Down raise or lower it "
    "from there on, and Backspace undoes."
)
ONE_CURVE = "One curve is drawn for the whole class."
NOT_DRAWN = "Nothing is drawn yet."


class DrawingAnswer(QWidget):
    """How to draw on the panel Loss, and what is drawn."""

    changed = Signal()

    def __init__(self, asked: DrawingAsked, name: str, keys_wanted: SignalInstance) -> None:
        super().__init__()
        self.setObjectName(name)
        self._asked = asked
        self.answer: tuple[float, ...] | None = None
        """The losses that are drawn, or None as long as there are none."""
        self._state = SizedLabel(NOT_DRAWN, is_bold=True)
        self.one_curve = plain_label("", ONE_CURVE)
        self.one_curve.hide()
        keys = PushButton(f"{name}_keys", "Draw by keys")
        explain(keys, "Draw by keys", f"Give the panel Loss the focus. {BY_KEYS}")
        keys.clicked.connect(keys_wanted)
        texts = plain_label("", HOW_TO_DRAW), plain_label("quiet", BY_KEYS), keys
        column(self, *texts, self.one_curve, self._state, margins=(0, 0, 0, 0), gap=6)
        self.setFocusProxy(keys)

    def show_drawing(self, losses: tuple[float, ...] | None) -> None:
        """Take what is drawn."""
        if losses == self.answer:
            return
        self.answer = losses
        self._state.setText(NOT_DRAWN if losses is None else self._told(losses))
        self.changed.emit()

    def _told(self, losses: tuple[float, ...]) -> str:
        fall = fall_of(losses, self._asked.last_step)
        if fall is None:
            return "Drawn: your curve does not fall to half."
        return f"Drawn: your curve falls to half at step {numerals.whole(fall)}."


class AnswerPart(QWidget):
    """What is asked, above the field of one student or the tally of a class."""

    changed = Signal()
    """The answers may be others."""

    def __init__(self, asked: Prediction, number: int, keys_wanted: SignalInstance) -> None:
        """Take what asks for the keys to act on the panel Loss."""
        super().__init__()
        self.asked = asked
        name = f"prediction_{number}"
        self._own: NumberAnswer | OptionsAnswer | DrawingAnswer
        if isinstance(asked, NumberAsked):
            self._own = NumberAnswer(asked, name)
        elif isinstance(asked, ChoiceAsked):
            self._own = OptionsAnswer(asked, name)
        else:
            self._own = DrawingAnswer(asked, name, keys_wanted)
        self._own.changed.connect(self.changed)
        self._tally = None if isinstance(asked, DrawingAsked) else Tally(asked, f"{name}_tally")
        parts: list[QWidget] = [SizedLabel(asked.ask, is_bold=True), self._own]
        if self._tally is not None:
            self._tally.changed.connect(self.changed)
            self._tally.hide()
            parts.append(self._tally)
        column(self, *parts, margins=(0, 0, 0, 0), gap=6)
        self.setFocusProxy(self._own)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Of one student, or of each in a class; empty as long as there are none."""
        if self._tally is not None and not self._tally.isHidden():
            return self._tally.answers
        return () if self._own.answer is None else (self._own.answer,)

    def count(self, is_counting: bool) -> None:
        """Count a class, or take the answer of one student."""
        if isinstance(self._own, DrawingAnswer):
            self._own.one_curve.setVisible(is_counting)
        elif self._tally is not None:
            self._own.setVisible(not is_counting)
            self._tally.setVisible(is_counting)
            self.setFocusProxy(self._tally if is_counting else self._own)

    def show_drawing(self, losses: tuple[float, ...] | None) -> None:
        """Take what is drawn, if a drawing is asked for."""
        if isinstance(self._own, DrawingAnswer):
            self._own.show_drawing(losses)
