"""Canvas of the table of published experiments."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from xorviz.lab.results.published_readings import Match
from xorviz.panels.lab.published.layout import RUN_ALL, WRAP, PublishedLayout
from xorviz.panels.lab.published.row import PublishedRow, shorter
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme

_CENTRED = int(Qt.AlignmentFlag.AlignCenter)
_TICK = ((-4.0, 0.5), (-1.5, 3.5), (4.5, -4.0))
_CROSS = (((-3.5, -3.5), (3.5, 3.5)), ((-3.5, 3.5), (3.5, -3.5)))
_PIE = 5.0
_WHOLE_TURN = 5760
"""In Qt's unit, a sixteenth of a degree."""


def paint_mark(painter: QPainter, rect: QRectF, row: PublishedRow, theme: Theme) -> None:
    """Paint the state of an experiment: tick, cross, about equal, dash, ellipsis or progress."""
    middle = rect.center()
    if row.progress is not None:
        _paint_pie(painter, middle, row.progress, theme)
    elif row.mark == Match.MATCH:
        painter.setPen(_pen(theme.accent))
        painter.drawPolyline(_around(middle, *_TICK))
    elif row.mark == Match.MISS:
        painter.setPen(_pen(theme.wrong))
        for line in _CROSS:
            painter.drawPolyline(_around(middle, *line))
    else:
        painter.setPen(QColor(theme.quiet))
        sign = "≈" if row.mark == Match.SOFT else "…" if row.is_waiting else "–"
        painter.drawText(rect, _CENTRED, sign)


