"""Canvas of the network: edges, nodes with their answers, what is at work, and the card."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QWheelEvent
from PySide6.QtWidgets import QScrollBar

from xorviz.core import numerals
from xorviz.core.analysis.explanation import Line
from xorviz.core.arrays import Array
from xorviz.panels.learn.network.graph import AtWork, DiagramPicture, Edge, Node, Spot
from xorviz.panels.learn.network.ink import EdgeInk, NodeInk
from xorviz.panels.learn.network.layout import DiagramLayout
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.formula import Formula, flowed, plain, typeset
from xorviz.ui.draw.painted import Painted, take
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LEVELS, Theme
from xorviz.ui.theme.style import bold

_PAD, _GAP = 8.0, 4.0
_ONE_LINE = 20.5
"""Longest formula with its numbers after it, not below, in heights of the font."""
_TWO_ROWS = 2.9
"""Most height of a formula in two rows, in heights of the font: an index needs more than a line."""
_SIZE = 0.94
"""Size of the card's font, as a share of the panel's."""
_SMALL = 0.88
"""Size of the hint, as a share of the font's."""
_KEPT = 2
"""Terms at the start of a long sum that are written out."""
_AWAY = 10.0
"""Least distance from the card to the edge that it is about."""
_STEPS = 9
"""Places for the card that are tried in each direction."""


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says."""

    title: str
    """What it is about; a formula if that says it."""
    lines: Sequence[Line]
    hint: str = ""
    has_numbers: bool = True
    """Whether numbers have a row of their own where they do not fit after the formula."""

    def shorter(self) -> Iterator["CardText"]:
        """Yield the whole text, then ever shorter ones for small panels."""
        yield self
        yield replace(self, hint="")
        for count in range(len(self.lines), -1, -1):
            yield CardText(self.title, self.lines[:count], has_numbers=False)

    @property
    def spoken(self) -> str:
        """The card as text."""
        told = [_joined(*_sides(line)) for line in self.lines]
        return ". ".join(filter(None, (self.title, *told, self.hint)))


class FormulaCard:
    """A card laid out in a font. Never changes."""

    def __init__(self, text: CardText, font: QFont, widest: float) -> None:
        """Take the most pixels that it may be wide."""
        self._room = widest - 2 * _PAD
        self._panel_font, font, small = font, QFont(font), QFont(font)
        font.setPointSizeF(font.pointSizeF() * _SIZE)
        small.setPointSizeF(font.pointSizeF() * _SMALL)
        self._font, self._line = font, QFontMetricsF(font).height()
        title = typeset if "=" in text.title else plain
        self._rows = [(title(text.title, bold(font)), False)]
        """Formulas, and whether each is quiet."""
        for line in text.lines:
            rows = self._rows_of(line, text.has_numbers)
            self._rows += [(row, i > 0) for i, row in enumerate(rows)]
        if text.hint:
            self._rows.append((plain(text.hint, small), True))
        width = max(row.width for row, _ in self._rows) + 2 * _PAD
        height = sum(row.height for row, _ in self._rows) + _GAP * (len(self._rows) - 1)
        self.size = QSizeF(width, height + 2 * _PAD - 2)

    def paint(self, painter: QPainter, at: QPointF, theme: Theme, rim: str) -> None:
        take(painter, rim, theme.stroke, theme.panel)
        painter.drawRoundedRect(QRectF(at, self.size), 6, 6)
        base = at + QPointF(_PAD, _PAD - 1)
        for row, is_quiet in self._rows:
            color = QColor(theme.quiet if is_quiet else theme.text)
            row.paint(painter, base + QPointF(0, row.ascent), color)
            base += QPointF(0, row.height + _GAP)
        painter.setFont(self._panel_font)

    def _rows_of(self, line: Line, has_numbers: bool) -> list[Formula]:
        """Return a line's formula and its numbers, in one row if they are short."""
        name, formula, numbers, result = _sides(line)
        short = _shortened(formula)
        whole = typeset(_joined(name, formula, numbers, result), self._font)
        if whole.width <= min(self._room, _ONE_LINE * self._line):
            return [whole]
        if not (numbers and has_numbers):
            texts = (_joined(name, formula, result), _joined(name, short, result))
            return [self._fitting(*texts, _joined(name, result))]
        lower = f"= {numbers} = {result}", f"= {_shortened(numbers)} = {result}", f"= {result}"
        upper = self._fitting(_joined(name, formula), _joined(name, short), name)
        return [upper, self._fitting(*lower)]

    def _fitting(self, *texts: str) -> Formula:
        """Return the first of some texts that has room in two rows, else the last."""
        for text in texts:
            formula = flowed(text, self._font, self._room)
            if formula.height < _TWO_ROWS * self._line and formula.width <= self._room:
                break
        return formula


