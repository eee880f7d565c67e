"""The bar of a lesson: where it is, what is asked and what to do now."""

from collections.abc import Callable, Mapping
from itertools import pairwise

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from xorviz.lessons.course import Course, Stage
from xorviz.panels.lesson.pages.doing import DoPage
from xorviz.panels.lesson.pages.ending import LEAVE
from xorviz.panels.lesson.pages.page import MARGIN, Page, Wishes
from xorviz.panels.lesson.pages.predict import PlayPage, PredictPage
from xorviz.panels.lesson.pages.trying import DonePage, ExercisePage
from xorviz.panels.lesson.pages.why import WhyPage
from xorviz.panels.lesson.trail import Trail
from xorviz.panels.lesson.word_field import WordField
from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.focus import has_focus_proxy
from xorviz.ui.forms.boxes import column, hairline, row
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import SizedLabel, plain_label, scrolled, size_labels
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER
from xorviz.ui.said import announce
from xorviz.ui.theme.palette import Theme
from xorviz.ui.theme.style import palette

_CHARACTERS, _FEWEST, _LEAST, _SHARE = 46, 26, 240, 0.27
"""Width in characters, if that is less of a window than this share; else the fewest, or pixels."""
_FEW_LINES = 12
_ABOUT = (
    "The lesson: predict, run, see why. Run is locked until the prediction is; everything else "
    "stays free. Leaving the lesson brings your own work back as it was."
)

_PAGES: Mapping[Stage, Callable[[Course, Wishes], Page]] = {
    Stage.PLAY: PlayPage,
    Stage.PREDICT: PredictPage,
    Stage.DO: DoPage,
    Stage.WHY: WhyPage,
    Stage.EXERCISE: ExercisePage,
    Stage.DONE: DonePage,
}


