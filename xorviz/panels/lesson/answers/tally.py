"""The answers of a class, counted by keys."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.lessons.lesson import ChoiceAsked, NumberAsked
from xorviz.panels.lesson.answers.keys import answer_text, keyed
from xorviz.panels.lesson.answers.rows import AnswerRow, CountedRows
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.keys import is_plain
from xorviz.ui.said import announce

_MOST = 999
"""Answers that are counted."""
_EDGE = 6


@guarded
class Tally(QWidget):
    """A row for each answer with its key; the keys count while it has the focus."""

    changed = Signal()

    def __init__(self, asked: NumberAsked | ChoiceAsked, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._asked, self._keyed = asked, keyed(asked)
        self.answers: tuple[float, ...] = ()
        """In the order in which they were counted."""
        self.rows = CountedRows(self._counted(), grows=True)
        self.rows.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._note = plain_label("quiet")
        column(self, self.rows, self._note, margins=(_EDGE, _EDGE, _EDGE, _EDGE), gap=4)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        first, last = min(self._keyed), max(self._keyed)
        self._help = f"Keys {first} to {last} add an answer. Backspace takes the last one back."
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        answer = self._keyed.get(event.key() - Qt.Key.Key_0)
        if not is_plain(event) or event.isAutoRepeat():
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Backspace:
            self._take_back()
        elif answer is not None:
            self._add(answer)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.rows.row_at(event.position().y() - self.rows.y())
        if event.button() == Qt.MouseButton.LeftButton and row is not None:
            self._add(list(self._keyed.values())[row])

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, width = (palette.accent(), 2) if self.hasFocus() else (palette.mid(), 1)
        painter.setPen(QPen(edge.color(), width))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def _add(self, answer: float) -> None:
        if len(self.answers) < _MOST:
            self.answers = *self.answers, answer
            self._tell(answer)

    def _take_back(self) -> None:
        if self.answers:
            *before, last = self.answers
            self.answers = tuple(before)
            self._tell(last)

    def _tell(self, answer: float) -> None:
        self._show()
        text = answer_text(self._asked, answer)
        announce(self, f"{text}: {numerals.whole(self.answers.count(answer))}")
        self.changed.emit()

    def _show(self) -> None:
        self.rows.show_rows(self._counted())
        count = len(self.answers)
        self._note.setText(f"{self._help} {numerals.counted(count, 'answer')}.")
        told = "; ".join(f"{row.text}: {row.count}" for row in self.rows.rows if row.count)
        explain(self, self._asked.ask, self._help)
        self.setAccessibleDescription(f"{self._help} {told or 'No answer yet'}.")

    def _counted(self) -> list[AnswerRow]:
        return [
            AnswerRow(str(digit), answer_text(self._asked, answer), self.answers.count(answer))
            for digit, answer in self._keyed.items()
        ]
