"""The field for the word that unlocks what a teacher has locked."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from xorviz.panels.lesson.pages.page import Wishes, button
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import plain_label

LOCKED = "Other settings are locked. The teacher's word unlocks them."


class WordField(QWidget):
    """Hidden unless settings are locked; says what was wrong with the last word."""

    def __init__(self, wishes: Wishes) -> None:
        super().__init__()
        self._wishes = wishes
        self._word = QLineEdit()
        self._word.setObjectName("lesson_word")
        self._word.setPlaceholderText("the teacher's word")
        explain(self._word, "The teacher's word", LOCKED)
        unlock = button("lesson_unlock", "Unlock", LOCKED, self._ask)
        self._note = plain_label("")
        self._note.hide()
        self._word.returnPressed.connect(self._ask)
        line = row(None, (self._word, 1), unlock, gap=6)
        column(self, line, self._note, margins=(12, 8, 12, 10), gap=6)
        self.hide()

    def show_unlocking(self, is_locked: bool, trouble: str) -> None:
        """Ask for the word while settings are locked, and say what was wrong with the last."""
        self._note.setText(trouble)
        self._note.setVisible(bool(trouble))
        if not is_locked:
            self._word.clear()
        self.setVisible(is_locked)

    @Slot()
    def _ask(self) -> None:
        self._wishes.unlock_requested.emit(self._word.text())
