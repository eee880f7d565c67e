"""The view of the hidden units: the response of each over the input square."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from xorviz.core import numerals
from xorviz.core.analysis import symmetry
from xorviz.core.analysis.surface import (
    Span,
    color_span,
    largest_responses,
    response_maps,
    responses,
    span_of,
    unit_line,
)
from xorviz.core.arrays import Array
from xorviz.core.numerals import listed
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.square_items import level_images, paint_sign, point_in
from xorviz.panels.base.words import at_step, first_of, number
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.painted import Painted, paint_tag, write_at
from xorviz.ui.draw.tiles import Tiles
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.scrolled import scrolled
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import diverging, level
from xorviz.ui.theme.style import bold

WEIGHT_LIMIT = 5.0
"""Absolute outgoing weight with the strongest colour."""
NUMBERS_FROM = 104
"""Side of a map, in pixels, from which responses at the rows are written."""
_FOOT_SPACE = 6
"""Pixels between a map and its name."""

_GAP = 12
_FEW, _LEAST_OF_FEW, _LEAST = 12, 44, 72
"""A few maps may shrink further before they scroll than many."""
_SAMPLES, _COARSEST, _FINEST = 40_000, 24, 64
"""Samples computed per repaint, and the limits of samples along a map's side."""


def response_text(value: float) -> str:
    """Return a unit's response as text."""
    return numerals.fixed(value, 2) if abs(value) < 1000 else numerals.power(value)


