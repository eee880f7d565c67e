"""The timeline below the panels: shows and chooses the step."""

from bisect import bisect_right

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QWidget

from xorviz.core import numerals
from xorviz.core.rules import Whole
from xorviz.core.runs.record import Intervention, Record, step_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.watched import MOST_STATES
from xorviz.core.settings import RunConfig
from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.forms.boxes import row
from xorviz.ui.forms.fields import NumberField, explain
from xorviz.ui.forms.sliders import TimeSlider
from xorviz.ui.guard import guarded
from xorviz.ui.said import tell

_AROUND, _AROUND_PART = 26, 12
"""Pixels of the strip and of its parts, above and below their text together."""
_ICON_LINES = 1.15
_FEWEST_DIGITS = 6
"""Space reserved from the start: enough for most runs."""
_FIELD_FRAME = 22
"""Pixels of a number field besides its digits."""

_ABOUT = "The step shown, and the newest step of the run. Any step up to it can be shown again."
_NOTHING_YET = "Press Run or Step first."
_SLIDER_TIP = (
    "Drag, click, or use the arrow keys, to show another step of the run. A tick below the line "
    "marks a change of a setting or a weight."
)
_NEWEST = "The newest step of the run."
_KEPT = (
    "The newest step of the watched run, and how many of its states are recorded. Only "
    "these can be shown; nothing between them is invented."
)
_FIELD_HELP = "The step shown. Type another step to go to it, or use Up and Down."


@guarded
class Timeline(QWidget):
    """The step shown, of how many, as a slider and a number field.

    Costs far less than a frame: the layout changes only when a number gets longer.
    """

    step_requested = Signal(object)  # int
    refused = Signal(str)
    noticed = Signal(str)

    def __init__(self, step_back: QAction, to_live: QAction) -> None:
        super().__init__()
        self._step = self._newest = 0
        self._record = Record(RunConfig())
        self._kept: int | None = None
        """How many states of a watched run can be shown."""
        self._interventions: tuple[Intervention, ...] = ()
        self._digits = _FEWEST_DIGITS
        """The most in any number so far."""
        self._buttons: list[ToolButton] = []
        self._slider = TimeSlider("timeline")
        self._number = NumberField("timeline_step", Whole(0, 0), grouped=True)
        self._word = QLabel("step")
        self._of = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.setObjectName("timeline_strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        tell(self, _ABOUT, "go-back-in-time")
        self.setAccessibleName("Timeline")
        self._lay_out(step_back, to_live)
        self._fit_text()
        self._show_newest(0)
        self._slider.position_requested.connect(self._choose)
        self._number.valueChanged.connect(self._enter)
        self._number.refused.connect(self._refuse)
        self._number.editingFinished.connect(self._finish_typing)

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a snapshot's step; a dragged knob and typed text stay."""
        self._record = record = snapshot.record
        kept = None
        if record.source is not None:
            kept = bisect_right(record.checkpoints, snapshot.newest, key=step_of)
        if (snapshot.newest, kept) != (self._newest, self._kept):
            self._show_newest(snapshot.newest, kept)
        self._step = snapshot.step
        if (word := snapshot.config.step_word) != self._word.text():
            self._word.setText(word)
        self._slider.show_range(snapshot.newest, snapshot.step)
        second = () if snapshot.beside is None else snapshot.beside.interventions
        if (changes := snapshot.interventions + second) != self._interventions:
            self._interventions = changes
            self._slider.set_ticks([change.step for change in self._interventions])
        if not self._number.is_being_typed_in:
            self._number.show_number(snapshot.step)

    def _show_newest(self, newest: int, kept: int | None = None) -> None:
        """Show of how many steps, and how many of them are kept where that is not each."""
        is_other = (kept is None) != (self._kept is None)
        self._newest, self._kept = newest, kept
        shown = "" if kept is None else f", {numerals.whole(kept)} recorded"
        self._of.setText(f"of {numerals.whole(newest)}{shown}")
        self._number.set_rule(Whole(0, newest))
        if is_other:
            explain(self._of, "Newest step", _NEWEST if kept is None else _KEPT)
        if (digits := len(str(newest))) > self._digits or is_other:
            self._digits = max(digits, self._digits)
            self._fit_text()
        if self._slider.isEnabled() != (newest > 0):
            self._enable(newest > 0)

    def _enable(self, is_any_step_taken: bool) -> None:
        if not is_any_step_taken:
            # Else Qt passes the focus on to a neighbour.
            self._slider.clearFocus()
        self._slider.setEnabled(is_any_step_taken)
        # The field stays enabled: a number that is being typed stays.
        for part, tip in ((self._slider, _SLIDER_TIP), (self._number, _FIELD_HELP)):
            part.setToolTip(tip if is_any_step_taken else _NOTHING_YET)

    def _fit_text(self) -> None:
        """Fix the sizes for the longest number so far: labels of fixed size cost less."""
        metrics = self.fontMetrics()
        widest, width = numerals.whole(int("8" * self._digits)), metrics.horizontalAdvance
        height = metrics.height() + _AROUND_PART
        self.setFixedHeight(metrics.height() + _AROUND)
        self._number.setFixedSize(width(widest) + _FIELD_FRAME, height)
        kept = "" if self._kept is None else f", {numerals.whole(MOST_STATES)} recorded"
        self._of.setFixedSize(width(f"of {widest}{kept}"), height)
        self._slider.setFixedHeight(height + 2)
        icon = round(_ICON_LINES * metrics.height())
        for button in self._buttons:
            button.setIconSize(QSize(icon, icon))
            button.setFixedSize(height, height)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_text()

    @Slot(object)
    def _choose(self, step: int) -> None:
        self._step = step
        self.step_requested.emit(step)

    @Slot(float)
    def _enter(self, step: float) -> None:
        """Choose the number entered, once: Qt may signal both a change and the end of typing."""
        asked = round(step)
        if asked == self._step:
            return
        shown = self._record.towards(asked, self._step)
        self._choose(shown)
        if shown != asked:
            self._number.show_number(shown)
            at, other = map(self._record.config.named, (asked, shown))
            self.noticed.emit(
                f"{at.capitalize()} isn't recorded. The next one that is recorded is {other}."
            )

    @Slot(str)
    def _refuse(self, why: str) -> None:
        """Say why a number is refused: before the first step, there is no other one."""
        self._number.show_number(self._step)
        self.refused.emit(why if self._newest or not why else _NOTHING_YET)

    @Slot()
    def _finish_typing(self) -> None:
        """Choose what was typed, even the number from before, and follow the run again."""
        self._enter(self._number.value())
        self._number.show_number(self._step)

    def _lay_out(self, step_back: QAction, to_live: QAction) -> None:
        self._buttons = back, newest = [ToolButton(action=one) for one in (step_back, to_live)]
        for button in self._buttons:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._word.setObjectName("quiet")
        self._word.setBuddy(self._number)
        self._of.setObjectName("quiet")
        along, number = (
            (back, 4, (self._slider, 1), 4, newest),
            (12, self._word, self._number, self._of),
        )
        row(self, *along, *number, margins=(8, 0, 14, 0), gap=5)
        explain(self._slider, "Step shown", _SLIDER_TIP)
        explain(self._number, "Step", _FIELD_HELP)
        explain(self._of, "Newest step", _NEWEST)
