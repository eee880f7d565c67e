"""A button as wide as the window, with a status mark and one sentence."""

from enum import Enum, auto

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER, leave_focus

_AROUND = 18
"""Pixels above and below its text together."""
_SIDE, _MARK_WIDTH, _GAP, _CHEVRON = 14, 0.86, 10, 0.36
"""Pixels from the edges, the mark's width in heights of a line, pixels between parts, and half the
chevron's height in heights of a line.
"""
_ROUND = 7.0
_MARK_SIZE = 12


class StatusMark(Enum):
    """The mark before the sentence; the shapes differ even without colour."""

    NONE = auto()
    TICK = auto()
    DISC = auto()
    DIAMOND = auto()


@guarded
class StripButton(QAbstractButton):
    """A mark, a sentence that begins in bold, and at the right a note and a word.

    Its size does not depend on the sentence, so that a new one never moves anything else.
    """

    line_kind = ElidedLabel

    def __init__(self, more: str) -> None:
        super().__init__()
        self.more = more
        """The word at the right end; shown with the next line."""
        self._note = ""
        self._mark = StatusMark.NONE
        self.line = self.line_kind()
        self.line.setParent(self)
        self.line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        leave_focus(self)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_line(self, mark: StatusMark, head: str, text: str, note: str = "") -> None:
        """Show a sentence that begins with ``head``, in bold, and perhaps a note."""
        self._mark, self._note = mark, note
        self.line.head = head
        self.line.setText(text)
        self._lay_out()
        spoken = f"{text} ({note})" if note else text
        self.setToolTip(spoken)
        self.setAccessibleName(spoken)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, self.lines * self._line + _AROUND)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    @property
    def lines(self) -> int:
        """How many lines its sentence may have."""
        return 1

    @property
    def _shown_note(self) -> str:
        """The note, where the sentence leaves room for it."""
        needed = self.line.whole_width + self.fontMetrics().horizontalAdvance(self._note)
        return self._note if needed + 2 * _GAP <= self.room else ""

    @property
    def room(self) -> int:
        """The width that a sentence has without a note."""
        return self._more_left() - _GAP - self._line_left

    @property
    def _line_left(self) -> int:
        mark = round(_MARK_WIDTH * self._line) + _GAP
        return _SIDE + (0 if self._mark is StatusMark.NONE else mark)

    @property
    def whole_width(self) -> int:
        """The width that shows the whole sentence."""
        return self.line.x() + self.line.whole_width + _GAP + self.width() - self._note_left()

    @property
    def _line(self) -> int:
        return self.fontMetrics().height()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        left = self._line_left
        self.line.setGeometry(left, 0, max(0, self._note_left() - _GAP - left), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_frame(painter)
        self._paint_more(painter)
        width = _MARK_WIDTH * self._line
        painter.translate(_SIDE + width / 2, self.height() / 2)
        painter.scale(width / _MARK_SIZE, width / _MARK_SIZE)
        _paint_mark(painter, self._mark, self.palette())
        painter.end()

    def _more_left(self) -> int:
        width = QFontMetrics(self.font()).horizontalAdvance(self.more)
        return self.width() - _SIDE - self._chevron - 6 - width

    @property
    def _chevron(self) -> int:
        return round(_CHEVRON * self._line)

    def _note_left(self) -> int:
        width = QFontMetrics(self.font()).horizontalAdvance(self._shown_note)
        return self._more_left() - (width + 2 * _GAP if width else 0)

    def _paint_frame(self, painter: QPainter) -> None:
        roles = QPalette.ColorRole
        edge = roles.Accent if self.hasFocus() else roles.Mid
        painter.setPen(QPen(self.palette().color(edge), 1))
        is_hot = self.underMouse() or self.isDown()
        painter.setBrush(self.palette().color(roles.Light if is_hot else roles.Base))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, _ROUND, _ROUND)

    def _paint_more(self, painter: QPainter) -> None:
        ink = self.palette().color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(QPen(ink, 1.5))
        rect = self.rect().adjusted(self._more_left(), 0, 0, 0)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, self.more)
        rect = self.rect().adjusted(self._note_left(), 0, 0, 0)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, self._shown_note)
        x, y, size = self.width() - _SIDE, self.height() // 2, self._chevron
        left = x - size
        painter.drawPolyline([QPoint(left, y - size), QPoint(x, y), QPoint(left, y + size)])


def _paint_mark(painter: QPainter, mark: StatusMark, palette: QPalette) -> None:
    """Paint a mark of _MARK_SIZE around the origin."""
    roles = QPalette.ColorRole
    accent, quiet = palette.color(roles.Accent), palette.color(roles.PlaceholderText)
    if mark is StatusMark.DIAMOND:
        painter.setPen(QPen(quiet, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        corners = [QPointF(0, -5), QPointF(5, 0), QPointF(0, 5), QPointF(-5, 0)]
        painter.drawPolygon(corners)
    elif mark is not StatusMark.NONE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        radius = 6.0 if mark is StatusMark.TICK else 4.5
        painter.drawEllipse(QPointF(), radius, radius)
    if mark is StatusMark.TICK:
        painter.setPen(QPen(palette.color(roles.HighlightedText), 1.6))
        corners = [QPointF(-2.8, 0.2), QPointF(-0.8, 2.2), QPointF(2.8, -2)]
        painter.drawPolyline(corners)
