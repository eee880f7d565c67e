"""How to draw the predicted loss, and what is drawn."""

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.lessons.judging import fall_of
from xorviz.lessons.lesson import DrawingAsked
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import SizedLabel, plain_label

HOW_TO_DRAW = "Draw on the panel Loss: hold the left button and drag."
BY_KEYS = (
    "By keys: Left and Right move along the curve, Up and Down raise or lower it from there on, "
    "and Backspace undoes."
)
NOT_DRAWN = "Nothing is drawn yet."


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
        fall = fall_of(losses, self._asked.last_step)
        if fall is None:
            return "Drawn: your curve doesn't fall to half."
        return f"Drawn: your curve falls to half at step {numerals.whole(fall)}."