@guarded
class UnitCanvas(Canvas):
    """Computes and paints only the maps in sight; its spots are the units.

    By hand: a frame costs 1.4 ms with 3 units, 2.8 ms with 24.
    """

    def __init__(self) -> None:
        super().__init__(QSize(480, 190), QSize(120, 80))
        self.selected: int | None = None
        """The selected unit, whose frame is thicker than that of the marked one."""
        self._cosines: Array | None = None
        """(H, H) of the units, if they are compared."""
        self._snapshot: Snapshot | None = None
        self._span = Span(0.0, 1.0)
        self._responses = np.zeros((4, 0))
        self.tiles = Tiles.fitted(1, 1, 1, 0, 0, 1, 0)
        self._room, self._bar = self.size(), 0
        self._signs = Painted()
        """The signs of the rows over a map, the same in all."""

    def fit(self, room: QSize, bar: int) -> None:
        """Fit the maps into this room, or be taller, beside a scroll bar of this width."""
        self._room, self._bar = room, bar
        self.lay_out()

    def show_snapshot(self, snapshot: Snapshot, is_compared: bool) -> None:
        """Show the units, perhaps each compared with another."""
        before, self._snapshot = self.count, snapshot
        weights, config = snapshot.weights, snapshot.config
        self._span = color_span(weights, config)
        self._responses = responses(weights, config)
        was_compared = self._cosines is not None
        self._cosines = symmetry.similarity(weights) if is_compared else None
        if (self.count, is_compared) != (before, was_compared):
            self.lay_out()
        self.update()

    @property
    def count(self) -> int:
        return 0 if self._snapshot is None else self._snapshot.config.width

    def select(self, selected: int | None, pointed: int | None) -> None:
        """Frame the selected unit, and more lightly the one pointed at."""
        if selected != self.selected:
            self.selected = selected
            self.update()
        self.mark(pointed)

    def visible_units(self) -> range:
        """Return the units whose tiles are at least partly visible."""
        sight = self.visibleRegion().boundingRect()
        return self.tiles.between(sight.top(), sight.bottom() + 1) if self.count else range(0)

    def spot_at(self, point: QPointF) -> int | None:
        unit = self.tiles.index_at(point) if self.count else None
        return unit if unit is not None and self.tiles.tile(unit).contains(point) else None

    def neighbour(self, dx: int, dy: int) -> int | None:
        """Return the unit beside the selected one; at first h1."""
        return self.tiles.beside(self.selected, dx, dy) if self.count else None

    def _recolour(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        width, height = self._room.width() - 4, self._room.height() - 4
        least = _LEAST_OF_FEW if self.count <= _FEW else _LEAST
        foot = self._line_height * (1 if self._cosines is None else 2) + _FOOT_SPACE
        tiles = Tiles.fitted(self.count, width, height, foot, _GAP, least, self._bar)
        self.tiles = tiles.moved(2, 2)
        self.setMinimumHeight(self.tiles.height + 2)
        self._bold, self._small = bold(self.font()), QFont(self.font())
        self._small.setPointSizeF(self.font().pointSizeF() * 0.9)
        self._radius = float(np.clip(tiles.side / 26, 2.5, 7)) * self.theme.stroke
        self._signs.clear()

    @property
    def _line_height(self) -> int:
        return self.fontMetrics().height() + 2

    def _paint(self, painter: QPainter) -> None:
        units, snapshot = self.visible_units(), self._snapshot
        if snapshot is None or not units:
            return
        hints = QPainter.RenderHint
        painter.setRenderHints(hints.Antialiasing | hints.SmoothPixmapTransform)
        tiles, cosines = self.tiles, self._cosines
        others = [] if cosines is None else symmetry.partners(cosines, self.selected)
        for unit, image in zip(units, self._maps_of(units, snapshot), strict=True):
            rect = tiles.picture(unit)
            painter.drawImage(rect, image)
            self._paint_unit(painter, rect, unit, snapshot)
            if cosines is not None:
                self._paint_partner(painter, rect, unit, others[unit], snapshot)

    def _maps_of(self, units: range, snapshot: Snapshot) -> list[QImage]:
        """Return the maps of units in sight: a millisecond, at whatever repaint."""
        n = int(np.clip(np.sqrt(_SAMPLES / len(units)), _COARSEST, _FINEST))
        answers = response_maps(snapshot.weights, snapshot.config, units, n).astype(float)
        return level_images(
            (answers - self._span.low) / (self._span.high - self._span.low), self.theme
        )

    def _paint_unit(self, painter: QPainter, rect: QRectF, unit: int, snapshot: Snapshot) -> None:
        """Paint what is over a unit's map and below it."""
        theme, is_selected = self.theme, unit == self.selected
        self._paint_line(painter, rect, unit, snapshot, Qt.PenStyle.SolidLine)
        self._paint_signs(painter, rect, snapshot.config.targets)
        if rect.width() >= NUMBERS_FROM:
            self._write_responses(painter, rect, self._responses[:, unit].tolist())
        ink, weight = (
            theme.accent if is_selected else theme.text,
            float(snapshot.weights.w2[unit, 0]),
        )
        self._write_foot(painter, rect, 0, f"h{unit + 1}", ink, weight, WEIGHT_LIMIT)
        if is_selected or unit == self.marked:
            width = (3.0 if is_selected else 1.5) * theme.stroke
            grown = width / 2 + 0.5
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(ink), width, j=Qt.PenJoinStyle.MiterJoin))
            painter.drawRect(rect.adjusted(-grown, -grown, grown, grown))

    def _paint_line(
        self, painter: QPainter, rect: QRectF, unit: int, snapshot: Snapshot, style: Qt.PenStyle
    ) -> None:
        """Draw a unit's boundary into a map, its own or another's."""
        if (line := unit_line(snapshot.weights, snapshot.config, unit)) is not None:
            width, ink = 1.5 * self.theme.stroke, QColor(self.theme.text)
            painter.setPen(QPen(ink, width, style, Qt.PenCapStyle.FlatCap))
            painter.drawLine(*(point_in(rect, *end) for end in line.tolist()))

    def _paint_partner(
        self, painter: QPainter, rect: QRectF, unit: int, other: int, snapshot: Snapshot
    ) -> None:
        """Draw the boundary of the unit that one is compared with, and write their cosine."""
        assert self._cosines is not None
        self._paint_line(painter, rect, other, snapshot, Qt.PenStyle.DashLine)
        name = f"{'~' if symmetry.difference(snapshot.weights, unit, other) else '='}h{other + 1}"
        cosine = float(self._cosines[unit, other])
        self._write_foot(painter, rect, 1, name, self.theme.quiet, cosine, 1.0)

    def _paint_signs(self, painter: QPainter, rect: QRectF, targets: tuple[int, ...]) -> None:
        """Paint the rows' signs, kept as a picture: painting them takes ten times as long."""
        area = QRectF(QPointF(), rect.size())

        def paint(inner: QPainter) -> None:
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            for row, target in zip(ROWS, targets, strict=True):
                paint_sign(inner, point_in(area, *row), self._radius, target, self.theme)

        painter.translate(rect.topLeft())
        self._signs.draw(painter, area, paint, targets)
        painter.translate(-rect.topLeft())

    def _write_responses(self, painter: QPainter, rect: QRectF, values: Sequence[float]) -> None:
        """Write a unit's responses below the signs."""
        span, metrics = self._span, QFontMetricsF(self._small)
        middle, reach = (span.low + span.high) / 2, (span.high - span.low) / 2
        painter.setFont(self._small)
        for row, value in zip(ROWS, values, strict=True):
            at, text = point_in(rect, *row), response_text(value)
            width = metrics.horizontalAdvance(text) + 6
            box = QRectF(at.x() - width / 2, at.y() + self._radius + 3, width, metrics.height())
            self._write_badge(painter, box, text, level(value - middle, reach))

    def _write_badge(self, painter: QPainter, box: QRectF, text: str, color: int) -> None:
        """Write a number on a background of its colour."""
        fill, ink = diverging(self.theme)[color]
        paint_tag(painter, box, text, ink, fill)

    def _write_foot(
        self,
        painter: QPainter,
        rect: QRectF,
        line: int,
        name: str,
        ink: str,
        value: float,
        limit: float,
    ) -> None:
        """Write a line below a map: a name, and a value on the colour it has up to a limit."""
        top, height = rect.bottom() + _FOOT_SPACE, self._line_height
        box = QRectF(rect.left(), top + line * height, rect.width(), height)
        font = self.font() if line else self._bold
        painter.setFont(font)
        painter.setPen(QColor(ink))
        write_at(painter, box, box.left(), name, QFontMetricsF(font))
        painter.setFont(self.font())
        space = box.width() - QFontMetricsF(font).horizontalAdvance(f"{name} ")
        written = self._fitting(value, limit, space - 8)
        width = min(QFontMetricsF(self.font()).horizontalAdvance(written) + 10, space)
        badge = QRectF(box.right() - width, box.top(), width, box.height())
        self._write_badge(painter, badge, written, level(value, limit))

    def _fitting(self, value: float, limit: float, space: float) -> str:
        """Return a number with as many decimals as fit; nothing in place of a rounded fraction."""
        texts = [numerals.signed(value, decimals) for decimals in (2, 1, 0)]
        texts[2] = texts[2] if limit > 1 else ""
        width = QFontMetricsF(self.font()).horizontalAdvance
        return next((text for text in texts if width(text) <= space), texts[-1])


