"""Number boxes, choices, switches and sliders that behave under keyboard and wheel.

All take the focus by Tab and click, leave the wheel alone until they have it, and leave keys
that mean nothing to them to the window's shortcuts.
"""

import math

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QSlider,
    QWidget,
)

from xorviz.core import numerals
from xorviz.core.rules import Real, SettingError, Whole, parsed
from xorviz.widgets.keys import claims_arrow, leaves_to_shortcuts

_STEPS = (1.0, 2.0, 5.0)


class NumberField(QDoubleSpinBox):
    """A number within a rule. What a person types is checked when they are done with it."""

    refused = Signal(str)
    """Why the text that was typed does not stand; the value from before does."""

    def __init__(self, name: str, rule: Whole | Real, grouped: bool = False) -> None:
        super().__init__()
        self._rule = rule
        self._grouped = grouped
        self._before_preview: float | None = None
        self.setObjectName(name)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        # So many decimals that no double is rounded; the text says only what it needs to.
        self.setDecimals(0 if isinstance(rule, Whole) else 323)
        self.setRange(self._lowest(), self._highest())

    def _lowest(self) -> float:
        is_open = isinstance(self._rule, Real) and self._rule.above_low
        return 1e-300 if is_open else float(self._rule.low)

    def _highest(self) -> float:
        is_open = isinstance(self._rule, Real) and self._rule.below_high
        return math.nextafter(self._rule.high, 0) if is_open else float(self._rule.high)

    def shows(self, value: float) -> bool:
        """Tell whether it stands at this value, or as near to it as it can."""
        return self.value() == min(max(value, self.minimum()), self.maximum())

    @Slot(object)
    def preview(self, value: float) -> None:
        """Show a value that is not chosen yet, such as that under a slider's knob."""
        if self._before_preview is None:
            self._before_preview = self.value()
        self._show(value)

    @Slot()
    def end_preview(self) -> None:
        """Show again what was chosen last."""
        if self._before_preview is not None:
            self._show(self._before_preview)
            self._before_preview = None

    def _show(self, value: float) -> None:
        was_blocked = self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(was_blocked)

    def textFromValue(self, value: float) -> str:
        if isinstance(self._rule, Whole):
            return numerals.whole(value) if self._grouped else str(round(value))
        return numerals.plain(value).replace("-", numerals.MINUS)

    def valueFromText(self, text: str) -> float:
        return float(self._rule.parse(_ascii(text)))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let through whatever may become a number; only one within the rule may stay."""
        try:
            self._rule.parse(_ascii(text))
        except ValueError:
            may_become = all(c in _typed(self._rule) or c.isspace() for c in text)
            state = QValidator.State.Intermediate if may_become else QValidator.State.Invalid
            return state, text, position
        return QValidator.State.Acceptable, text, position

    def fixup(self, text: str) -> str:
        """Say why the text cannot stay, and go back to the value from before."""
        try:
            parsed(self._rule, self.accessibleName() or self.objectName(), _ascii(text))
        except SettingError as error:
            self.refused.emit(str(error))
        return self.textFromValue(self.value())

    def stepBy(self, steps: int) -> None:
        """Go up or down by one, or along 1, 2, 5, 10 where the number is a real one."""
        if isinstance(self._rule, Whole):
            super().stepBy(steps)
            return
        value = self.value()
        for _ in range(abs(steps)):
            value = _next_round(value, upwards=steps > 0)
        self.setValue(value)

    def event(self, event: QEvent) -> bool:
        return leaves_to_shortcuts(event, _typed(self._rule)) or super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        _wheel_only_with_focus(self, event, super().wheelEvent)

    def sizeHint(self) -> QSize:
        return QSize(104, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(64, super().minimumSizeHint().height())


class ChoiceField(QComboBox):
    """One of a few names, each with the text that a person reads."""

    def __init__(self, name: str, texts: dict[str, str]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for key, text in texts.items():
            self.addItem(text, key)
        # Long texts belong into the list; the field takes the room that there is.
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)

    def choose(self, key: str) -> None:
        """Show this choice."""
        self.setCurrentIndex(self.findData(key))

    def wheelEvent(self, event: QWheelEvent) -> None:
        _wheel_only_with_focus(self, event, super().wheelEvent)


class SwitchField(QCheckBox):
    """On or off. Enter switches it, since the space bar runs and pauses."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.setObjectName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)


class LogSlider(QSlider):
    """A slider on which equal distances are equal ratios. It may end in "as much as it goes"."""

    number_chosen = Signal(object)  # float | None, None being that end
    number_moved = Signal(object)  # the same while it is dragged

    _NOTCHES_PER_DECADE = 60

    def __init__(self, name: str, low: float, high: float, unlimited: bool = False) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._low = low
        self._last = round(math.log10(high / low) * self._NOTCHES_PER_DECADE)
        self._high = high
        self.setObjectName(name)
        # An end of its own, far enough from the highest number not to be hit by chance.
        self.setRange(0, self._last + (12 if unlimited else 0))
        self.setSingleStep(6)
        self.setPageStep(self._NOTCHES_PER_DECADE)
        self.setTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self._choose)
        self.sliderMoved.connect(self._move)

    def number(self) -> float | None:
        """Return the number that the slider stands at, to two digits."""
        return self._number_at(self.value())

    def show_number(self, number: float | None) -> None:
        """Stand as near to a number as there is a notch, without choosing it."""
        if number is None:
            notch = self.maximum()
        else:
            ratio = min(max(number, self._low), self._high) / self._low
            notch = round(math.log10(ratio) * self._NOTCHES_PER_DECADE)
        was_blocked = self.blockSignals(True)
        self.setValue(notch)
        self.blockSignals(was_blocked)

    def _number_at(self, notch: int) -> float | None:
        if notch > self._last:
            return None
        if notch == self._last:
            return self._high
        number = self._low * 10 ** (notch / self._NOTCHES_PER_DECADE)
        return min(float(f"{number:.2g}"), self._high)

    @Slot(int)
    def _choose(self, notch: int) -> None:
        self.number_chosen.emit(self._number_at(notch))

    @Slot(int)
    def _move(self, notch: int) -> None:
        self.number_moved.emit(self._number_at(notch))

    def event(self, event: QEvent) -> bool:
        return claims_arrow(event) or super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        _wheel_only_with_focus(self, event, super().wheelEvent)


def _wheel_only_with_focus(widget: QWidget, event: QWheelEvent, turn: object) -> None:
    """Leave the wheel to what scrolls around a widget that is only passed over."""
    if widget.hasFocus():
        turn(event)  # type: ignore[operator]
    else:
        event.ignore()


def _typed(rule: Whole | Real) -> str:
    """Return the characters that a number within a rule may be typed with."""
    return "0123456789" if isinstance(rule, Whole) else "0123456789.,eE+-" + numerals.MINUS


def _ascii(text: str) -> str:
    """Return a number as Python reads it; decimal commas, minus signs and spaces are welcome."""
    return "".join(text.split()).replace(",", ".").replace(numerals.MINUS, "-")


def _next_round(value: float, upwards: bool) -> float:
    """Return the next of 1, 2, 5 times a power of ten above or below a value."""
    if value <= 0:
        return 0.1 if upwards else 0.0
    exponent = math.floor(math.log10(value))
    rounds = [float(f"{m}e{e}") for e in range(exponent - 1, exponent + 2) for m in _STEPS]
    if upwards:
        return next(r for r in rounds if r > value * (1 + 1e-9))
    return next(r for r in reversed(rounds) if r < value * (1 - 1e-9))
