"""A slider over the steps of a run, which leaves its knob to the hand that holds it."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QLineF, QRect, Qt, Signal, Slot
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

from xorviz.ui.keys import ARROWS, MOVES, claims, is_plain

_MOST = 2**31 - 2
"""Notches at most: Qt counts them in 32 bits."""
_PAGES = 100
_TICK_GAP, _TICK_LENGTH = 3, 4
"""Pixels from the groove down to a tick, and down to its end."""


class TimeSlider(QSlider):
    """Positions from 0 to the newest one; each is a notch of its own in runs below 2**31 - 1.

    While a person holds the knob or one of its keys, what is shown otherwise waits.
    """

    position_requested = Signal(object)  # int

    def __init__(self, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._newest = self._position = 0
        self._reported = (0, 0)
        self._asked: int | None = None
        """The last position chosen, until it is reported."""
        self._grip = 0
        """Pixels from the pointer to the middle of the knob that it holds."""
        self._is_key_down = False
        self._ticks: list[int] = []
        self.setObjectName(name)
        self.setRange(0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self._choose_notch)
        self.sliderReleased.connect(self._let_go)

    @property
    def is_held(self) -> bool:
        """Whether a person holds the knob, or a key that moves it."""
        return self.isSliderDown() or self._is_key_down

    def position(self) -> int:
        """Return where the knob is."""
        return self._position

    def show_range(self, newest: int, at: int) -> None:
        """Reach from 0 to the newest position and stand at one of them, without choosing it."""
        self._reported = (newest, at)
        # A run that has become shorter is another one: nobody holds a place in it.
        is_free = not self.is_held or newest < self._newest
        if is_free or at == self._asked:
            self._asked = None
        if is_free:
            self._show(newest, at)

    def set_ticks(self, positions: Sequence[int]) -> None:
        """Mark these positions under the groove."""
        self._ticks = sorted(set(positions))
        self.update()

    def choose(self, position: int) -> None:
        """Move the knob to a position as a person does."""
        position = min(max(position, 0), self._newest)
        if position != self._position:
            self._asked = position
            self._place(position)
            self.position_requested.emit(position)

    @Slot(int)
    def _choose_notch(self, notch: int) -> None:
        self.choose(self._position_at(notch))

    def _show(self, newest: int, at: int) -> None:
        if newest != self._newest:
            self._newest = newest
            was_blocked = self.blockSignals(True)
            self.setMaximum(min(newest, _MOST))
            self.setPageStep(max(1, self.maximum() // _PAGES))
            self.blockSignals(was_blocked)
        self._place(at)

    def _place(self, position: int) -> None:
        self._position = position
        was_blocked = self.blockSignals(True)
        self.setValue(self._notch_of(position))
        self.blockSignals(was_blocked)

    def _notch_of(self, position: int) -> int:
        return position if self._newest <= _MOST else position * _MOST // self._newest

    def _position_at(self, notch: int) -> int:
        return notch if self._newest <= _MOST else notch * self._newest // _MOST

    @Slot()
    def _let_go(self) -> None:
        """Show what has waited; but stay where the hand has left the knob until that is shown."""
        self._is_key_down = False
        newest, at = self._reported
        self._show(newest, at if self._asked is None else self._asked)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the knob; from anywhere else it comes to the pointer first."""
        if event.button() is not Qt.MouseButton.LeftButton or self.maximum() == 0:
            event.ignore()
            return
        x, knob = round(event.position().x()), self._knob()
        is_on_knob = knob.left() <= x <= knob.right()
        self._grip = knob.center().x() - x if is_on_knob else 0
        self.setSliderDown(True)
        self._follow(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._follow(round(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        return claims(event, MOVES) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go one step, a hundredth of the run, or to an end. Keys with Shift are the window's."""
        if event.key() not in MOVES or not is_plain(event):
            event.ignore()
            return
        self._is_key_down = True
        self.choose(self._goal_of(Qt.Key(event.key())))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self._is_key_down and not event.isAutoRepeat():
            self._let_go()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._is_key_down:
            self._let_go()

    def _goal_of(self, key: Qt.Key) -> int:
        at, page = self._position, max(1, self._newest // _PAGES)
        goals = {
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self._newest,
            Qt.Key.Key_PageUp: at + page,
            Qt.Key.Key_PageDown: at - page,
        }
        right, down = ARROWS.get(key, (0, 0))
        return goals.get(key, at + right - down)

    def _follow(self, x: int) -> None:
        """Bring the knob to the pointer."""
        knob, (left, span) = self._knob(), self._way()
        middle = x + self._grip
        # A knob that is already as near as it can be stays: a pixel is many steps.
        if middle != knob.center().x():
            notch = QStyle.sliderValueFromPosition(0, self.maximum(), middle - left, span)
            self.setSliderPosition(notch)

    def _part(self, part: QStyle.SubControl) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        kind = QStyle.ComplexControl.CC_Slider
        return self.style().subControlRect(kind, option, part, self)

    def _knob(self) -> QRect:
        return self._part(QStyle.SubControl.SC_SliderHandle)

    def _way(self) -> tuple[int, int]:
        """Return where the middle of the knob is at position 0, and how far it goes, in pixels."""
        groove, knob = self._part(QStyle.SubControl.SC_SliderGroove), self._knob()
        at_start = knob.center().x() - knob.left() + groove.left()
        return at_start, max(1, groove.width() - knob.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ticks:
            painter = QPainter(self)
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawLines([QLineF(x, y, x, y + _TICK_LENGTH) for x, y in self._tick_places()])
            painter.end()
        super().paintEvent(event)

    def _tick_places(self) -> Iterator[tuple[float, float]]:
        """Yield where ticks begin, in pixels: at most one in each column."""
        left, span = self._way()
        top = self._part(QStyle.SubControl.SC_SliderGroove).bottom() + _TICK_GAP + 0.5
        newest, i = max(1, self._newest), 0
        while i < len(self._ticks) and self._ticks[i] <= newest:
            column = self._ticks[i] * span // newest
            yield left + column + 0.5, top
            first_of_next = -(-(column + 1) * newest // span)  # rounded up
            i = bisect_left(self._ticks, first_of_next, lo=i + 1)