def place_beside(
    size: QSizeF, area: QRectF, points: Array, nodes: Iterable[tuple[QRectF, float]]
) -> QPointF:
    """Return the corner of a card in an area, off the points (K, 2) of an edge.

    Each node has a cost of being covered. Of equally good places, the nearest is returned.
    """
    if not len(points):
        points = np.array([area.center().toTuple()])
    room_x, room_y = area.width() - size.width(), area.height() - size.height()
    x = area.left() + np.linspace(0, max(room_x, 0.0), _STEPS)
    y = area.top() + np.linspace(0, max(room_y, 0.0), _STEPS)
    left, top = (grid.ravel() for grid in np.meshgrid(x, y))
    right, bottom = left + size.width(), top + size.height()
    beside_x = np.maximum(left[:, None] - points[:, 0], points[:, 0] - right[:, None])
    beside_y = np.maximum(top[:, None] - points[:, 1], points[:, 1] - bottom[:, None])
    apart = np.maximum(beside_x, beside_y).min(axis=1)
    cost = np.where(apart < _AWAY, 1e6 - apart * 1e3, 0.0)
    for rect, weight in nodes:
        across = np.minimum(right, rect.right()) - np.maximum(left, rect.left())
        down = np.minimum(bottom, rect.bottom()) - np.maximum(top, rect.top())
        share = np.maximum(across, 0) * np.maximum(down, 0)
        cost = cost + weight * share / max(rect.width() * rect.height(), 1.0)
    middle = points.mean(axis=0)
    away = np.hypot((left + right) / 2 - middle[0], (top + bottom) / 2 - middle[1])
    best = int(np.argmin(cost + 0.02 * away))
    return QPointF(float(left[best]), float(top[best]))


def _sides(line: Line) -> tuple[str, str, str, str]:
    """Return name, formula, numbers and value; a given value has no formula."""
    if line.formula == line.name:
        return line.name, "", "", line.numbers
    return line.name, line.formula, line.numbers, line.result


def _joined(name: str, *sides: str) -> str:
    """Return a name and what it equals; a row of the table is a caption, not a quantity."""
    equal = " = ".join(filter(None, sides))
    return f"{name}: {equal}" if name.startswith("row") else f"{name} = {equal}"


def _shortened(total: str) -> str:
    """Return a sum without the terms in its middle."""
    terms = total.split(" + ")
    if len(terms) <= _KEPT + 2:
        return total
    return " + ".join([*terms[:_KEPT], "…", terms[-1]])


_WIDEST, _CROWDED_WIDEST = 5.5, 2.2
"""Width in pixels of the strongest edges, in a roomy and in a crowded diagram."""
_PER_WIDTH = 9
"""The distance between two hidden units is at least this many edge widths."""
_CROWDED, _CROWDED_STRENGTH = 8, 0.85
_LABEL_AT = 0.5
"""Position of the number along an edge, from 0 to 1."""
_HALO = 5.0
"""Extra width of the halo around an edge that is marked or at work."""
_PULSE = 4.5
"""Radius of the pulse along an edge at work."""
_COVERED, _COVERED_END = 8.0, 40.0
"""Cost of covering a node with a card, and of covering one at an end of its edge."""
_STRIP, _MOST_STRIP = 6.0, 0.45
"""Height of the place for cards in slow motion, in heights of the font, and its largest share."""


