"""Fields for numbers, ranges, choices and switches.

All take the focus by Tab and click, and ignore the wheel until they have it.
"""

import math
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRect, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QStandardItemModel,
    QValidator,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from xorviz.core import numerals
from xorviz.core.rules import Readable, Real, SettingError, Whole, parsed
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER, is_plain, turn_with_focus
from xorviz.ui.said import plain

NUMBER_CHARACTERS = "0123456789.,eE+-" + numerals.MINUS
"""The characters of a real number as it is typed."""

_TICK = ((0.25, 0.5), (0.43, 0.7), (0.77, 0.28))
"""Corners of a tick, in sizes of its box."""
_CHEVRON = ((-0.3, -0.15), (0.0, 0.15), (0.3, -0.15))
"""Corners around its middle, in heights of a line."""
_FACTOR, _SPAN_STEP = 10**0.1, 0.05
"""Of a number that is above 0, and from one number to the next where 0 is allowed."""
_DIGITS = 2
"""Significant digits of a number that was stepped to, so that ten steps pass 1, 2 and 5."""
_SOME_DIGITS = 11
"""Width of a field for values; what is longer scrolls."""
_FRAME = 20
"""Pixels of a number field besides its digits."""


def check_box_size(metrics: QFontMetrics) -> int:
    """Return the width and height in pixels of a check box beside a text."""
    return round(0.86 * metrics.height())


def paint_check_box(
    painter: QPainter, box: QRect, line: QColor, tick: QColor, is_checked: bool
) -> None:
    """Draw a check box; changes the painter's pen and hints."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line, 1))
    painter.drawRoundedRect(box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
    if is_checked:
        size = box.width()
        painter.setPen(QPen(tick, 0.15 * size))
        painter.drawPolyline([QPointF(box.topLeft()) + QPointF(x, y) * size for x, y in _TICK])


@guarded
class NumberLine(QLineEdit):
    """The text of a number: a double click selects all of it, not the digits before its point."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        self.selectAll()


