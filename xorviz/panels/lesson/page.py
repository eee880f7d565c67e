"""What all pages of a lesson have in common."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from xorviz.lessons.course import Course
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.forms.boxes import STRETCH, Part, column, row
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import SizedLabel, plain_label

MARGIN = 12
"""Pixels beside all parts."""
leading = partial(SizedLabel, size=1.15, is_bold=True)
"""Makes the text of a page that is to be read first."""
large = partial(SizedLabel, size=1.1)
quiet = partial(plain_label, "quiet")
"""Makes a note."""


class Wishes(QObject):
    """What the user asks for on the pages of a lesson."""

    played = Signal()
    locked = Signal(object)  # tuple[Answer, ...]: one to each prediction
    exercise_requested = Signal()
    show_me_requested = Signal()
    next_requested = Signal()
    left = Signal()
    draw_requested = Signal()
    """The keys are to act on the panel Loss."""


class Page(QWidget):
    """A stage of a lesson: texts, and at most one primary button, which Enter presses."""

    answered = Signal()
    """An answer may be another one."""
    primary: PushButton | None = None
    first: QWidget | None = None
    """What takes the focus, rather than the page as a whole."""
    spoken = ""
    """What screen readers say when it comes."""
    form_at: int | None = None
    """After how many of its parts the fields come; None for a page without."""
    foot: PushButton | None = None
    """What stays in sight below it."""

    def fill(self, *parts: Part) -> None:
        """Put parts below each other."""
        self.parts = column(self, *parts, STRETCH, margins=(MARGIN, 4, MARGIN, 4), gap=9)

    def make_primary(
        self, name: str, text: str, tip: str, wish: SignalInstance | Callable[[], object]
    ) -> PushButton:
        """Return the button that leads on."""
        self.primary = self.foot = button(name, text, tip, wish)
        self.primary.make_primary()
        return self.primary

    def make_ending(self, wishes: Wishes, following: str) -> None:
        """Make the button that leads to the lesson of this title; "" for the way out."""
        if following:
            tip = f"Begin “{following}” (Enter)"
            self.make_primary("lesson_next", "Next lesson", tip, wishes.next_requested)
        else:
            self.make_primary("lesson_end", "Close", "Close this window", wishes.left)

    @Slot()
    def go_on(self) -> None:
        """Press the primary button, as Enter does."""
        if self.primary is not None:
            self.primary.click()

    def show_course(self, course: Course) -> None:
        """Show how far the course is; its stage, steps and attempts are those of this page."""

    def show_drawing(self, losses: tuple[float, ...] | None) -> None:
        """Take what is drawn on the panel Loss."""


def button(
    name: str, text: str, tip: str, wish: SignalInstance | Callable[[], object]
) -> PushButton:
    """Return a button that is explained."""
    made = PushButton(name, text)
    explain(made, text, tip)
    made.clicked.connect(wish)
    return made


def signed(sign: str, text: str, is_bold: bool = False) -> QHBoxLayout:
    """Return a text with a sign before it: ✓ for what is done or came true, ● for an answer."""
    mark = QLabel(sign)
    mark.setObjectName("lesson_sign")
    words = SizedLabel(text, is_bold=is_bold)
    return row(None, (mark, 0), (words, 1), gap=8)