@guarded
class DiagramCanvas(Canvas):
    """Paints the network as large as it fits, or nothing. Its spots are nodes and edges.

    By hand, and kept until the next step: marks, cards and slow motion are painted over it.
    """

    is_cached = True

    def __init__(self) -> None:
        super().__init__(QSize(420, 320), QSize(160, 90))
        self.bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.picture: DiagramPicture | None = None
        self.plan: DiagramLayout | None = None
        """Layout of the picture."""
        self.unit: int | None = None
        """The selected hidden unit. May be beyond the width."""
        self.at_work = AtWork()
        self.pulse: float | None = None
        """Position of the pulse along the edges at work, from 0 to 1."""
        self.card: CardText | None = None
        self._still = Painted()
        """What no step changes, below the rest."""
        self._has_strip = False
        """Whether cards have a place of their own below the network."""
        self.bar.valueChanged.connect(self.lay_out)
        self.bar.hide()

    def show_picture(self, picture: DiagramPicture, unit: int | None) -> None:
        """Paint a network, with the edges of one hidden unit highlighted."""
        before, self.picture = self.picture, picture
        self.unit = unit if unit in range(picture.graph.width) else None
        if before is None or before.shape != picture.shape:
            with QSignalBlocker(self.bar):
                self.bar.setValue(0)
            self.lay_out()
        self.paint_anew()

    def show_work(self, work: AtWork, pulse: float | None) -> None:
        """Highlight what is at work, with a pulse along its edges."""
        if (work, pulse) != (self.at_work, self.pulse):
            self.at_work, self.pulse = work, pulse
            self.update()

    def give_strip(self, is_given: bool) -> None:
        """Leave a place below the network for cards, which then cover nothing and stay there."""
        if is_given != self._has_strip:
            self._has_strip = is_given
            self.lay_out()
            self.paint_anew()

    @property
    def _strip(self) -> int:
        """Height of the place for cards."""
        wanted = min(_STRIP * self.fontMetrics().height(), _MOST_STRIP * self.height())
        return round(wanted) * self._has_strip

    def show_card(self, text: CardText | None) -> None:
        if text != self.card:
            self.card = text
            self.setAccessibleDescription(text.spoken if text else "")
            self.update()

    def scroll_to(self, spot: Spot) -> None:
        """Bring a node or an edge into sight."""
        plan, unit = self.plan, spot.unit
        if plan is not None and unit is not None and unit not in plan.units:
            last = unit - plan.visible + 1
            self.bar.setValue(unit if unit < plan.first else last)

    def spot_at(self, point: QPointF) -> Spot | None:
        return self.plan.spot_at(point, self.unit) if self.plan else None

    def can_drag(self, spot: Spot) -> bool:
        return isinstance(spot, Edge)

    def neighbour(self, dx: int, dy: int) -> Spot | None:
        """Return the spot beside the marked one; at first the selected unit, or x1."""
        if self.picture is None:
            return None
        graph, spot = self.picture.graph, self.marked
        if spot is None:
            return next(node for node in graph.nodes if node.unit == self.unit)
        if dx:
            return graph.beside(spot, dx)
        column = graph.column_of(spot)
        return column[min(max(0, column.index(spot) + dy), len(column) - 1)]

    def rect_of(self, edge: Edge) -> QRectF:
        """Return the rectangle of an edge's number; an empty one out of sight."""
        plan, picture = self.plan, self.picture
        if plan is None or picture is None or edge not in plan.paths:
            return QRectF()
        metrics, label = self.fontMetrics(), numerals.signed(float(picture.weights[edge.number]))
        rect = QRectF(0, 0, metrics.horizontalAdvance(label) + 8, metrics.height())
        rect.moveCenter(plan.paths[edge].pointAtPercent(_LABEL_AT))
        return rect

    def placed_card(self) -> tuple[FormulaCard, QRectF] | None:
        """Return the longest card that is in sight and off what it is about, and its place.

        In a small panel it may have to cover that; without any room there is no card.
        """
        plan, found = self.plan, None
        if plan is None or self.card is None:
            return None
        about = self.at_work.spots or (self.marked,)
        points = plan.outline(about)
        ends = {node for spot in about if isinstance(spot, Edge) for node in (spot.start, spot.end)}
        nodes = [
            (place.frame, _COVERED_END if node in ends else _COVERED)
            for node, place in plan.places.items()
        ]
        bar = self.bar.width() if plan.is_cut else 0
        area = QRectF(self.rect()).adjusted(4, 4, -4 - bar, -4)
        if self._has_strip:
            area.setTop(self.height() - self._strip)
        for text in self.card.shorter():
            card = FormulaCard(text, self.font(), area.width())
            free = place_beside(card.size, area, points, nodes)
            place = QRectF(area.topLeft() if self._has_strip else free, card.size)
            if area.contains(place):
                found = found or (card, place)
                if not any(place.contains(*point) for point in points.tolist()):
                    return card, place
        return found

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.setAccepted(self.bar.maximum() > 0)
        self.bar.setValue(self.bar.value() - round(event.angleDelta().y() / 120))

    def _recolour(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        if (picture := self.picture) is None:
            return
        plan = self._planned(picture)
        thickness = self.bar.sizeHint().width()
        if plan.is_cut:
            plan = self._planned(picture, thickness)
        self.plan = plan
        with QSignalBlocker(self.bar):
            self.bar.setRange(0, picture.graph.width - plan.visible)
        self.bar.setPageStep(plan.visible)
        self.bar.setGeometry(self.width() - thickness, 0, thickness, self.height() - self._strip)
        self.bar.setVisible(plan.is_cut)
        # Edges are thinner and paler the closer the hidden units are.
        widest = max(_CROWDED_WIDEST, min(_WIDEST, plan.hidden_apart / _PER_WIDTH))
        is_crowded = plan.visible > _CROWDED
        self._ink = EdgeInk(self.theme, widest, _CROWDED_STRENGTH if is_crowded else 1.0)
        self._nodes = NodeInk(plan, self.theme, self.font())

    def _planned(self, picture: DiagramPicture, bar: int = 0) -> DiagramLayout:
        """Return the layout beside a scroll bar and above cards, if they are there."""
        size = QSize(self.width() - bar, self.height() - self._strip)
        return DiagramLayout(*picture.shape, size, QFontMetricsF(self.font()), self.bar.value())

    def _paint(self, painter: QPainter) -> None:
        plan, picture = self.plan, self.picture
        if plan is None or picture is None:
            return
        # Pictures have the pixels of the screen: smoothing them would only wait for other threads.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = plan, picture.row
        area = QRectF(self.rect())
        self._still.draw(painter, area, lambda p: self._paint_still(p, picture, plan), look)
        self._paint_edges(painter, picture, plan)
        self._nodes.paint(painter, picture, self.unit)
        for edge in plan.paths if plan.sizes.text and self.unit is not None else ():
            if edge.unit == self.unit:
                self._write_at(painter, picture, edge, self.theme.hairline)

    def _paint_still(self, painter: QPainter, picture: DiagramPicture, plan: DiagramLayout) -> None:
        """Paint what no step changes."""
        if plan.is_cut:
            self._paint_beyond(painter, plan)
        self._nodes.paint_still(painter, picture)

    def _paint_edges(self, painter: QPainter, picture: DiagramPicture, plan: DiagramLayout) -> None:
        """Paint weak edges first, then the selected unit's."""
        pen, unit = self._ink.pen, self.unit
        edges = [(picture.levels[e.number], e, path) for e, path in plan.paths.items()]
        edges.sort(key=lambda drawn: abs(drawn[0] - (LEVELS - 1) / 2))
        if unit is not None:
            edges.sort(key=lambda drawn: drawn[1].unit == unit)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for level, edge, path in edges:
            painter.setPen(pen(level, unit not in (None, edge.unit)))
            painter.drawPath(path)

    def _paint_beyond(self, painter: QPainter, plan: DiagramLayout) -> None:
        """Write how many units are out of sight."""
        above, below = plan.first, plan.graph.width - plan.first - plan.visible
        take(painter, self.theme.quiet)
        for count, side, arrow in ((above, -1, "↑"), (below, 1, "↓")):
            if count:
                box = plan.beyond(side).adjusted(-40, 0, 40, 0)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{arrow} {count} more")

    def _write_at(self, painter: QPainter, picture: DiagramPicture, edge: Edge, rim: str) -> None:
        """Write an edge's weight on it."""
        label = numerals.signed(float(picture.weights[edge.number]))
        self._nodes.tag(painter, self.rect_of(edge), label, rim)

    def _paint_marks(self, painter: QPainter) -> None:
        plan, picture = self.plan, self.picture
        if plan is None or picture is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        work, theme = self.at_work, self.theme
        lit = dict.fromkeys(work.edges, theme.accent)
        if isinstance(self.marked, Edge):
            lit[self.marked] = theme.text
        for edge, color in lit.items():
            if edge in plan.paths:
                self._paint_lit(painter, plan.paths[edge], picture.levels[edge.number], color)
        for node in work.nodes:
            self._nodes.ring(painter, node, theme.accent)
        if isinstance(self.marked, Node):
            self._nodes.ring(painter, self.marked, theme.text)
            self._nodes.label(painter, picture, self.marked)
        elif self.marked in plan.paths:
            self._write_at(painter, picture, self.marked, theme.text)
        self._paint_pulses(painter, plan)
        if found := self.placed_card():
            card, place = found
            rim = theme.accent if work.spots else theme.quiet
            card.paint(painter, place.topLeft(), theme, rim)

    def _paint_lit(self, painter: QPainter, path: QPainterPath, level: int, color: str) -> None:
        """Paint an edge with a halo."""
        width, cap, stroke = self._ink.width(level), Qt.PenCapStyle.FlatCap, self.theme.stroke
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, wider in ((color, _HALO * stroke), (self.theme.panel, _HALO * stroke - 2)):
            painter.setPen(QPen(QColor(ink), width + wider, c=cap))
            painter.drawPath(path)
        painter.setPen(self._ink.pen(level))
        painter.drawPath(path)

    def _paint_pulses(self, painter: QPainter, plan: DiagramLayout) -> None:
        """Paint the pulse along the edges at work."""
        if self.pulse is None or not self.at_work.way:
            return
        at = self.pulse if self.at_work.way > 0 else 1 - self.pulse
        take(painter, self.theme.panel, 1.5, self.theme.accent)
        radius = _PULSE * self.theme.stroke
        for edge in self.at_work.edges:
            if edge in plan.paths:
                painter.drawEllipse(plan.paths[edge].pointAtPercent(at), radius, radius)
