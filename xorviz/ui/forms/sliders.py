"""Sliders: over numbers on a logarithmic scale, and over the steps of a run."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QRect, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QWheelEvent,
)
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider

from xorviz.ui.guard import guarded
from xorviz.ui.keys import ARROWS, MOVES, claims, is_plain, turn_with_focus

_MAX_NOTCH = 2**31 - 2
"""Qt counts a slider's notches in 32 bits."""
_PAGES = 100
_TICK_GAP, _TICK_LENGTH = 3, 4
"""Pixels from the groove to a tick, and the tick's length."""


@guarded
class _Slider(QSlider):
    """A slider that takes its keys before shortcuts do, and the wheel while it has the focus."""

    def __init__(self, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def event(self, event: QEvent) -> bool:
        return claims(event, MOVES) or super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn_with_focus(self, event, super().wheelEvent)


class LogSlider(_Slider):
    """A slider with a logarithmic scale, and optionally a last notch for "unlimited"."""

    number_requested = Signal(object)  # float | None: None is unlimited
    number_moved = Signal(object)  # the same, while the knob is dragged

    _NOTCHES_PER_DECADE = 60

    def __init__(self, name: str, low: float, high: float, unlimited: bool = False) -> None:
        super().__init__(name)
        self._low = low
        self._last = round(math.log10(high / low) * self._NOTCHES_PER_DECADE)
        self._high = high
        self.number: float | None = low
        """The number shown or requested last; it may lie between two notches."""
        # "Unlimited" is far enough from the highest number not to be hit by accident.
        self.setRange(0, self._last + (12 if unlimited else 0))
        self.setSingleStep(6)
        self.setPageStep(self._NOTCHES_PER_DECADE)
        self.setTracking(False)
        self.valueChanged.connect(self._choose)
        self.sliderMoved.connect(self._move)
        self.sliderReleased.connect(self._end_move)

    def show_number(self, number: float | None) -> None:
        """Move the knob to the notch nearest to a number, without emitting a signal."""
        self.number = number
        if number is None:
            notch = self.maximum()
        else:
            ratio = min(max(number, self._low), self._high) / self._low
            notch = round(math.log10(ratio) * self._NOTCHES_PER_DECADE)
        with QSignalBlocker(self):
            self.setValue(notch)

    def _number_at(self, notch: int) -> float | None:
        if notch > self._last:
            return None
        if notch == self._last:
            return self._high
        number = self._low * 10 ** (notch / self._NOTCHES_PER_DECADE)
        return min(float(f"{number:.2g}"), self._high)

    @Slot(int)
    def _choose(self, notch: int) -> None:
        self.number = self._number_at(notch)
        self.number_requested.emit(self.number)

    @Slot(int)
    def _move(self, notch: int) -> None:
        self.number_moved.emit(self._number_at(notch))

    @Slot()
    def _end_move(self) -> None:
        """Emit the number from before the drag; if it has changed, Qt emits the new one next."""
        self.number_moved.emit(self.number)


@guarded
class TimeSlider(_Slider):
    """A slider from 0 to the newest position, exact to the step in runs below 2**31 - 1 steps.

    It follows no run while the user holds the knob or a key that moves it.
    """

    position_requested = Signal(object)  # int

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._newest = 0
        self.position = 0
        """Where the knob is."""
        self._reported = (0, 0)
        self._requested: int | None = None
        """The last position chosen, until it is reported."""
        self._is_key_down = False
        self._ticks = np.zeros(0, np.int64)
        self.setRange(0, 0)
        self.valueChanged.connect(self._choose_notch)
        self.sliderReleased.connect(self._release)

    @property
    def is_held(self) -> bool:
        """Whether the user holds the knob, or a key that moves it."""
        return self.isSliderDown() or self._is_key_down

    def show_range(self, newest: int, at: int) -> None:
        """Set the range to 0 .. newest and the position, without emitting position_requested."""
        self._reported = (newest, at)
        # A run that has become shorter is another run: a held knob does not apply to it.
        is_free = not self.is_held or newest < self._newest
        if is_free or at == self._requested:
            self._requested = None
        if is_free:
            self._show(newest, at)

    def set_ticks(self, positions: Sequence[int]) -> None:
        """Draw ticks at these positions under the groove."""
        self._ticks = np.unique(np.array(positions, np.int64))
        self.update()

    def choose(self, position: int) -> None:
        """Move the knob to a position as the user does."""
        position = min(max(position, 0), self._newest)
        if position != self.position:
            self._requested = position
            self._place(position)
            self.position_requested.emit(position)

    @Slot(int)
    def _choose_notch(self, notch: int) -> None:
        newest = self._newest
        self.choose(notch if newest <= _MAX_NOTCH else notch * newest // _MAX_NOTCH)

    def _show(self, newest: int, at: int) -> None:
        if newest != self._newest:
            self._newest = newest
            with QSignalBlocker(self):
                self.setMaximum(min(newest, _MAX_NOTCH))
                self.setPageStep(max(1, self.maximum() // _PAGES))
        self._place(at)

    def _place(self, position: int) -> None:
        self.position, newest = position, self._newest
        with QSignalBlocker(self):
            self.setValue(position if newest <= _MAX_NOTCH else position * _MAX_NOTCH // newest)

    @Slot()
    def _release(self) -> None:
        """Show the range reported last; keep a requested position until it is reported."""
        self._is_key_down = False
        newest, at = self._reported
        self._show(newest, at if self._requested is None else self._requested)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab the knob with the left button; move it to the pointer if the press is beside it."""
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        if not self._knob().contains(event.position().toPoint()):
            # With the middle button Qt moves the knob to the pointer.
            middle, places = Qt.MouseButton.MiddleButton, (event.position(), event.globalPosition())
            event = QMouseEvent(event.type(), *places, middle, middle, event.modifiers())
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move one step, a hundredth of the run, or to an end. Keys with Shift are the window's."""
        if event.key() not in MOVES or not is_plain(event):
            event.ignore()
            return
        self._is_key_down = True
        self.choose(self._target_of(Qt.Key(event.key())))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self._is_key_down and not event.isAutoRepeat():
            self._release()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._is_key_down:
            self._release()

    def _target_of(self, key: Qt.Key) -> int:
        at, page = self.position, max(1, self._newest // _PAGES)
        targets = {
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self._newest,
            Qt.Key.Key_PageUp: at + page,
            Qt.Key.Key_PageDown: at - page,
        }
        right, down = ARROWS.get(key, (0, 0))
        return targets.get(key, at + right - down)

    def _part(self, part: QStyle.SubControl) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        kind = QStyle.ComplexControl.CC_Slider
        return self.style().subControlRect(kind, option, part, self)

    def _knob(self) -> QRect:
        return self._part(QStyle.SubControl.SC_SliderHandle)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ticks.size:
            groove, knob = self._part(QStyle.SubControl.SC_SliderGroove), self._knob()
            # The middle of the knob at position 0, and the length of its path, in pixels.
            left = knob.center().x() - knob.left() + groove.left()
            span, newest = max(1, groove.width() - knob.width()), max(1, self._newest)
            # The middles of the columns of pixels that have a tick.
            columns = np.unique(self._ticks[self._ticks <= newest] * span // newest) + left + 0.5
            top = groove.bottom() + _TICK_GAP + 0.5
            painter = QPainter(self)
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawLines([QLineF(x, top, x, top + _TICK_LENGTH) for x in columns.tolist()])
            painter.end()
        super().paintEvent(event)
