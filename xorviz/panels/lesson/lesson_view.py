"""The column of a lesson: where it is, what is asked, what to do now, and what that needs."""

from collections.abc import Collection, Sequence
from html import escape
from itertools import pairwise

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.lessons.course import Course, Stage
from xorviz.panels.lesson.pages import MARGIN, PAGES, Page, Wishes
from xorviz.panels.settings.setting_fields import SettingFields
from xorviz.ui.chrome.buttons import ActionButton
from xorviz.ui.focus import has_focus_proxy
from xorviz.ui.forms.boxes import column, hairline
from xorviz.ui.forms.scrolled import (
    SizedLabel,
    WrappingRow,
    plain_label,
    scrolled,
    size_labels,
    wrapping_form,
)
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER, end_typing
from xorviz.ui.said import announce, tell

NAMES = {
    Stage.PLAY: "Play",
    Stage.PREDICT: "Predict",
    Stage.DO: "Run",
    Stage.WHY: "See why",
    Stage.EXERCISE: "Try it",
}
MAIN = ("run_button", "lab_run_button")
"""Buttons as wide as the column, below the others."""
_SCROLLING = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_CHARACTERS, _FEWEST, _SHARE = 46, 26, 0.3
"""Width in characters, if that is less of a window than this share; else the fewest."""
_ABOUT = (
    "The lesson: predict, run, see why. Run is locked until the prediction is. Nothing here "
    "changes your own work; Keep this run pins a copy of the run there."
)


