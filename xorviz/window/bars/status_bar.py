"""The status bar."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QSizePolicy, QStatusBar, QWidget

from xorviz.core import numerals
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.words import whose
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.forms.boxes import row
from xorviz.ui.forms.fields import explain
from xorviz.ui.guard import guarded
from xorviz.ui.said import plain
from xorviz.window.document.kernel_note import COMPILING, COMPILING_EXPLAINED, explained

PROGRESS_AFTER_MS = 500
NOTICE_MS = 8000
_PROGRESS, _NARROWEST_PROGRESS = 11.4, 4.0
"""Widths, in heights of a line; it shrinks after the message has no space left."""
_AROUND_TEXT = 12
"""Pixels of the bar above and below its text together."""
_SPACING, _AT_THE_ENDS = 12, 32
"""Pixels between parts; those at both ends of the bar and around message and progress."""
_ROLES = QPalette.ColorRole
_ELSEWHERE = "Another program takes the steps of this run."
_TAKEN_ELSEWHERE = numerals.NOTHING, "Kernel: none", _ELSEWHERE, _ROLES.PlaceholderText
_CORRECT_HELP = (
    "How many of the four rows are correct at this step, and since which step all four are. "
    "Click, or press Enter, to go to that step."
)


@guarded
class StatusBar(QStatusBar):
    """State, correct rows, step, loss, speed and kernel; a message; progress of long commands."""

    cancelled = Signal()
    step_requested = Signal(object)  # int

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self._widest: dict[QLabel | QPushButton, str] = {}
        """The widest usual text of each part of fixed size."""
        self.state = self._label("status_state", "● Looking back", "What training is doing")
        self._row = QWidget()
        self._message = ElidedLabel()
        _name(self._message, "status_message", "The last message")
        self._correct = PushButton("status_correct")
        self._correct_at: int | None = None
        self._is_untrained = True
        self.step = self._label("status_step", "step 1 000 000 000", "Steps taken")
        self.loss = self._label("status_loss", "loss 0.00002842", "Loss at this step")
        self.speed = self._label("status_speed", "10 000 000 steps/s", "Speed reached")
        self.kernel = self._label("status_kernel", "numpy", "Kernel that takes the steps")
        self._kernel, self._is_taken_here = ("", "", "", _ROLES.PlaceholderText), True
        """The kernel's text, name, explanation and colour, and whether it takes the steps."""
        self._text = self._details = self._notice = self._tip = ""
        self._progress = QProgressBar()
        self._progress.setAccessibleName("Steps done")
        self._cancel = QPushButton("Cancel")
        self._cancel.setAccessibleName("Cancel the steps that are left")
        self._cancel.setToolTip("Stop after the steps done so far (Esc)")
        self._cancel.setShortcut("Esc")
        self._cancel.clicked.connect(self.cancelled)
        self._make_correct()
        self._show_late = QTimer(self, singleShot=True, interval=PROGRESS_AFTER_MS)
        self._show_late.timeout.connect(lambda: self._set_progress_visible(is_visible=True))
        self._forget_late = QTimer(self, singleShot=True, interval=NOTICE_MS)
        self._forget_late.timeout.connect(self.forget_notice)
        self.messageChanged.connect(self.show_tip)  # of actions and widgets under the mouse
        self.hide_progress()  # before it is laid out: its space would widen the window
        self._lay_out()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        _write_into(self.step, f"step {numerals.whole(snapshot.step)}")
        _write_into(self.loss, f"{whose(snapshot)}loss {numerals.real(snapshot.loss)}")
        self._show_correct(snapshot)

    def show_state(self, word: str, sentence: str, is_active: bool, details: str = "") -> None:
        """Show the state, an active one in the accent colour, and a sentence on it.

        Details are shown in the sentence's tool tip.
        """
        _write_into(self.state, f"● {word}" if is_active else word)
        role = _ROLES.Accent if is_active else _ROLES.WindowText
        if role != self.state.foregroundRole():  # setting it costs more than the rest
            self.state.setForegroundRole(role)
        self._text, self._details = sentence, details
        self._write()

    def show_speed(self, steps_per_second: float | None) -> None:
        """Show the speed reached; None while paused."""
        if steps_per_second is None:
            number = numerals.NOTHING
        elif steps_per_second < 10:
            number = f"{steps_per_second:.1f}"
        else:
            number = numerals.whole(steps_per_second)
        _write_into(self.speed, f"{number} steps/s")

    def show_kernel(self, kernel: str, is_compiling: bool, trouble: str = "") -> None:
        """Show the kernel, and why it is not the one asked for."""
        if is_compiling:
            name = f"Kernel: {COMPILING}"
            self._kernel = f"● {COMPILING}", name, COMPILING_EXPLAINED, _ROLES.Accent
        else:
            about = trouble or explained(kernel)
            self._kernel = kernel, f"Kernel: {kernel}", about, _ROLES.PlaceholderText
        self._write_kernel()

    def show_taken_here(self, is_here: bool) -> None:
        """Show the kernel, or that another program takes the steps of this run."""
        if is_here != self._is_taken_here:
            self._is_taken_here = is_here
            self._write_kernel()

    def _write_kernel(self) -> None:
        text, name, about, role = self._kernel if self._is_taken_here else _TAKEN_ELSEWHERE
        self._widest[self.kernel] = text
        self.kernel.setFixedWidth(_width_of(self.kernel, text))
        self.kernel.setText(text)
        self.kernel.setForegroundRole(role)
        explain(self.kernel, name, about)

    @Slot(str)
    def show_notice(self, text: str) -> None:
        """Show a message for 8 s in place of the others."""
        self._notice = text
        self._forget_late.start()
        self._write()

    def withdraw(self, text: str) -> None:
        """Forget a notice that is not true any more, if it is the one shown."""
        if text == self._notice:
            self.forget_notice()

    @Slot(str)
    def show_tip(self, tip: str) -> None:
        """Show a status tip in place of the message; an empty one ends it."""
        self._tip = tip
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
        fits = metrics.horizontalAdvance(whole) < self._progress.maximumWidth() - 8
        self._progress.setFormat(whole if fits else f"{numerals.whole(done)} steps")
        self._progress.setToolTip(f"{whole} steps")
        if not self._progress.isVisible() and not self._show_late.isActive():
            self._show_late.start()

    def hide_progress(self) -> None:
        self._show_late.stop()
        self._set_progress_visible(is_visible=False)

    def _make_correct(self) -> None:
        """Make the button that counts the correct rows and goes to the step they became so."""
        button = self._correct
        button.setEnabled(False)
        button.hide()
        button.setWhatsThis(_CORRECT_HELP)
        button.clicked.connect(lambda: self.step_requested.emit(self._correct_at))
        self._widest[button] = _correct_text(4, 60_000)

    def _show_correct(self, snapshot: Snapshot) -> None:
        first, at = snapshot.record.right.first, snapshot.right_since
        if at is None and first is not None and first <= snapshot.step:
            at = first
        self._correct_at = at
        text = whose(snapshot) + _correct_text(int(snapshot.right.sum()), at)
        if self._is_untrained != snapshot.is_untrained:
            self._is_untrained = snapshot.is_untrained
            self._correct.clearFocus()
            self._fit_width()
        if text == self._correct.text():
            return
        _write_into(self._correct, text)
        self._correct.setEnabled(at is not None)
        tip = f"Go to step {numerals.whole(at or 0)}, where all four became correct"
        self._correct.setToolTip("" if at is None else tip)

    def _set_progress_visible(self, is_visible: bool) -> None:
        """Show the progress in place of the speed, which is that of a run that plays."""
        self._progress.setVisible(is_visible)
        self._cancel.setVisible(is_visible)
        self._fit_width()

    def _write(self) -> None:
        text = self._notice or self._tip or self._text
        if text != self._message.text():
            self._message.setText(text)
        tip = self._details if text == self._text and self._details else text
        self._message.setToolTip(plain(tip))

    @Slot()
    def forget_notice(self) -> None:
        self._notice = ""
        self._write()

    def _lay_out(self) -> None:
        """Put everything into one permanent row: Qt's status tips hide all others."""
        self._row.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row.setMinimumWidth(1)  # it hides parts instead of widening the window
        # Without a width of its own, it gives way before the progress does.
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._message.setMinimumWidth(0)
        numbers = self.step, self.loss, self.speed, self.kernel
        for label in numbers:
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        parts = (self._message, 1), (self._progress, 100), self._cancel, self._correct, *numbers
        row(self._row, self.state, *parts, margins=(10, 2, 10, 2), gap=_SPACING)
        self._fit_text()
        self.addPermanentWidget(self._row, 1)

    def _label(self, name: str, widest: str, accessible_name: str) -> QLabel:
        label = QLabel()
        _name(label, name, accessible_name)
        self._widest[label] = widest
        return label

    def _fit_text(self) -> None:
        """Set all sizes that follow from the font."""
        metrics = self.fontMetrics()  # those of the labels follow later
        line = metrics.height()
        # A fixed size: else each new text lays out the whole window, 2 ms a frame.
        for label, widest in self._widest.items():
            width = max(map(metrics.horizontalAdvance, (widest, label.text())))
            label.setFixedSize(width + _around(label), line + 4)
        self._progress.setMinimumWidth(round(_NARROWEST_PROGRESS * line))
        self._progress.setMaximumWidth(round(_PROGRESS * line))
        # As high with the button as without, whichever style it has: the panels must not jump.
        self._row.setFixedHeight(line + _AROUND_TEXT)
        self._fit_width()

    def _fit_width(self) -> None:
        """Show as many parts as there is room for beside the message, the important ones first."""
        is_busy, needed = self._progress.isVisibleTo(self), self.state.width()
        left_out = {self.speed: is_busy, self._correct: self._is_untrained}
        if is_busy:
            needed += self._progress.minimumWidth() + self._cancel.sizeHint().width() + _SPACING
        for part in (self._correct, self.loss, self.step, self.speed, self.kernel):
            if left_out.get(part):
                part.hide()
                continue
            needed += part.width() + _SPACING
            part.setVisible(needed <= self.width() - _AT_THE_ENDS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_width()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_text()


def _name(label: QLabel, name: str, accessible_name: str) -> None:
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAccessibleName(accessible_name)
    label.setWhatsThis(f"{accessible_name}.")


def _correct_text(count: int, at: int | None) -> str:
    """Return how many rows are correct, and since when all are, or when all were first."""
    correct, rows = f"{count} of {len(ROWS)} correct", len(ROWS)
    if at is None:
        return correct
    step = numerals.whole(at)
    return f"{correct} since {step}" if count == rows else f"{correct} (all {rows} at {step})"


def _write_into(label: QLabel | QPushButton, text: str) -> None:
    """Set the text of a label of fixed size, which grows if it must."""
    if text == label.text():
        return
    if (width := _width_of(label, text)) > label.width():
        label.setFixedWidth(width)
    label.setText(text)


def _width_of(label: QLabel | QPushButton, text: str) -> int:
    return label.fontMetrics().horizontalAdvance(text) + _around(label)


def _around(label: QLabel | QPushButton) -> int:
    return 2 if isinstance(label, QLabel) else 10
