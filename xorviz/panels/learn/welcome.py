"""The panel that shows a newcomer what XOR is, what the colours mean, and what to do first."""

from PySide6.QtWidgets import QLabel, QWidget

from xorviz.panels.base.view import View
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.forms.boxes import STRETCH, column, row
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import plain_label, scrolled
from xorviz.ui.theme.palette import LIGHT

_QUESTION = "Can a small network learn XOR?"
_XOR = "Two inputs, one answer: 1 if exactly one input is 1, otherwise 0."
_BEGIN = "Press Run and watch the line bend. Or begin with a lesson."
# The colours of targets are the same in every theme.
_MARKS = {
    f'<span style="color: {LIGHT.minus}">●</span>': "Blue circle: the answer is 0.",
    f'<span style="color: {LIGHT.plus}">■</span>': "Orange square: the answer is 1.",
    "<b>—</b>": (
        "The line is the decision boundary: on its blue side the network answers 0, on its "
        "orange side 1."
    ),
}
_LINE = "<tr><td>{}</td><td>{}</td></tr>"


class Welcome(View):
    """The first page. It goes with Run, Step, a trained run that is opened, and Esc."""

    explanation = "What XOR is, what the colours and the line mean, and what to do first."

    def __init__(self) -> None:
        super().__init__("welcome")
        self.lessons = PushButton("welcome_lessons", "Lessons")
        """Offers the menu that it is given."""
        explain(self.lessons, "Lessons", "Short experiments, each with a question and its answer")
        lines = "".join(_LINE.format(mark, about) for mark, about in _MARKS.items())
        marks = QLabel(f"<table cellspacing=6>{lines}</table>", wordWrap=True)
        inside = QWidget()
        inside.setObjectName("controls_inside")
        told = plain_label("welcome_question", _QUESTION), plain_label("", _XOR), marks
        begin = plain_label("", _BEGIN), row(None, self.lessons, STRETCH), STRETCH
        column(inside, *told, *begin, margins=(6, 0, 6, 0), gap=12)
        column(self, scrolled(inside), margins=(0, 0, 0, 0))

    def description(self) -> str:
        return " ".join((_QUESTION, _XOR, *_MARKS.values(), _BEGIN))
