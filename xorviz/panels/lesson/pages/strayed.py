"""The note that the recipe is not the lesson's."""

from PySide6.QtWidgets import QWidget

from xorviz.panels.lesson.pages.page import Page, Wishes, button
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.scrolled import plain_label


class StrayedNote(QWidget):
    """Which settings differ, and a button that sets them back; hidden while none do."""

    def __init__(self, wishes: Wishes) -> None:
        super().__init__()
        self._text = plain_label("")
        tip = "Set the recipe back to the lesson's"
        restore = button("lesson_restore", "Set it back", tip, wishes.restore_requested)
        column(self, self._text, restore, margins=(0, 0, 0, 0), gap=6)
        self.hide()

    def show_strayed(self, text: str) -> None:
        """Say what differs; "" for nothing."""
        self._text.setText(text)
        self.setVisible(bool(text))


class RecipePage(Page):
    """A page with a note if the recipe is not the lesson's."""

    def __init__(self, wishes: Wishes) -> None:
        super().__init__()
        self.strayed = StrayedNote(wishes)
        """The note."""

    def show_strayed(self, text: str) -> None:
        self.strayed.show_strayed(text)