@guarded
class LessonView(QWidget):
    """A pure picture of a course. A page for each stage, scrolled where it needs it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lesson")
        self.setAccessibleName("Lesson")
        self.setWhatsThis(_ABOUT)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.wishes = Wishes(self)
        self._place, self._title = plain_label("quiet"), SizedLabel("", 1.15, is_bold=True)
        self._leave = ToolButton("lesson_leave")
        self._leave.setText("Leave")
        explain(self._leave, "Leave the lesson", LEAVE)
        self._leave.clicked.connect(self.wishes.left)
        self._trail, self._page = Trail(), Page()
        self._word = WordField(self.wishes)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._begin_at_top)
        self._lay_out()
        self._gone = QWidget(self)
        """Pages on their way out: without a parent they would be windows for a moment."""
        self._gone.hide()
        self.begin()

    def _lay_out(self) -> None:
        inside = QWidget()
        head = column(None, self._title, self._trail, margins=(MARGIN, 5, MARGIN, 4), gap=4)
        self._inside = column(inside, head, hairline(), self._page, margins=(0, 0, 0, 0), gap=4)
        self._inside.setStretch(2, 1)
        self._area = scrolled(inside)
        self._area.setObjectName("lesson_page")
        self._area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for part in (inside, self._area.viewport()):  # the bar is the ground
            part.setAutoFillBackground(False)
        top = row(None, (self._place, 1), self._leave, margins=(MARGIN, 5, MARGIN, 0), gap=6)
        self._foot = column(None, margins=(MARGIN, 4, MARGIN, MARGIN), gap=0)
        column(self, top, (self._area, 1), self._foot, self._word, margins=(1, 1, 1, 1), gap=2)

    def width_in(self, window_width: int) -> int:
        """Return the width in pixels that the bar takes of a window."""
        letter = self.fontMetrics().averageCharWidth()
        least = max(_LEAST, _FEWEST * letter)
        return max(least, min(_CHARACTERS * letter, round(_SHARE * window_width)))

    def sizeHint(self) -> QSize:
        return QSize(self.width_in(self.window().width()), 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.width_in(0), 160)

    def begin(self) -> None:
        """Show the next course from its beginning, also if it is the one shown."""
        self._shown: object = None
        """What the page was made for."""
        self._strayed = self._next = ""
        self._drawing: tuple[float, ...] | None = None
        self._word.show_unlocking(False, "")

    def show_course(self, course: Course, place: str) -> None:
        """Show how far a course is; place is such as Lesson 3 of 9, or the name of a file."""
        self._place.setText(place)
        shown = course.lesson, course.stage, len(course.seen), course.tries, course.is_shown
        if shown != self._shown:
            self._shown = shown
            self._title.setText(course.lesson.title)
            self._trail.show_course(course)
            self._turn_to(_PAGES[course.stage](course, self.wishes))
        self._page.show_course(course)

    def show_next(self, title: str) -> None:
        """Offer the lesson of this title at the end; "" for none."""
        self._next = title
        self._page.show_next(title)

    def show_strayed(self, text: str) -> None:
        """Say that the recipe is not the lesson's, and offer to set it back; "" if it is."""
        if text != self._strayed:
            self._strayed = text
            self._page.show_strayed(text)
            announce(self, text)

    def show_drawing(self, losses: tuple[float, ...] | None) -> None:
        """Take what is drawn on the panel Loss, or None as long as nothing is."""
        self._drawing = losses
        self._page.show_drawing(losses)

    def show_unlocking(self, is_locked: bool, trouble: str) -> None:
        """Ask for the teacher's word while settings are locked; trouble is about the last one."""
        self._word.show_unlocking(is_locked, trouble)
        announce(self, trouble)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self.setPalette(palette(theme))
        # A style sheet that is set again takes the labels' own fonts from them.
        size_labels(self)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            size_labels(self)
            self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on by Enter, unless what has the focus takes it."""
        focused = QApplication.focusWidget()
        if event.key() in ENTER and focused is not None and self._is_of_page(focused):
            self._page.go_on()
            self._keep_in_sight()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _keep_in_sight(self) -> None:
        """Scroll to what keys have reached."""
        if (reached := QApplication.focusWidget()) is not None:
            self._area.ensureWidgetVisible(reached)

    def _is_of_page(self, widget: QWidget) -> bool:
        owners = filter(None, (self._area, self._page.foot))
        return any(widget is owner or owner.isAncestorOf(widget) for owner in owners)

    def _turn_to(self, page: Page) -> None:
        """Show another page; what asked for it may be a button of the one before."""
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self._is_of_page(focused)
        if had_focus:
            self._area.setFocus()  # else Qt gives it to another part of the window
        before, self._page = self._page, page
        page.answered.connect(self._keep_in_sight)
        self._inside.replaceWidget(before, page)
        for part in filter(None, (before, before.foot)):
            part.setParent(self._gone)
            part.deleteLater()
        page.show()  # else it is only when events are handled, and takes no focus before
        if page.foot is not None:
            self._foot.addWidget(page.foot)
            page.foot.show()
        page.show_strayed(self._strayed)
        page.show_next(self._next)
        page.show_drawing(self._drawing)
        size_labels(self)
        self._area.setAccessibleName(page.spoken)
        self._later.start()
        self._order_tabs()
        self.setFocusProxy(page.first or self._area)
        if had_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, page.spoken)

    @Slot()
    def _begin_at_top(self) -> None:
        """Scroll to the top once a new page is laid out; where few lines fit, past the title."""
        lines = self._area.viewport().height() / self.fontMetrics().height()
        self._area.verticalScrollBar().setValue(self._page.y() if lines < _FEW_LINES else 0)

    def _order_tabs(self) -> None:
        """Let Tab lead through the page in its order; Qt puts what is new at the window's end."""
        owners = filter(None, (self._page, self._page.foot, self._word))
        parts = [part for owner in owners for part in (owner, *owner.findChildren(QWidget))]
        stops = [part for part in parts if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
        own = [part for part in stops if not has_focus_proxy(part)]
        for one, other in pairwise((self._leave, self._area, *own)):
            self.setTabOrder(one, other)
