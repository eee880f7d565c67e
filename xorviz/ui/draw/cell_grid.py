"""A grid of coloured numbers."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QPainter,
    QPen,
    QStaticText,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QGridLayout, QScrollBar

from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.grid_layout import GridLayout, GridPlan, Label, Lines, Side, labels, sized
from xorviz.ui.draw.painted import is_vector
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme
from xorviz.ui.theme.style import bold

Place = tuple[int, int]
"""Row and column of a cell."""

NONE = -1
"""Level of a place without a cell, or of a tentative cell of which nothing is known."""
_AT_ONCE = 2
"""Cells that one notch of the wheel scrolls by."""
_LEAST_FRAME = 8
"""Least width in pixels of a frame around a cell."""
_CENTRE = Qt.AlignmentFlag.AlignCenter


@guarded
class CellGrid(Canvas):
    """Coloured cells with numbers, in rows and columns with names; or a sentence instead.

    Cells are as large as they fit. Numbers become smaller in small cells, then turned; where even
    those do not fit, the grid shows colours alone or, if chosen, scrolls through larger cells.
    One that zooms tells where the wheel is turned.
    """

    turned = Signal(object, int)  # the cell under the mouse, and notches: 1 in, -1 out

    def __init__(
        self, hint: QSize, least: QSize, colors: Callable[[Theme], Sequence[tuple[QColor, QColor]]]
    ) -> None:
        """Make an empty grid; each level has a theme's fill, with the ink on it."""
        super().__init__(hint, least)
        self._colors_of = colors
        self._recolour()
        self.start: Place = (0, 0)
        """Where the arrow keys go first."""
        self.frame: GridLayout | None = None
        """Where the cells are; None without cells."""
        self.zooms = False
        """Whether the wheel asks for another part of what is shown."""
        self._plan: GridPlan | None = None
        self._message = ""
        self._scrolls = self._is_growing = False
        self._selected: tuple[int | None, int | None] = None, None
        self._outlined: Place | None = None
        self._columns: Lines = []
        self._rows: Lines = []
        self._in_sight: list[tuple[Place, QRectF]] | None = None
        self._labels: list[Label] = []
        self._bars = QScrollBar(Qt.Orientation.Horizontal), QScrollBar(Qt.Orientation.Vertical)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.setRowStretch(0, 1)
        layout.setColumnStretch(0, 1)
        for bar, place in zip(self._bars, ((1, 0), (0, 1)), strict=True):
            layout.addWidget(bar, *place)
            bar.hide()
            bar.valueChanged.connect(self.lay_out)

    def _recolour(self) -> None:
        self._colors = self._colors_of(self.theme)
        self._pixels = np.array(
            [(fill.red(), fill.green(), fill.blue()) for fill, _ in self._colors], np.uint8
        )

    @property
    def shape(self) -> Place:
        """Numbers of rows and columns."""
        return (self.frame.down.count, self.frame.across.count) if self.frame else (0, 0)

    def show_cells(
        self,
        plan: GridPlan,
        levels: NDArray[np.intp],
        text: Callable[[int, int], str],
        tentative: NDArray[np.bool_] | None = None,
    ) -> None:
        """Show cells of these levels (R, C); a tentative one (R, C) does not fill its border.

        The text of a row and column is asked for only if it is in sight, and numbers fit. Of a
        grid with tentative cells some are missing only for now: its names stay above all rows.
        """
        self._is_growing = tentative is not None
        self._levels, self._text = levels, text
        self._tentative = np.zeros(levels.shape, bool) if tentative is None else tentative
        if plan != self._plan:
            self._plan = plan
            self.lay_out()
        else:
            self.paint_anew()

    def show_message(self, message: str) -> None:
        """Show a sentence in place of cells."""
        self._plan, self._message = None, message
        self.lay_out()

    def show_scrolled(self, scrolls: bool) -> None:
        """Choose whether cells too small for any number are enlarged, and scroll."""
        if scrolls != self._scrolls:
            self._scrolls = scrolls
            self.lay_out()

    def select(self, row: int | None, column: int | None) -> None:
        """Frame a row and a column, if the grid has them; their names stand out."""
        if (row, column) != self._selected:
            self._selected = row, column
            self._name()
            self.paint_anew()

    def outline(self, place: Place | None) -> None:
        """Let a cell stand out, whatever is pointed at."""
        if place != self._outlined:
            self._outlined = place
            self.update()

    def has(self, place: Place | None) -> bool:
        """Return whether there is a cell at a place."""
        if place is None or not all(0 <= n < end for n, end in zip(place, self.shape, strict=True)):
            return False
        return bool(self._tentative[place] or self._levels[place] != NONE)

    def rect_of(self, place: Place) -> QRectF:
        (top, bottom), (left, right) = self._rows[place[0]], self._columns[place[1]]
        return QRectF(left, top, right - left, bottom - top)

    def spot_at(self, point: QPointF) -> Place | None:
        row, column = _line_at(self._rows, point.y()), _line_at(self._columns, point.x())
        if row is None or column is None or self.frame is None:
            return None
        is_there = self.frame.area.contains(point) and self.has((row, column))
        return (row, column) if is_there else None

    def neighbour(self, dx: int, dy: int) -> Place | None:
        """Return the cell beside the marked one, the marked one at an edge, or the first.

        It is scrolled into sight.
        """
        marked: Place | None = self.marked if self.has(self.marked) else None
        moved = (marked[0] + dy, marked[1] + dx) if marked else self.start
        found = moved if self.has(moved) else marked
        if found is not None and self.frame is not None:
            rect, area = self.rect_of(found), self.frame.area
            for bar, before, beyond in (
                (self._bars[0], rect.left() - area.left(), rect.right() - area.right()),
                (self._bars[1], rect.top() - area.top(), rect.bottom() - area.bottom()),
            ):
                bar.setValue(bar.value() + round(min(before, max(beyond, 0))))
        return found

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned, (across, down) = event.angleDelta(), self._bars
        if self.zooms:
            if (spot := self.spot_at(event.position())) is not None and turned.y():
                self.turned.emit(spot, 1 if turned.y() > 0 else -1)
            return
        bar = across if not down.maximum() or abs(turned.x()) > abs(turned.y()) else down
        event.setAccepted(bar.maximum() > 0)
        bar.setValue(bar.value() - round((turned.x() or turned.y()) / 120 * bar.singleStep()))

    def _lay_out(self) -> None:
        self.frame, self._rows, self._columns = None, [], []
        if self._plan is not None:
            thickness = self._bars[0].sizeHint().height() if self._scrolls else 0
            self.frame = GridLayout.fitted(self._plan, self.size(), self.font(), thickness)
            self._columns = _placed(self._bars[0], self.frame.across)
            self._rows = _placed(self._bars[1], self.frame.down)
            self._in_sight = None
            self._name()
        for bar in self._bars:
            bar.setVisible(self.frame is not None and bar.maximum() > 0)

    def _seen(self, frame: GridLayout) -> list[tuple[Place, QRectF]]:
        """Return the cells in sight; found once for a layout, and only if painted one by one."""
        if self._in_sight is None:
            rects = ((place, self.rect_of(place)) for place in np.ndindex(self.shape))
            self._in_sight = [one for one in rects if one[1].intersects(frame.area)]
        return self._in_sight

    def _name(self) -> None:
        """Place the names, once for many frames: else that of a small grid takes twice as long."""
        if self.frame is not None:
            is_there = (self._levels != NONE) | self._is_growing
            tops = is_there.argmax(axis=0).tolist()
            lines = self._rows, self._columns
            self._labels = labels(self.frame, *lines, tops, self._selected, self.font())

    def _paint(self, painter: QPainter) -> None:
        if (frame := self.frame) is None:
            painter.setPen(QColor(self.theme.quiet))
            inside = QRectF(self.rect()).adjusted(8, 0, -8, 0)
            painter.drawText(inside, int(_CENTRE | Qt.TextFlag.TextWordWrap), self._message)
            return
        self._paint_names(painter, frame)
        painter.save()
        self._clip(painter, frame)
        if frame.across.has_lines or frame.down.has_lines or is_vector(painter):
            self._paint_cells(painter, frame)
        else:
            self._paint_image(painter)
        if frame.digits:
            self._paint_numbers(painter, frame)
        painter.restore()

    def _paint_names(self, painter: QPainter, frame: GridLayout) -> None:
        quiet, accent = QColor(self.theme.quiet), QColor(self.theme.accent)
        for label in self._labels:
            painter.setFont(bold(label.font) if label.stands_out else label.font)
            painter.setPen(accent if label.stands_out else quiet)
            painter.drawText(label.box, label.where, label.text)
        painter.setFont(self.font())
        if title := frame.down.heads.title:
            painter.save()
            painter.setPen(quiet)
            painter.translate(0, frame.area.bottom())
            painter.rotate(-90)
            box = QRectF(0, 0, frame.area.height(), painter.fontMetrics().height())
            painter.drawText(box, _CENTRE, title)
            painter.restore()

    def _clip(self, painter: QPainter, frame: GridLayout) -> None:
        """Clip scrolled cells so that they do not cover the names."""
        if frame.across.beyond or frame.down.beyond:
            painter.setClipRect(frame.area.adjusted(-1, -1, 0, 0))

    def _paint_image(self, painter: QPainter) -> None:
        """Paint cells without lines and gaps: 64 x 64 take 0.5 ms, as rectangles 3.7."""
        pixels = np.ascontiguousarray(self._pixels[self._levels])
        rows, columns = self.shape
        image = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        painter.drawImage(self.rect_of((0, 0)) | self.rect_of((rows - 1, columns - 1)), image)

    def _paint_cells(self, painter: QPainter, frame: GridLayout) -> None:
        """Colour the cells; a border surrounds the tentative ones."""
        levels, tentative = self._levels.tolist(), self._tentative.tolist()
        border, panel = QColor(self.theme.hairline), QColor(self.theme.panel)
        for (row, column), rect in self._seen(frame):
            if is_open := tentative[row][column]:
                painter.fillRect(rect, border)
                painter.fillRect(_inside(rect, 1), panel)
            if (level := levels[row][column]) != NONE:
                painter.fillRect(_inside(rect, 2) if is_open else rect, self._colors[level][0])

    def _paint_numbers(self, painter: QPainter, frame: GridLayout) -> None:
        """Write the numbers that fit; turned ones read upwards."""
        font, is_turned = sized(self.font(), frame.digits), frame.is_turned
        room = (frame.down if is_turned else frame.across).cell
        painter.setFont(font)
        if is_turned:
            painter.rotate(-90)
        levels = self._levels.tolist()
        for (row, column), rect in self._seen(frame):
            if (level := levels[row][column]) != NONE:
                number, width, height = _number(self._text(row, column), font, is_turned)
                if width < room:
                    painter.setPen(self._colors[level][1])
                    middle = rect.center()
                    x, y = (-middle.y(), middle.x()) if is_turned else (middle.x(), middle.y())
                    painter.drawStaticText(QPointF(x - width / 2, y - height / 2), number)

    def _paint_marks(self, painter: QPainter) -> None:
        """Frame the selected, the outlined and the marked cells."""
        if (frame := self.frame) is None:
            return
        self._clip(painter, frame)
        row, column = self._selected
        strips = []
        if row is not None and row < frame.down.count:
            strips = [((row, first), (row, last)) for first, last in frame.across.heads.spans]
        if column is not None and column < frame.across.count:
            strips += [((first, column), (last, column)) for first, last in frame.down.heads.spans]
        painter.setPen(QPen(QColor(self.theme.accent), 2 * self.theme.stroke))
        for first, last in strips:
            painter.drawRect((self.rect_of(first) | self.rect_of(last)).adjusted(-1, -1, 1, 1))
        painter.setPen(QPen(QColor(self.theme.text), 2 * self.theme.stroke))
        for place, inside in ((self._outlined, 1), (self.marked, 0)):
            if place is not None and self.has(place):
                rect = _inside(self.rect_of(place), inside)
                # A cell too small to be seen is in the middle of a larger frame.
                x, y = (max(0.0, _LEAST_FRAME - one) / 2 for one in (rect.width(), rect.height()))
                painter.drawRect(rect.adjusted(-x, -y, x, y))


def _placed(bar: QScrollBar, side: Side) -> Lines:
    """Return where rows or columns are at the position of their scroll bar."""
    with QSignalBlocker(bar):
        bar.setRange(0, side.beyond)
    bar.setPageStep(round(side.length))
    bar.setSingleStep(round(_AT_ONCE * side.cell))
    return side.edges(bar.value())


def _line_at(edges: Lines, at: float) -> int | None:
    """Return the row or column at a position, if any."""
    found = bisect_right(edges, at, key=lambda edge: edge[0]) - 1
    return found if found >= 0 and at < edges[found][1] + 1 else None


def _inside(rect: QRectF, pixels: int) -> QRectF:
    return rect.adjusted(pixels, pixels, -pixels, -pixels)


# Laid out each time, 72 numbers take 1.7 ms in place of 0.4.
@lru_cache(maxsize=1024)
def _number(text: str, font: QFont, is_turned: bool) -> tuple[QStaticText, float, float]:
    """Return the cached layout of a number in a font, and its size."""
    number = QStaticText(text)
    number.prepare(QTransform().rotate(-90 if is_turned else 0), font)
    size = number.size()
    return number, size.width(), size.height()
