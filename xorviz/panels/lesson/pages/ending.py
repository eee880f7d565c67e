"""What is offered at the end of a lesson."""

from PySide6.QtWidgets import QWidget

from xorviz.panels.lesson.pages.page import Page, Wishes, button
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import plain_label

NEXT = "Next lesson"
LEAVE = "Leave the lesson, and get your own work back"


class Ending(QWidget):
    """The next lesson; without one, the way out."""

    def __init__(self, wishes: Wishes) -> None:
        super().__init__()
        self._title = plain_label("")
        self._next = button("lesson_next", NEXT, "", wishes.next_requested)
        self._leave = button("lesson_end", "Leave", LEAVE, wishes.left)
        for one in (self._next, self._leave):
            one.make_primary()
        column(self, self._title, self._next, self._leave, margins=(0, 0, 0, 0), gap=8)
        self.show_next("")

    def show_next(self, title: str) -> PushButton:
        """Offer the lesson of this title; "" for none. Return the primary button."""
        self._title.setText(f"Next: {title}")
        explain(self._next, f"{NEXT}: {title}", f"Begin “{title}” (Enter)")
        for part in (self._title, self._next):
            part.setVisible(bool(title))
        self._leave.setVisible(not title)
        return self._next if title else self._leave


class EndPage(Page):
    """A page that an ending may stand below."""

    def show_next(self, title: str) -> None:
        if isinstance(self.foot, Ending):
            self.primary = self.foot.show_next(title)