_DESCRIBED = 4
"""Units that a description names: those with the largest outgoing weights."""
_HOW_TO_HIGHLIGHT = "Click, or press Enter, to highlight this unit in all panels"


@guarded
class Units(SnapshotView):
    """A response map for each hidden unit, in fixed colours; the selected one is framed."""

    has_table = True
    explanation = (
        "A map for each hidden unit: its response to every pair of inputs, and below it its "
        "weight to the output. Click a map to highlight its unit in all panels."
    )

    def __init__(self) -> None:
        super().__init__("units")
        self._canvas = UnitCanvas()
        self._area = scrolled(self._canvas)
        self._paged = self._area.verticalScrollBar
        for part in (self._canvas, self._area.viewport()):
            part.setAutoFillBackground(False)
        column(self, self._area, margins=(4, 2, 4, 2))
        tip = "Compare each unit with the one selected, or the one most like it"
        self._symmetry = self._option("units_symmetry", "Symmetry", False, tip, self.draw_anew)
        self._cursor_over(self._canvas)
        self._canvas.clicked.connect(self._click_unit)

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return each unit's answers to the four rows, its outgoing weight, and its cosines."""
        names, numbers = self._answers(snapshot)
        if self._compares(snapshot):
            units = (f"cosine to h{unit + 1}" for unit in range(snapshot.config.width))
            names, numbers = (
                (*names, *units),
                np.hstack((numbers, symmetry.similarity(snapshot.weights))),
            )
        rows = ([f"h{unit}", *row] for unit, row in enumerate(numbers.tolist(), 1))
        return ("unit", *names), rows

    def _answers(self, snapshot: Snapshot) -> tuple[tuple[str, ...], Array]:
        """Return the names and the values of each unit's answers and outgoing weight."""
        answers = responses(snapshot.weights, snapshot.config)[list(COUNTED)].T
        names = (*(f"row {ROW_NAMES[row]}" for row in COUNTED), "outgoing weight")
        return names, np.column_stack((answers, snapshot.weights.w2))

    def _compares(self, snapshot: Snapshot) -> bool:
        return self._symmetry.isChecked() and snapshot.config.width > 1

    def describe(self, snapshot: Snapshot) -> str:
        names, rows = self._answers(snapshot)
        ordered = sorted(enumerate(rows.tolist(), 1), key=lambda row: -abs(row[1][-1]))
        units = [
            f"h{unit} {', '.join(map(number, answers))} (outgoing weight {numerals.signed(weight)})"
            for unit, (*answers, weight) in ordered
        ]
        return (
            f"{at_step(snapshot)}, what {numerals.counted(len(ordered), 'hidden unit')}"
            f" {'answer' if len(ordered) > 1 else 'answers'} to {', '.join(names[:-1])}:"
            f" {first_of(units, _DESCRIBED)}.{self._described_symmetry(snapshot)}"
        )

    def _described_symmetry(self, snapshot: Snapshot) -> str:
        """Return which two units are most alike, and which are equal, as sentences."""
        if not self._compares(snapshot):
            return ""
        cosines = np.abs(symmetry.similarity(snapshot.weights)) - np.eye(snapshot.config.width)
        one, other = map(int, np.unravel_index(int(cosines.argmax()), cosines.shape))
        equal = equal_sentence(symmetry.equal_units(snapshot.weights), snapshot.config.width)
        most = f" Most alike or most opposite: {pair_text(snapshot, one, other)}."
        return most + (f" {equal}." if equal else "")

    def _arrange(self) -> None:
        bar = self._area.verticalScrollBar().sizeHint().width()
        self._canvas.fit(self._area.maximumViewportSize(), bar)

    def _draw(self, snapshot: Snapshot) -> None:
        self._canvas.show_snapshot(snapshot, self._compares(snapshot))
        self._show_marked()

    def _show_unit(self) -> None:
        is_under_mouse = self.unit == self._pointed_unit
        if self.unit is not None and self.unit < self._canvas.count and not is_under_mouse:
            tile = self._canvas.tiles.tile(self.unit).toAlignedRect()
            far = tile.height() // 2 + _GAP
            self._area.ensureVisible(tile.left(), tile.center().y(), 0, far)
        self._show_marked()

    @Slot(object)
    def _point_at(self, unit: int | None) -> None:
        self._point_at_unit(unit)
        self._canvas.setToolTip("" if unit is None else _HOW_TO_HIGHLIGHT)
        self._show_marked()

    def _move_cursor(self, dx: int, dy: int) -> None:
        self._choose_unit(self._canvas.neighbour(dx, dy))

    def _use_cursor(self) -> None:
        self._click_unit(self._chosen_unit)

    def _told_of(self, unit: int) -> str:
        return f"The response of h{unit + 1} to every pair of inputs. {_HOW_TO_HIGHLIGHT}."

    def _show_marked(self) -> None:
        """Frame the selected unit, and read out the one pointed at."""
        pointed = self.unit if self._pointed_unit is None else self._pointed_unit
        self._canvas.select(self._chosen_unit, pointed)
        self.readout_changed.emit(self._read(pointed))

    def _read(self, unit: int | None) -> str:
        if (snapshot := self._snapshot) is None:
            return ""
        weights, config = snapshot.weights, snapshot.config
        # The canvas may still show an older network until its next redraw.
        if unit is None or unit >= min(self._canvas.count, snapshot.config.width):
            span = span_of(config.activation, float(largest_responses(weights, config).max()))
            scale = f"colours {numerals.fixed(span.low, 0)} to {numerals.plain(span.high)}"
            groups = symmetry.equal_units(weights) if self._compares(snapshot) else []
            return self.resting_text or equal_sentence(groups, weights.w1.shape[1]) or scale
        if self._compares(snapshot):
            other = symmetry.partners(symmetry.similarity(weights), self._chosen_unit)[unit]
            return pair_text(snapshot, unit, other)
        answers = responses(weights, config)[:, unit]
        rows = [f"{ROW_NAMES[row]} {response_text(float(answers[row]))}" for row in COUNTED]
        text = f"h{unit + 1}: {', '.join(rows)}"
        if weights.b1 is not None:
            text += f", bias {numerals.signed(float(weights.b1[unit]))}"
        return text


def pair_text(snapshot: Snapshot, one: int, other: int) -> str:
    """Return how alike two units are, and since when they differ."""
    weights, names = snapshot.weights, f"h{one + 1} and h{other + 1}"
    if not (apart := symmetry.difference(weights, one, other)):
        return f"{names}: equal to the last bit"
    cosine = numerals.signed(float(symmetry.similarity(weights)[one, other]))
    said = [f"cosine {cosine}", f"difference {numerals.real(apart, 3)}"]
    if symmetry.is_mirrored(weights, snapshot.config.activation, one, other):
        said.append("mirrored")
    if (step := symmetry.parted_after(snapshot.record, snapshot.step, one, other)) is not None:
        said.append(f"alike until {snapshot.config.named(step)}")
    return f"{names}: {', '.join(said)}"


def equal_sentence(groups: list[tuple[int, ...]], count: int) -> str:
    """Return a sentence about units that are equal to the last bit, or nothing."""
    if not groups:
        return ""
    if len(groups[0]) == count:
        units = "Both units" if count == 2 else f"All {count} units"
        return f"{units} are equal to the last bit"
    named = (listed([f"h{unit + 1}" for unit in units]) for units in groups)
    return f"Equal to the last bit: {'; '.join(named)}"
