"""A bar at the top of the window for questions and notices, one at a time."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QWidget

from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.focus import focus_of
from xorviz.ui.forms.boxes import row
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.keys import claims
from xorviz.ui.said import plain, tell

_MOST_ANSWERS = 3

_ABOUT = "A question that can wait. Esc gives the last answer."


@guarded
class NoticeBar(QWidget):
    """Questions with two or three answers, and notices, which have one: the newest question first.

    Others wait, and how many is shown. What is shown never changes below the mouse or with the
    focus. Hidden while there is none; never takes the focus.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        tell(self, _ABOUT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._open: dict[str, Mapping[str, Callable[[], object]]] = {}
        """What follows each answer, by the questions and notices, the newest last."""
        self._shown = ""
        self._waiting = plain_label()
        self._waiting.setWordWrap(False)
        self._text = ElidedLabel()
        self._text.setObjectName("notice_text")
        self._buttons = [_button(number) for number in range(_MOST_ANSWERS)]
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._answer)
        for number, button in enumerate(self._buttons):
            self._group.addButton(button, number)
        row(self, (self._text, 1), self._waiting, *self._buttons, margins=(14, 6, 8, 6), gap=8)
        self.hide()

    def ask(self, text: str, answers: Mapping[str, Callable[[], object]]) -> None:
        """Ask a question, with 2 or 3 answers and what follows each; again if it is open."""
        self._open.pop(text, None)
        self._open[text] = answers
        self._show_first()

    def show_notice(self, text: str, answer: str = "Close") -> None:
        """Show a notice until it is answered."""
        self.ask(text, {answer: lambda: None})

    def withdraw(self, text: str) -> None:
        """End a question or a notice without an answer, if it is open."""
        if self._open.pop(text, None) is not None:
            self._show_first()

    def _show_first(self) -> None:
        """Show what is first, unless the user may be about to answer what is shown."""
        newest_first = reversed(list(self._open))
        waiting = sorted(newest_first, key=lambda text: len(self._open[text]) == 1)
        focused = focus_of(self)
        is_in_use = self.underMouse() or (focused is not None and focused.hasFocus())
        first = waiting[0] if waiting else ""
        if first != self._shown and not (is_in_use and self._shown in waiting):
            self._show(first)
        self._waiting.setText(f"{len(waiting) - 1} more")
        self._waiting.setVisible(len(waiting) > 1)

    def _show(self, text: str) -> None:
        """Show one of those that are open, with its answers; none hides the bar."""
        self._shown, answers = text, list(self._open.get(text, ()))
        self._text.setText(text)
        self._text.setToolTip(plain(text))
        self.setAccessibleName(text)
        for number, button in enumerate(self._buttons):
            button.setVisible(number < len(answers))
        for button, answer in zip(self._buttons, answers, strict=False):
            button.setText(answer.replace("&", "&&"))
            button.setAccessibleName(answer)
            button.setAccessibleDescription(text)
            button.setToolTip(f"{answer} (Esc)" if answer == answers[-1] else answer)
        self.setVisible(bool(text))
        if text:
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    @Slot(int)
    def _answer(self, number: int) -> None:
        follow = list(self._open.pop(self._shown).values())[number]
        if focused := focus_of(self):
            # Else Qt moves the focus to the next widget.
            focused.clearFocus()
        self._show("")
        follow()
        self._show_first()

    def leaveEvent(self, event: QEvent) -> None:
        """Show what came meanwhile, and waits for the mouse to leave."""
        super().leaveEvent(event)
        if not self.isHidden():
            self._show_first()

    def event(self, event: QEvent) -> bool:
        return claims(event, [Qt.Key.Key_Escape]) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._answer(len(self._open[self._shown]) - 1)
        else:
            super().keyPressEvent(event)


def _button(number: int) -> PushButton:
    button = PushButton(f"notice_answer_{number + 1}")
    if number == 0:
        button.make_primary()
    tell(button, _ABOUT)
    return button
