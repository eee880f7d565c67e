"""A bar at the top of the window for one question."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QWidget

from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.focus import focus_of
from xorviz.ui.forms.boxes import row
from xorviz.ui.guard import guarded
from xorviz.ui.keys import claims
from xorviz.ui.said import plain, tell

_MOST_ANSWERS = 3

_ABOUT = "A question that can wait. Esc gives the last answer."


@guarded
class NoticeBar(QWidget):
    """A question with up to three answers. Hidden while there is none; never takes the focus."""

    answered = Signal()
    """An answer is given, and what follows it is done."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        tell(self, _ABOUT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._answers: list[Callable[[], object]] = []
        """What follows each answer."""
        self._text = ElidedLabel()
        self._text.setObjectName("notice_text")
        self._buttons = [_button(number) for number in range(_MOST_ANSWERS)]
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._answer)
        for number, button in enumerate(self._buttons):
            self._group.addButton(button, number)
        row(self, (self._text, 1), *self._buttons, margins=(14, 6, 8, 6), gap=8)
        self.hide()

    def ask(self, text: str, answers: Mapping[str, Callable[[], object]]) -> None:
        """Ask a question in place of the last, with 1 to 3 answers and what follows each."""
        self._answers = list(answers.values())
        words = list(answers)
        self._text.setText(text)
        self._text.setToolTip(plain(text))
        self.setAccessibleName(text)
        for number, button in enumerate(self._buttons):
            button.setVisible(number < len(answers))
        for button, answer in zip(self._buttons, words, strict=False):
            button.setText(answer.replace("&", "&&"))
            button.setAccessibleName(answer)
            button.setAccessibleDescription(text)
            button.setToolTip(f"{answer} (Esc)" if answer == words[-1] else answer)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def is_asking(self, text: str) -> bool:
        """Return whether this is the question that is asked."""
        return not self.isHidden() and self.accessibleName() == text

    def withdraw(self, text: str) -> None:
        """Give a question that is still open its last answer."""
        if self.is_asking(text):
            self._answer(len(self._answers) - 1)

    @Slot(int)
    def _answer(self, number: int) -> None:
        follow = self._answers[number]
        if focused := focus_of(self):
            # Else Qt moves the focus to the next widget.
            focused.clearFocus()
        self.hide()
        follow()
        self.answered.emit()

    def event(self, event: QEvent) -> bool:
        return claims(event, [Qt.Key.Key_Escape]) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._answer(len(self._answers) - 1)
        else:
            super().keyPressEvent(event)


def _button(number: int) -> PushButton:
    button = PushButton(f"notice_answer_{number + 1}")
    if number == 0:
        button.make_primary()
    tell(button, _ABOUT)
    return button