def paint_play(painter: QPainter, rect: QRectF, theme: Theme, is_hot: bool) -> None:
    """Paint the button that runs an experiment."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.accent if is_hot else theme.quiet))
    painter.drawPolygon(_around(rect.center(), (-3.5, -5.0), (5.0, 0.0), (-3.5, 5.0)))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_pie(painter: QPainter, middle: QPointF, share: float, theme: Theme) -> None:
    circle = QRectF(middle.x() - _PIE, middle.y() - _PIE, 2 * _PIE, 2 * _PIE)
    painter.setPen(QPen(QColor(theme.accent), 1.2))
    painter.drawEllipse(circle)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.accent))
    painter.drawPie(circle, _WHOLE_TURN // 4, -round(share * _WHOLE_TURN))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _pen(color: str) -> QPen:
    pen = QPen(QColor(color), 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _around(middle: QPointF, *points: tuple[float, float]) -> QPolygonF:
    return QPolygonF([middle + QPointF(x, y) for x, y in points])


ALL = -1
"""Index of the button that runs all experiments, above the first row."""
INTRODUCTION = (
    "xorviz trains each of them anew, in seconds, shows what it gets beside what was published, "
    "and marks whether it is the same."
)

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


@guarded
class PublishedTable(QWidget):
    """Paints all rows, as high as they need, with the details of one of them."""

    row_clicked = Signal(int)
    run_clicked = Signal(int)
    all_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._rows: tuple[PublishedRow, ...] = ()
        self._open: int | None = None
        self._cursor: int | None = None
        self._hovered: int | None = None
        self._hovers_button = False
        self._pressed: tuple[int | None, bool] | None = None
        self.setMouseTracking(True)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(250, round(self.parts.height))

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_rows(
        self, rows: tuple[PublishedRow, ...], opened: int | None, cursor: int | None
    ) -> None:
        """Paint rows, with one row's details open and a frame around the cursor."""
        self._rows, self._open, self._cursor = rows, opened, cursor
        self._fit()
        self._show_tip()

    @property
    def offers_all(self) -> bool:
        """Whether the button that runs all is shown: until any experiment has run or is queued."""
        return all(row.is_free and row.result is None for row in self._rows)

    def _fit(self) -> None:
        metrics = QFontMetricsF(self.font())
        self.parts = PublishedLayout.of(
            self._rows, self._open, self.offers_all, self.width(), metrics
        )
        self.setMinimumHeight(round(self.parts.height))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered, self._hovers_button = self._target(event.position())
        self._show_tip()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered, self._hovers_button = None, False
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() == Qt.MouseButton.LeftButton
        event.setAccepted(is_left)
        self._pressed = self._target(event.position()) if is_left else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed != self._target(event.position()):
            return
        match pressed:
            case (None, True):
                self.all_clicked.emit()
            case (int(index), True):
                self.run_clicked.emit(index)
            case (int(index), False):
                self.row_clicked.emit(index)

    def _target(self, at: QPointF) -> tuple[int | None, bool]:
        """Return the row at a point, and whether a click there runs something."""
        index, button = self.parts.index_at(at), self.parts.button
        if index is None:
            return None, button is not None and button.contains(at)
        return index, self._rows[index].is_free and self.parts.play_of(index).contains(at)

    def _show_tip(self) -> None:
        if self._hovered is None:
            self.setToolTip(INTRODUCTION if self._hovers_button else "")
            return
        row = self._rows[self._hovered]
        run = f"Run {row.experiment.title} (Enter)"
        self.setToolTip(run if self._hovers_button else row.tip)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_header(painter)
        for index, row in enumerate(self._rows):
            self._paint_row(painter, index, row)
        if self._open is not None:
            painter.translate(self.parts.head_of(self._open).bottomLeft())
            painter.setPen(QColor(self._theme.quiet))
            for rect, text in self.parts.details:
                painter.drawText(rect, WRAP, text)
        elif self.offers_all:
            self._paint_introduction(painter)
        painter.end()

    def _paint_header(self, painter: QPainter) -> None:
        cells, button = self.parts.cells, self.parts.button
        published, now = QRectF(cells.published), QRectF(cells.now)
        for rect in (published, now):
            rect.moveTop((self.parts.header - rect.height()) / 2)
        self._write(painter, published, "published", self._theme.quiet)
        if button is None:
            self._write(painter, now, "xorviz", self._theme.quiet)
            return
        is_hot = self._hovers_button and self._hovered is None
        painter.setPen(QColor(self._theme.accent if self._cursor == ALL else self._theme.hairline))
        painter.setBrush(QColor(self._theme.hover if is_hot else self._theme.panel))
        painter.drawRoundedRect(button.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(self._theme.accent))
        painter.drawText(button, _CENTRE, RUN_ALL)

    def _paint_row(self, painter: QPainter, index: int, row: PublishedRow) -> None:
        head, cells, theme = self.parts.head_of(index), self.parts.cells, self._theme
        self._paint_ground(painter, index, head)
        corner = head.topLeft()
        paint_mark(painter, cells.sign.translated(corner), row, theme)
        now_color = theme.text if row.is_free else theme.quiet
        for cell, text, color in (
            (cells.title, row.experiment.title, theme.text),
            (cells.published, row.experiment.published, theme.quiet),
            (cells.now, row.now, now_color),
        ):
            self._write(painter, cell.translated(corner), text, color)
        if row.is_free:
            is_hot = index == self._hovered and self._hovers_button
            paint_play(painter, self.parts.play_of(index), theme, is_hot)

    def _paint_ground(self, painter: QPainter, index: int, head: QRectF) -> None:
        """Paint the line above a row, and highlight it at the mouse or the cursor."""
        top = round(head.top()) + 0.5
        painter.setPen(QColor(self._theme.hairline))
        painter.drawLine(QPointF(0, top), QPointF(head.width(), top))
        inner = head.adjusted(0.5, 1.5, -0.5, -0.5)
        if index == self._hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.hover))
            painter.drawRoundedRect(inner, 4, 4)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if index == self._cursor:
            painter.setPen(QColor(self._theme.accent))
            painter.drawRoundedRect(inner, 4, 4)

    def _paint_introduction(self, painter: QPainter) -> None:
        """Write the introduction if it fits."""
        space = self.parts.introduction
        space.setBottom(self.height())
        needed = QFontMetricsF(self.font()).boundingRect(space, WRAP, INTRODUCTION).height()
        if needed <= space.height():
            painter.setPen(QColor(self._theme.quiet))
            painter.drawText(space, WRAP, INTRODUCTION)

    def _write(self, painter: QPainter, rect: QRectF, text: str, color: str) -> None:
        metrics = QFontMetricsF(self.font())
        painter.setPen(QColor(color))
        if metrics.horizontalAdvance(text) > rect.width():
            text = shorter(text)
        elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, _LEFT, elided)
