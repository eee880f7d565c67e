"""The note that the recipe is not the lesson's."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from xorviz.panels.lesson.pages.page import button
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.scrolled import plain_label


class StrayedNote(QWidget):
    """Which settings differ, and a button that sets them back; hidden while none do."""

    restore_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._text = plain_label("")
        restore = button("lesson_restore", "Set it back", "Set the recipe back to the lesson's")
        restore.clicked.connect(self.restore_requested)
        column(self, self._text, restore, margins=(0, 0, 0, 0), gap=6)
        self.hide()

    def show_strayed(self, text: str) -> None:
        """Say what differs; "" for nothing."""
        self._text.setText(text)
        self.setVisible(bool(text))