@guarded
class LessonView(QWidget):
    """A pure picture of a course: a page for each stage, scrolled where it needs it.

    Below the page stand the fields and the buttons that its stage needs.
    """

    config_chosen = Signal(object)  # RunConfig

    def __init__(self, place: str, following: str, actions: Sequence[QAction]) -> None:
        """Show a lesson, with the title of the next one, or ""; its stages need these actions."""
        super().__init__()
        self.setObjectName("lesson")
        self.setAccessibleName("Lesson")
        tell(self, _ABOUT, "lessons")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.wishes = Wishes(self)
        self._following, self._actions = following, actions
        self._config = RunConfig()
        self._fields = SettingFields(self, tuple(SETTINGS))
        self._fields.changed.connect(self._choose)
        self._fields.refused.connect(self.show_notice)
        self._place, self._title = plain_label("quiet", place), SizedLabel("", 1.15, is_bold=True)
        self._trail = QLabel(textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self._trail.setObjectName("lesson_trail")
        self._shown: object = None
        """What the page was made for."""
        self._drawing: tuple[float, ...] | None = None
        self._page, self._form = Page(), QWidget()
        self._form.hide()
        self._foot_parts: list[QWidget] = []
        self._buttons: list[ActionButton] = []
        """Those of the stage."""
        self._lay_out()

    def _lay_out(self) -> None:
        self._rows = wrapping_form(self._form)
        self._rows.setContentsMargins(0, 0, 0, 0)
        for name in SETTINGS:
            self._fields.add_row(self._rows, name)
        inside = QWidget()
        head = column(None, self._place, self._title, self._trail, margins=(MARGIN, 8, MARGIN, 4))
        self._inside = column(inside, head, hairline(), self._page, margins=(0, 0, 0, 0), gap=4)
        self._inside.addStretch(1)
        self._area = scrolled(inside)
        self._area.setObjectName("lesson_page")
        self._area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for part in (inside, self._area.viewport()):  # the column is the ground
            part.setAutoFillBackground(False)
        self._notice = plain_label()
        self._notice.hide()
        self._foot = column(None, self._notice, margins=(MARGIN, 4, MARGIN, MARGIN), gap=6)
        column(self, (self._area, 1), self._foot, margins=(1, 1, 1, 1), gap=2)

    def width_in(self, window_width: int) -> int:
        """Return the width in pixels that the column takes of a window."""
        letter = self.fontMetrics().averageCharWidth()
        return max(_FEWEST * letter, min(_CHARACTERS * letter, round(_SHARE * window_width)))

    def sizeHint(self) -> QSize:
        return QSize(self.width_in(self.window().width()), 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.width_in(0), 160)

    def show_course(
        self, course: Course, needed: Collection[str], settings: Collection[str]
    ) -> None:
        """Show how far a course is, with the buttons and the fields that it needs now."""
        shown = course.stage, len(course.seen), course.tries, course.is_shown
        if shown != self._shown:
            self._shown = shown
            self._title.setText(course.lesson.title)
            self._show_trail(course)
            for name in SETTINGS:
                label = self._fields.labels.get(name, self._fields[name])
                self._rows.setRowVisible(label, name in settings)
            offered = [one for one in self._actions if one.objectName() in needed]
            self._buttons = [ActionButton(action) for action in offered]
            self._turn_to(PAGES[course.stage](course, self.wishes, self._following), settings)
        self._page.show_course(course)

    def show_config(self, config: RunConfig) -> None:
        """Show the settings of the run, or of the lab."""
        self._config = config
        self._fields.show(config)

    @Slot()
    def _choose(self) -> None:
        chosen = self._fields.chosen(self._config)
        if chosen != self._config:
            self.config_chosen.emit(chosen)

    def show_drawing(self, losses: tuple[float, ...] | None) -> None:
        """Take what is drawn on the panel Loss, or None as long as nothing is."""
        self._drawing = losses
        self._page.show_drawing(losses)

    def show_primary(self, name: str) -> None:
        """Draw the button of this action as the one to press now; "" for none."""
        for one in self._buttons:
            one.setProperty("primary", one.objectName() == f"{name}_button")
            one.style().polish(one)

    def show_notice(self, text: str) -> None:
        """Say something that is no part of the lesson, until the next page."""
        self._notice.setText(text)
        self._notice.setVisible(bool(text))
        if text:
            announce(self, text)

    def refit(self) -> None:
        """Fit texts to the font: a style sheet that is set again takes their own from labels."""
        size_labels(self)
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.refit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on by Enter, unless what has the focus takes it."""
        if event.key() in ENTER:
            self._page.go_on()
            self._keep_in_sight()
        elif event.key() in _SCROLLING:
            QApplication.sendEvent(self._area.verticalScrollBar(), event)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press a button that was disabled until what is being typed counts."""
        end_typing()
        below = self.childAt(event.position().toPoint())
        if isinstance(below, ActionButton):
            below.click()

    @Slot()
    def _keep_in_sight(self) -> None:
        """Scroll to what keys have reached."""
        reached = QApplication.focusWidget()
        if reached is not None and self._area.isAncestorOf(reached):
            self._area.ensureWidgetVisible(reached)

    def _show_trail(self, course: Course) -> None:
        """Show the stages of the lesson, and which is the present one."""
        lesson = course.lesson
        missing = {Stage.PLAY: not lesson.play, Stage.EXERCISE: lesson.exercise is None}
        stages = [stage for stage in NAMES if not missing.get(stage, False)]
        said = "Lesson done"
        if course.stage is not Stage.DONE:
            at = stages.index(course.stage) + 1
            said = f"Stage {at} of {len(stages)}: {NAMES[course.stage]}"
        names = (escape(NAMES[one]).replace(" ", "\u00a0") for one in stages)
        pairs = zip(stages, names, strict=True)
        marked = (f"<b>{name}</b>" if one is course.stage else name for one, name in pairs)
        self._trail.setText(" › ".join(marked))
        self._trail.setAccessibleName(said)
        self._trail.setToolTip(said)

    def _turn_to(self, page: Page, settings: Collection[str]) -> None:
        """Show another page; what asked for it may be a button of the one before."""
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        if had_focus:
            self._area.setFocus()  # else Qt gives it to another part of the window
        self._form.setParent(self)  # else it would go with its page
        before, self._page = (self._page, *self._foot_parts), page
        page.answered.connect(self._keep_in_sight)
        self._inside.replaceWidget(before[0], page)
        for gone in before:
            gone.hide()
            gone.deleteLater()
        page.show()  # else it is only when events are handled, and takes no focus before
        if page.form_at is not None:
            page.parts.insertWidget(page.form_at, self._form)
            self._form.show()
        others = [one for one in self._buttons if one.objectName() not in MAIN]
        main = [one for one in self._buttons if one.objectName() in MAIN]
        parts = [*([WrappingRow(others)] if others else []), *main, page.foot]
        self._foot_parts = [part for part in parts if part is not None]
        for part in self._foot_parts:
            self._foot.addWidget(part)
            part.show()
        page.show_drawing(self._drawing)
        self._notice.hide()
        self._order_tabs()
        size_labels(self)
        self._area.setAccessibleName(page.spoken)
        self._area.verticalScrollBar().setValue(0)
        field = next((self._fields[name] for name in settings), None)
        self.setFocusProxy(page.first or field or next(iter(main), page.primary) or self._area)
        if had_focus:
            self.setFocus(Qt.FocusReason.TabFocusReason)  # a number is selected, to type over
        announce(self, page.spoken)

    def _order_tabs(self) -> None:
        """Let Tab lead through the column in its order; Qt puts what is new at the window's end."""
        owners = (self._page, *self._foot_parts)
        parts = [part for owner in owners for part in (owner, *owner.findChildren(QWidget))]
        stops = [part for part in parts if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
        inside = (part for part in stops if part.window() is self.window())  # lists pop up outside
        own = [part for part in inside if not has_focus_proxy(part)]
        for one, other in pairwise((self._area, *own)):
            self.setTabOrder(one, other)