@guarded
class NumberField(QDoubleSpinBox):
    """A number within a rule. Typed text is checked when it is finished, not while typing."""

    refused = Signal(str)
    """Why the typed text is no valid value; the previous value stays. Empty once one is valid."""

    def __init__(self, name: str, rule: Whole | Real, grouped: bool = False) -> None:
        super().__init__()
        self.rule = rule
        """The numbers allowed."""
        self._grouped = grouped
        self._is_blank = self._is_refused = False
        self._stepped = (0.0, 0)
        """Where steps began, and how many were made since."""
        line = NumberLine()
        # By this name Qt knows it for a part of its field, which is what screen readers read.
        line.setObjectName("qt_spinbox_lineedit")
        self.setLineEdit(line)
        self.setObjectName(name)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        # Enough decimals for any double; textFromValue writes only those needed.
        self.setDecimals(0 if isinstance(rule, Whole) else 323)
        self._limit()
        self.editingFinished.connect(self._end_typing)
        self.valueChanged.connect(self._end_refusal)

    @property
    def is_being_typed_in(self) -> bool:
        """Whether the user has changed the text and not finished."""
        return self.hasFocus() and self.lineEdit().isModified()

    def set_rule(self, rule: Whole | Real) -> None:
        """Allow other numbers of the same kind; text being typed stays as it is."""
        if rule == self.rule:
            return
        self.rule = rule
        line, is_typed = self.lineEdit(), self.is_being_typed_in
        text, cursor = line.text(), line.cursorPosition()
        with QSignalBlocker(self):
            self._limit()
        if is_typed and line.text() != text:
            line.setText(text)
            line.setCursorPosition(cursor)
            line.setModified(True)

    def show_number(self, value: float) -> None:
        """Show a number without emitting a signal; a text that was all selected stays so."""
        is_selected = self.hasFocus() and self.lineEdit().selectedText() == self.cleanText()
        with QSignalBlocker(self):
            self.setValue(value)
        if is_selected:
            self.selectAll()

    def set_blank(self, is_blank: bool) -> None:
        """Show a dash in place of the number, which means nothing here, or the number."""
        if is_blank != self._is_blank:
            self._is_blank = is_blank
            self.show_number(self.value())

    def interpretText(self) -> None:
        """Finish typing as Enter does."""
        super().interpretText()
        self.editingFinished.emit()

    def _number(self, text: str) -> str:
        """Return the number in a text, which may end with the field's suffix."""
        return ascii_number(text.removesuffix(self.suffix()))

    @Slot()
    def _end_typing(self) -> None:
        self.lineEdit().setModified(False)

    @Slot()
    def _end_refusal(self) -> None:
        if self._is_refused:
            self._is_refused = False
            self.refused.emit("")

    def _limit(self) -> None:
        low, high = float(self.rule.low), float(self.rule.high)
        if isinstance(self.rule, Real):
            low = 1e-300 if self.rule.above_low else low
            high = math.nextafter(high, 0) if self.rule.below_high else high
        self.setRange(low, high)

    def shows(self, value: float) -> bool:
        """Return whether the field shows this value, or the allowed one nearest to it."""
        return self.value() == min(max(value, self.minimum()), self.maximum())

    def textFromValue(self, value: float) -> str:
        if self._is_blank:
            return numerals.NOTHING
        if isinstance(self.rule, Whole):
            return numerals.whole(value) if self._grouped else str(round(value))
        return numerals.plain(value).replace("-", numerals.MINUS)

    def valueFromText(self, text: str) -> float:
        return float(self.rule.parse(self._number(text)))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept numbers within the rule, and as intermediate text all that may become one."""
        try:
            self.rule.parse(self._number(text))
        except ValueError:
            typed = text.removesuffix(self.suffix())
            allowed = "0123456789" if isinstance(self.rule, Whole) else NUMBER_CHARACTERS
            may_become = all(c in allowed or c.isspace() for c in typed)
            state = QValidator.State.Intermediate if may_become else QValidator.State.Invalid
            return state, text, position
        return QValidator.State.Acceptable, text, position

    def fixup(self, text: str) -> str:
        """Emit why the text is refused, and return the previous value's text."""
        try:
            parsed(self.rule, self.accessibleName() or self.objectName(), self._number(text))
        except SettingError as error:
            self._is_refused = True
            self.refused.emit(str(error))
        return self.textFromValue(self.value())

    @property
    def how_to_step(self) -> str:
        """What the wheel and the arrow keys do, in a sentence."""
        if isinstance(self.rule, Whole):
            return "The wheel and the arrow keys change it by 1."
        if self.rule.above_low:
            return "Ten steps of the wheel or the arrow keys multiply it by 10."
        return f"The wheel and the arrow keys change it by {_SPAN_STEP}."

    def stepBy(self, steps: int) -> None:
        """Change the number by steps; as many back lead to where they began."""
        if isinstance(self.rule, Whole):
            super().stepBy(steps)
            return
        if self.value() != self._after(*self._stepped):  # it was typed or set
            self._stepped = self.value(), 0
        start, made = self._stepped
        value = self._after(start, made + steps)
        is_open_end = self.rule.below_high and value == self.maximum()
        if value != self.value() and not is_open_end:
            self._stepped = start, made + steps
            self.setValue(value)
        self.selectAll()  # as Qt does, so that typing replaces all of it

    def _after(self, start: float, steps: int) -> float:
        """Return the number that steps from another one lead to, as near as is allowed."""
        is_scaled = isinstance(self.rule, Real) and self.rule.above_low
        value = start * _FACTOR**steps if is_scaled else start + _SPAN_STEP * steps
        value = float(f"{value:.{_DIGITS}g}") if steps else start
        return min(max(value, self.minimum()), self.maximum())

    def event(self, event: QEvent) -> bool:
        """Leave undo and Space to the window, unless text is being typed."""
        if self.is_being_typed_in or not _is_for_window(event):
            return super().event(event)
        event.ignore()
        return True

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn_with_focus(self, event, super().wheelEvent)

    def sizeHint(self) -> QSize:
        return QSize(field_width(self.fontMetrics(), 12), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(field_width(self.fontMetrics(), 6), super().minimumSizeHint().height())


@guarded
class ChoiceField(QComboBox):
    """A choice of one name among several, each with a text to show."""

    def __init__(self, name: str, texts: Mapping[str, str]) -> None:
        super().__init__(minimumContentsLength=10)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.offer(texts)
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setPlaceholderText(numerals.NOTHING)  # before, the first text would not be chosen

    def offer(self, texts: Mapping[str, str]) -> None:
        """Offer these names in place of others, without a signal; a choice among them stays."""
        chosen = self.currentData()
        with QSignalBlocker(self):
            self.clear()
            for key, text in texts.items():
                self.addItem(text, key)
            self.setCurrentIndex(max(0, self.findData(chosen)))

    def refuse(self, reasons: Mapping[str, str], tips: Mapping[str, str]) -> None:
        """Disable the names that have a reason, which is their tip; others have one of the tips."""
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        for index in range(self.count()):
            item, key = model.item(index), self.itemData(index)
            item.setEnabled(not reasons.get(key))
            item.setToolTip(reasons.get(key) or tips.get(key, ""))

    def choose(self, key: str) -> None:
        """Choose by its key; for one that there is not, show a dash."""
        self.setCurrentIndex(self.findData(key))

    def showPopup(self) -> None:
        """Open the list as wide as its texts; the field may be narrower."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a chevron in the text's colour over the frame and the text."""
        super().paintEvent(event)
        painter, line = QPainter(self), self.fontMetrics().height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorRole.Text if self.isEnabled() else QPalette.ColorRole.PlaceholderText
        painter.setPen(QPen(self.palette().color(role), 0.11 * line))
        middle = QPointF(self.width() - 0.8 * line, self.height() / 2)
        painter.drawPolyline([middle + QPointF(x, y) * line for x, y in _CHEVRON])
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn_with_focus(self, event, super().wheelEvent)


@guarded
class SwitchField(QCheckBox):
    """A check box. Enter toggles it, since the space bar runs and pauses."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.setObjectName(name)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        option, painter = QStyleOptionButton(), QStylePainter(self)
        self.initStyleOption(option)
        rect_of = self.style().subElementRect
        box = rect_of(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        option.rect = rect_of(QStyle.SubElement.SE_CheckBoxContents, option, self)
        painter.drawControl(QStyle.ControlElement.CE_CheckBoxLabel, option)
        size = check_box_size(self.fontMetrics())
        square = QRect(0, 0, size, size)
        square.moveCenter(box.center())
        colors = self.palette()
        line = colors.accent() if self.hasFocus() else colors.placeholderText()
        paint_check_box(
            painter, square, line.color(), colors.windowText().color(), self.isChecked()
        )
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)


@guarded
class ValuesField(QLineEdit):
    """What a rule reads from a text. It is checked when typing is finished, not before."""

    values_chosen = Signal(str, object)  # the typed text, and what it was read as
    refused = Signal(str)
    """Why the typed text is not valid; the previous text stays."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._rule: Readable | None = None
        self._valid = ""
        """The last text that the rule reads."""
        self.editingFinished.connect(self._take)

    def show_values(self, rule: Readable, text: str) -> None:
        """Show a text that a rule reads, which then reads what is typed; emits no signal."""
        self._rule, self._valid = rule, text
        self.setText(text)
        self.setCursorPosition(0)

    @Slot()
    def _take(self) -> None:
        text = self.text().replace(numerals.MINUS, "-")
        if self._rule is None or text == self._valid:
            return
        try:
            values: Any = parsed(self._rule, self.accessibleName() or self.objectName(), text)
        except SettingError as error:
            self.setText(self._valid)
            self.refused.emit(str(error))
        else:
            self._valid = text
            self.values_chosen.emit(text, values)

    def sizeHint(self) -> QSize:
        return QSize(field_width(self.fontMetrics(), _SOME_DIGITS), super().sizeHint().height())


def field_width(metrics: QFontMetrics, digits: int) -> int:
    """Return the width in pixels of a number field that shows so many digits."""
    return metrics.horizontalAdvance("0" * digits) + _FRAME


def explain(widget: QWidget, name: str, text: str) -> None:
    """Set a widget's accessible name, without ampersands, and its tool tip.

    Screen readers get the tool tip as the description, too. Of a number it says how it is stepped.
    """
    if isinstance(widget, NumberField):
        text = f"{text} {widget.how_to_step}"
    widget.setAccessibleName(name.replace("&", ""))
    widget.setToolTip(plain(text))


def ascii_number(text: str) -> str:
    """Return a number as Python reads it; the text may have decimal commas, spaces, minus signs."""
    return "".join(text.split()).replace(",", ".").replace(numerals.MINUS, "-")


def _is_for_window(event: QEvent) -> bool:
    """Return whether an event is Space, or the shortcut override of Space, undo or redo."""
    if not isinstance(event, QKeyEvent):
        return False
    keys = QKeySequence.StandardKey
    is_undo = event.matches(keys.Undo) or event.matches(keys.Redo)
    is_space = event.key() == Qt.Key.Key_Space and is_plain(event)
    return is_space or (is_undo and event.type() == QEvent.Type.ShortcutOverride)
