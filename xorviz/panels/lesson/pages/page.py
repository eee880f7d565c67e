"""What all pages of a lesson have in common."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot
from PySide6.QtWidgets import QWidget

from xorviz.lessons.course import Course
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.forms.boxes import STRETCH, Part, column
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import SizedLabel, plain_label

MARGIN = 12
"""Pixels beside all parts."""
leading = partial(SizedLabel, size=1.15, is_bold=True)
"""Makes the text of a page that is to be read first."""
large = partial(SizedLabel, size=1.1)
"""Makes a text that a class reads."""
quiet = partial(plain_label, "quiet")
"""Makes a note."""


class Wishes(QObject):
    """What the user asks for on the pages of a lesson."""

    played = Signal()
    locked = Signal(object)  # for each prediction the answers, one for each student
    exercise_requested = Signal()
    show_me_requested = Signal()
    restore_requested = Signal()
    left = Signal()
    next_requested = Signal()
    unlock_requested = Signal(str)
    draw_requested = Signal()
    """The keys are to act on the panel Loss."""


Wish = SignalInstance | Callable[[], object]
"""What a button emits or calls."""


class Page(QWidget):
    """A stage of a lesson: texts, and at most one primary button, which Enter presses."""

    answered = Signal()
    """An answer may be another one."""
    primary: PushButton | None = None
    first: QWidget | None = None
    """What takes the focus, rather than the page as a whole."""
    spoken = ""
    """What screen readers say when it comes."""
    foot: QWidget | None = None
    """What stays in sight below it."""

    def fill(self, *parts: Part) -> None:
        """Put parts below each other."""
        column(self, *parts, STRETCH, margins=(MARGIN, 4, MARGIN, 4), gap=9)

    def make_primary(self, name: str, text: str, tip: str, wish: Wish) -> PushButton:
        """Return the button that leads on."""
        self.primary = self.foot = button(name, text, tip, wish)
        self.primary.make_primary()
        return self.primary

    @Slot()
    def go_on(self) -> None:
        """Press the primary button, as Enter does."""
        if self.primary is not None:
            self.primary.click()

    def show_course(self, course: Course) -> None:
        """Show how far the course is; its stage, steps and attempts are those of this page."""

    def show_strayed(self, text: str) -> None:
        """Say that the recipe is not the lesson's; "" if it is."""

    def show_next(self, title: str) -> None:
        """Offer the next lesson; "" for none."""

    def show_drawing(self, losses: tuple[float, ...] | None) -> None:
        """Take what is drawn on the panel Loss."""


def button(name: str, text: str, tip: str, wish: Wish) -> PushButton:
    """Return a button that is explained."""
    made = PushButton(name, text)
    explain(made, text, tip)
    made.clicked.connect(wish)
    return made
