"""The status bar."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QSizePolicy, QStatusBar, QWidget

from xorviz.core import numerals
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.words import whose
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.forms.boxes import row
from xorviz.ui.guard import guarded
from xorviz.ui.said import plain, tell

PROGRESS_AFTER_MS = 500
NOTICE_MS = 8000
_AROUND_TEXT = 12
"""Pixels of the bar above and below its text together."""
_SPACING, _AT_THE_ENDS = 12, 32
"""Pixels between parts, and at both ends of the bar together."""
_ROLES = QPalette.ColorRole
_Label = TypeVar("_Label", bound=QLabel)


@guarded
class StatusBar(QStatusBar):
    """What training is doing, a message, and the loss; progress of long commands.

    The loss gives way to a message that doesn't fit beside it, and to progress. A notice goes
    after 8 s, or with its cause: once another step is shown at rest, or a change begins.
    """

    cancelled = Signal()
    noticed = Signal(str)
    """A message that is not the state's."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.state = _named(QLabel(), "status_state", "What training is doing")
        self._row = QWidget()
        self._message = _named(ElidedLabel(), "status_message", "The last message")
        self.loss = _named(QLabel(), "status_loss", "Loss at this step")
        self._widest = {self.state: "Stopped at 60 000", self.loss: "loss 0.00002842"}
        """The widest usual text of each part of fixed size."""
        self._sentence = self._details = self._notice = ""
        self.step_at_rest: Callable[[], int | None] = lambda: None
        """Returns the step shown, or gone to; None during training."""
        self._noticed_at: int | None = None
        self._progress = QProgressBar()
        self._progress.setAccessibleName("Steps done")
        self._cancel = QPushButton("Cancel")
        self._cancel.setObjectName("status_cancel")
        self._cancel.setAccessibleName("Cancel the steps that are left")
        self._cancel.setToolTip("Stop after the steps done so far (Esc)")
        self._cancel.setShortcut("Esc")
        self._cancel.clicked.connect(self.cancelled)
        self._show_late = QTimer(self, singleShot=True, interval=PROGRESS_AFTER_MS)
        self._show_late.timeout.connect(lambda: self._set_progress_visible(is_visible=True))
        self._forget_late = QTimer(self, singleShot=True, interval=NOTICE_MS)
        self._forget_late.timeout.connect(self.forget_notice)
        self.hide_progress()  # before it is laid out: its space would widen the window
        self._lay_out()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        _write_into(self.loss, f"{whose(snapshot)}loss {numerals.real(snapshot.loss)}")

    def show_state(
        self, word: str, sentence: str, is_active: bool, tip: str = "", details: str = ""
    ) -> None:
        """Show the state with its tip, an active one in the accent colour, and a sentence on it.

        Details are shown in the sentence's tool tip.
        """
        _write_into(self.state, f"● {word}" if is_active else word)
        role = _ROLES.Accent if is_active else _ROLES.WindowText
        if role != self.state.foregroundRole():  # setting it costs more than the rest
            self.state.setForegroundRole(role)
        if tip != self.state.toolTip():
            self.state.setToolTip(tip)
        self._sentence, self._details = sentence, details
        self._end_with_step()
        self._write()

    @Slot(str)
    def show_notice(self, text: str) -> None:
        """Show a message for 8 s in place of the state's; an empty one ends the last."""
        self._notice, self._noticed_at = text, None
        QTimer.singleShot(0, self._note_step)  # after what it is a notice of
        if text:
            self.noticed.emit(text)
        self._forget_late.start()
        self._write()

    def _end_with_step(self) -> None:
        """End a notice where another step is shown than at its time; training doesn't end it."""
        step = self.step_at_rest()
        if self._noticed_at is None:
            self._noticed_at = step
        elif step not in {None, self._noticed_at}:
            self._notice = ""

    @Slot()
    def _note_step(self) -> None:
        self._noticed_at = self.step_at_rest()

    @Slot()
    def forget_notice(self) -> None:
        self._notice = ""
        self._write()

    @Slot(object)
    def show_progress(self, progress: tuple[int, int]) -> None:
        """Set the progress (steps done, steps in all); it appears after half a second.

        All steps done end it.
        """
        done, total = progress
        if done >= total:
            self.hide_progress()
            return
        # In thousandths: the bar counts in 32 bits.
        self._progress.setMaximum(1000)
        self._progress.setValue(1000 * done // total)
        whole = f"{numerals.whole(done)} of {numerals.whole(total)}"
        metrics = self._progress.fontMetrics()
        fits = metrics.horizontalAdvance(whole) < self._progress.width() - 8
        self._progress.setFormat(whole if fits else f"{numerals.whole(done)} steps")
        self._progress.setToolTip(f"{whole} steps")
        if not self._progress.isVisible() and not self._show_late.isActive():
            self._show_late.start()

    def hide_progress(self) -> None:
        self._show_late.stop()
        self._set_progress_visible(is_visible=False)

    def _set_progress_visible(self, is_visible: bool) -> None:
        self._progress.setVisible(is_visible)
        self._cancel.setVisible(is_visible)
        self._make_room()

    def _write(self) -> None:
        text = self._notice or self._sentence
        if text != self._message.text():
            self._message.setText(text)
            self._make_room()
        self._message.setToolTip(plain(text if self._notice else self._details or text))

    def _make_room(self) -> None:
        """Hide the loss where progress stands, or a message that doesn't fit beside it."""
        needed = self._message.whole_width + sum(part.width() + _SPACING for part in self._widest)
        fits = needed <= self.width() - _AT_THE_ENDS
        self.loss.setVisible(fits and self._progress.isHidden())

    def _lay_out(self) -> None:
        """Put everything into one permanent row: Qt's status tips hide all others."""
        self._row.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row.setMinimumWidth(1)  # it may be cut off, and does not widen the window
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.loss.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        parts = (self._message, 1), self._progress, self._cancel, self.loss
        row(self._row, self.state, *parts, margins=(10, 2, 10, 2), gap=_SPACING)
        self._fit_text()
        self.addPermanentWidget(self._row, 1)

    def _fit_text(self) -> None:
        """Set all sizes that follow from the font."""
        metrics = self.fontMetrics()  # those of the labels follow later
        line = metrics.height()
        # A fixed size: else each new text lays out the whole window, 2 ms a frame.
        for label, widest in self._widest.items():
            width = max(map(metrics.horizontalAdvance, (widest, label.text())))
            label.setFixedSize(width + 2, line + 4)
        self._progress.setFixedWidth(round(11.4 * line))
        # As high with the button as without, whichever style it has: the panels must not jump.
        self._row.setFixedHeight(line + _AROUND_TEXT)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_text()


def _named(label: _Label, name: str, accessible_name: str) -> _Label:
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAccessibleName(accessible_name)
    tell(label, f"{accessible_name}.")
    return label


def _write_into(label: QLabel, text: str) -> None:
    """Set the text of a label of fixed size, which grows if it must."""
    if text == label.text():
        return
    if (width := label.fontMetrics().horizontalAdvance(text) + 2) > label.width():
        label.setFixedWidth(width)
    label.setText(text)
