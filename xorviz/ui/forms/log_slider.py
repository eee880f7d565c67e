"""A slider with a logarithmic scale."""

import math

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider

from xorviz.ui.guard import guarded
from xorviz.ui.keys import MOVES, claims, turn_with_focus


@guarded
class LogSlider(QSlider):
    """A slider with a logarithmic scale, and optionally a last notch for "unlimited"."""

    number_requested = Signal(object)  # float | None: None is unlimited
    number_moved = Signal(object)  # the same, while the knob is dragged

    _NOTCHES_PER_DECADE = 60

    def __init__(self, name: str, low: float, high: float, unlimited: bool = False) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._low = low
        self._last = round(math.log10(high / low) * self._NOTCHES_PER_DECADE)
        self._high = high
        self.number: float | None = low
        """The number shown or requested last; it may lie between two notches."""
        self.setObjectName(name)
        # "Unlimited" is far enough from the highest number not to be hit by accident.
        self.setRange(0, self._last + (12 if unlimited else 0))
        self.setSingleStep(6)
        self.setPageStep(self._NOTCHES_PER_DECADE)
        self.setTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
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

    def event(self, event: QEvent) -> bool:
        return claims(event, MOVES) or super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn_with_focus(self, event, super().wheelEvent)
