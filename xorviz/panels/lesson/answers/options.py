"""The options of which one is predicted."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from xorviz.lessons.lesson import ChoiceAsked
from xorviz.panels.lesson.answers.rows import gap, paint_sign, paint_text, sign_size, text_height
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.fields import explain
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER
from xorviz.ui.theme.style import bold

_EDGE = 3
"""Pixels around an option, for its frame."""


@guarded
class OptionButton(QAbstractButton):
    """An option with its number in a circle, filled and the text bold if it is chosen."""

    def __init__(self, name: str, number: int, text: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._number, self._words = str(number), text
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        explain(self, text, "Click, or press Enter, to choose this")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._text_space(width).height() + 2 * _EDGE

    def sizeHint(self) -> QSize:
        width = 30 * self.fontMetrics().averageCharWidth()
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by Enter, as by Space; with the chosen one, Enter continues."""
        if event.key() in ENTER and not self.isChecked():
            self.click()
        elif event.key() in ENTER:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, roles = QPainter(self), QPalette.ColorRole
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() or self.underMouse():
            edge = roles.Accent if self.hasFocus() else roles.Mid
            painter.setPen(QPen(self.palette().color(edge), 1))
            frame = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(frame, 5, 5)
        space, size = self._text_space(self.width()), sign_size(self.fontMetrics())
        sign = QRect(_EDGE, (self.height() - size) // 2, size, size)
        paint_sign(painter, sign, self._number, self.palette(), self.isChecked())
        painter.setPen(self.palette().color(roles.Text))
        painter.setFont(bold(self.font()) if self.isChecked() else self.font())
        paint_text(painter, space, self._words)
        painter.end()

    def _text_space(self, width: int) -> QRect:
        metrics = self.fontMetrics()
        left = _EDGE + sign_size(metrics) + gap(metrics)
        across = max(width - left - _EDGE, 1)
        high = text_height(QFontMetrics(bold(self.font())), across, self._words)
        return QRect(left, _EDGE, across, max(high, sign_size(metrics)))


class OptionsAnswer(QWidget):
    """Options, chosen by click, or by Up, Down and Enter; none is chosen at first."""

    changed = Signal()

    def __init__(self, asked: ChoiceAsked, name: str) -> None:
        super().__init__()
        self._buttons = [
            OptionButton(f"{name}_{number}", number, option.text)
            for number, option in enumerate(asked.options, start=1)
        ]
        for button in self._buttons:
            button.setAccessibleDescription(asked.ask)
            button.toggled.connect(self._tell)
        column(self, *self._buttons, margins=(0, 0, 0, 0), gap=2)
        self.setFocusProxy(self._buttons[0])

    @property
    def answer(self) -> float | None:
        """The number of the option that is chosen, or None."""
        numbered = enumerate(self._buttons, start=1)
        return next((float(number) for number, button in numbered if button.isChecked()), None)

    @Slot(bool)
    def _tell(self, is_chosen: bool) -> None:
        if is_chosen:
            self.changed.emit()
