"""Canvas of a map: coloured cells with numbers if they fit."""

from PySide6.QtCore import QEvent, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.map import Cell
from xorviz.panels.lab.map.axes import paint_axes, paint_foot, paint_headings
from xorviz.panels.lab.map.frame import MapFrame, sized
from xorviz.panels.lab.map.look import UNKNOWN, MapLook, heading_of, map_colors, may_rise_text
from xorviz.ui.draw.painted import Painted, Sheet
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme

_CENTRE = Qt.AlignmentFlag.AlignCenter
_WRAP = Qt.TextFlag.TextWordWrap
_ROUND = 2.5
_TENTATIVE = 2
"""Pixels between a cell's colour and its border until all its seeds are done."""
_Spot = tuple[QRectF, int, bool, str]
"""Rectangle, level, whether all seeds are done, and text of a cell."""


@guarded
class MapCanvas(QWidget):
    """Paints a map, with marks over it. Cached until cells, theme, font or size change."""

    pointed_at = Signal(object)  # Cell | None
    clicked = Signal(object, bool)  # Cell, whether Shift was held

    def __init__(self) -> None:
        super().__init__()
        self.frame: MapFrame | None = None
        self._theme = LIGHT
        self._look: MapLook | None = None
        self._message = ""
        self._front, self._is_alone = 0, False
        self._base: Cell | None = None
        self._marked: Cell | None = None
        self._picture = Painted()
        self._sheet = Sheet(self, self.paint_map)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 70)

    def sizeHint(self) -> QSize:
        return QSize(420, 260)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._paint_anew()

    def show_look(self, look: MapLook) -> None:
        before, self._look, self._message = self._look, look, ""
        if before is None or before.layout_key != look.layout_key:
            self._lay_out()
        else:
            self._paint_anew()

    def sheet(self, picture: LabSnapshot, of_medians: bool) -> Sheet:
        """Return the map below a heading, for export."""
        assert self._look is not None, "the map is drawn first"
        cells = self._look.cells
        note = "" if of_medians else may_rise_text(cells)
        heading = heading_of(cells.map_plan, picture, of_medians, note)
        self._sheet.show_heading(*heading, self._theme)
        return self._sheet

    def show_message(self, message: str) -> None:
        self._look, self._message = None, message
        self._lay_out()

    def show_base(self, cell: Cell | None) -> None:
        """Outline the cell of the lab's recipe, or none."""
        if cell != self._base:
            self._base = cell
            self.update()

    def mark(self, cell: Cell | None) -> None:
        """Frame a cell, or none, and bring its block to the front."""
        if cell != self._marked:
            self._marked = cell
            if cell is not None:
                self.show_block(cell[0])
            self.update()

    @Slot(bool)
    def show_alone(self, is_alone: bool) -> None:
        """Choose whether one block is shown at a time if numbers do not fit into two."""
        self._is_alone = is_alone
        self._lay_out()

    def show_block(self, block: int) -> None:
        """Bring a block to the front, if one is shown at a time."""
        if block != self._front:
            self._front = block
            self._lay_out()

    @property
    def front(self) -> int:
        """The block in front, if one is shown at a time."""
        return self._front

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed_at.emit(self.frame.cell_at(event.position()) if self.frame else None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.frame is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if (block := self.frame.heading_at(event.position())) is not None:
            self.show_block(block)
        elif (cell := self.frame.cell_at(event.position())) is not None:
            is_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.clicked.emit(cell, is_shift)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed_at.emit(None)
        super().leaveEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        self.frame = None
        if (look := self._look) is not None:
            size, plan = QSizeF(self.size()), look.cells.map_plan
            self._front = min(self._front, plan.shape[0] - 1)
            front = self._front if self._is_alone else None
            self.frame = MapFrame.of(size, plan, front, self.font(), look.widest)
        self._paint_anew()

    def _paint_anew(self) -> None:
        self._picture.clear()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        self._picture.draw(self, painter, self.paint_map)
        self._paint_marks(painter)
        painter.end()

    def paint_map(self, painter: QPainter) -> None:
        """Paint the map without the marks."""
        frame, look = self.frame, self._look
        if frame is None or look is None:
            painter.setPen(QColor(self._theme.quiet))
            inside = QRectF(self.rect()).adjusted(12, 4, -12, -4)
            painter.drawText(inside, int(_CENTRE | _WRAP), self._message)
            return
        paint_headings(painter, frame, self._theme)
        paint_axes(painter, frame, self._theme)
        paint_foot(painter, frame, look.ends, self._theme)
        spots = _spots(frame, look)
        self._paint_cells(painter, spots)
        if frame.number:
            self._paint_numbers(painter, spots, frame.number)

    def _paint_cells(self, painter: QPainter, spots: list[_Spot]) -> None:
        """Colour the cells; a border surrounds those without all their seeds."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colors = map_colors(self._theme)
        border, panel = QColor(self._theme.hairline), QColor(self._theme.panel)
        for rect, level, is_final, _ in spots:
            if is_final:
                layers = [(0, colors[level][0])]
            else:  # layers of colour: outlines with corners take four times as long
                layers = [(0, border), (1, panel)]
                layers += [(_TENTATIVE, colors[level][0])] * (level != UNKNOWN)
            for inside, color in layers:
                painter.setBrush(color)
                inner = rect.adjusted(inside, inside, -inside, -inside)
                painter.drawRoundedRect(inner, _ROUND, _ROUND)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_numbers(self, painter: QPainter, spots: list[_Spot], pixels: int) -> None:
        painter.setFont(sized(self.font(), pixels))
        colors = map_colors(self._theme)
        for rect, level, _, text in spots:
            if text:
                painter.setPen(colors[level][1])
                painter.drawText(rect, _CENTRE, text)
        painter.setFont(self.font())

    def _paint_marks(self, painter: QPainter) -> None:
        """Outline the cell of the lab's recipe, and frame the one pointed at."""
        if (frame := self.frame) is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text, panel = QColor(self._theme.text), QColor(self._theme.panel)
        if self._base in frame.rects:
            _outline(painter, frame.rects[self._base], 0, QPen(text, 2))
        if self._marked in frame.rects:
            rect = frame.rects[self._marked]
            _outline(painter, rect, 0.5, QPen(panel, 3))
            _outline(painter, rect, 2.5, QPen(text, 2))


def _spots(frame: MapFrame, look: MapLook) -> list[_Spot]:
    """Return what to paint in the visible blocks."""
    count = len(look.texts) // frame.map_plan.shape[0]
    found: list[_Spot] = []
    rects = list(frame.rects.values())
    for place, block in enumerate(frame.blocks):
        levels, is_final = (a[block].ravel().tolist() for a in (look.levels, look.cells.is_final))
        texts = look.texts[block * count : (block + 1) * count]
        here = rects[place * count : (place + 1) * count]
        found += zip(here, levels, is_final, texts, strict=True)
    return found


def _outline(painter: QPainter, rect: QRectF, outside: float, pen: QPen) -> None:
    painter.setPen(pen)
    grown = rect.adjusted(-outside, -outside, outside, outside)
    painter.drawRoundedRect(grown, _ROUND + outside, _ROUND + outside)
