"""The view of the loss landscape: loss on a plane through the shown network.

Shapes: n points a side, K points of a line.
"""

import math
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.analysis.planes import (
    Landscape,
    LandscapeQuestion,
    Pair,
    PlaneKind,
    parameter_names,
    percent,
    telling_pair,
)
from xorviz.core.analysis.surface import Span
from xorviz.core.arrays import Array
from xorviz.core.network import parameter_count
from xorviz.core.numerals import round_above, round_below
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.export import Cells, grid
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.square_items import Chart, axes_room, paint_axes, ticks_at
from xorviz.panels.base.words import at_step
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.label_places import LabelSpace
from xorviz.ui.draw.painted import paint_tag, take
from xorviz.ui.forms.boxes import STRETCH, column, row
from xorviz.ui.forms.fields import ChoiceField, explain
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import linear_ticks, log_ticks
from xorviz.ui.plot.lines import isolines
from xorviz.ui.theme.palette import LEVELS, Theme, faint, sequential

_DECADES = 6
"""Largest range of colours and contour lines."""
_MOST = 12
"""Largest number of contour lines."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Range of the logarithmic colour scale; both ends are round."""

    low: float
    high: float

    @classmethod
    def of(cls, losses: Array) -> "Scale":
        """Return the scale of these losses; it changes in jumps."""
        high = round_above(max(float(losses.max()), 1e-300))
        low = max(float(losses.min()), high * 10.0**-_DECADES)
        return cls(min(round_below(low), high / 2), high)

    def shares(self, losses: Array) -> Array:
        """Return the positions of losses on the scale, from 0 to 1."""
        low, high = math.log10(self.low), math.log10(self.high)
        logs = np.log10(np.clip(losses, self.low, self.high))
        return np.asarray(((logs - low) / (high - low)).clip(0, 1))


def levels_between(low: float, high: float) -> list[float]:
    """Return round losses between two positive ones, five to twelve; none if they are equal."""
    ticks = linear_ticks if high < 10 * low else log_ticks
    return [level for level in ticks(low, high, _MOST) if low < level < high]


def contours(xs: Array, ys: Array, losses: Array, scale: Scale) -> dict[float, list[Array]]:
    """Return the contour lines (K, 2) of losses (n, n) by level."""
    lowest = max(float(losses.min()), scale.low)
    levels = levels_between(lowest, float(losses.max()))
    # Logarithms vary more linearly between grid points.
    heights = np.log10(np.clip(losses, scale.low / 2, None))
    lines_at = isolines(xs, ys, heights)
    return {level: lines_at(math.log10(level)) for level in levels}


_CENTRE = Qt.AlignmentFlag.AlignCenter
_TOP, _RIGHT = 6, 10
_TICK_WIDTH, _TICK_HEIGHT = 4.0, 2.8
"""Least distance between ticks, in heights of a line."""


def chart_of(size: QSizeF, landscape: Landscape, metrics: QFontMetricsF) -> Chart:
    """Return the plot area of a landscape, with room for its axes."""
    across, up = (Span(float(at[0]), float(at[-1])) for at in (landscape.xs, landscape.ys))
    widest = max(map(numerals.tick, (up.low, up.high)), key=metrics.horizontalAdvance)
    left, bottom = axes_room(metrics, widest, is_named=True)
    area = QRectF(left, _TOP, size.width() - left - _RIGHT, size.height() - _TOP - bottom)
    return Chart(area, across, up)


_DOT, _ARM = 5.0, 7.0
"""Radius of the dots, and half the size of the cross at the cursor, in pixels."""
_NAMED_FROM = 300
"""Least width in pixels that shows the names of the two dots."""
_PIXELS_PER_LABEL = 15_000
_VEIL = 205
"""Opacity, of 255, of a label's background."""
_KEY_STEPS = 50
"""Key presses from one side of the plane to the other."""


@guarded
class LandscapeCanvas(Canvas):
    """Paints a landscape, or a message. Its spots are points (x, y) of the plane."""

    zoomed = Signal(int)  # 1: in, -1: out

    is_cached = True

    def __init__(self) -> None:
        super().__init__(QSize(420, 360), QSize(160, 110))
        self.chart: Chart | None = None
        self._landscape: Landscape | None = None
        self._message = ""
        self.scale = Scale(1, 10)
        """Of the colours."""
        self._lines: dict[float, list[Array]] = {}

    def show_landscape(self, landscape: Landscape) -> None:
        self._landscape = landscape
        self.scale = Scale.of(landscape.losses)
        self._lines = contours(landscape.xs, landscape.ys, landscape.losses, self.scale)
        self.lay_out()

    def show_message(self, message: str) -> None:
        self._landscape, self._message = None, message
        self.lay_out()

    def spot_at(self, point: QPointF) -> tuple[float, float] | None:
        return self.chart.point(point) if self.chart else None

    def neighbour(self, dx: int, dy: int) -> tuple[float, float] | None:
        """Return the point one key press from the marked one, or from the shown network."""
        if self.chart is None or self._landscape is None:
            return None
        self.is_walked = True
        x, y = self.marked or self._landscape.point
        across, up = self.chart.across, self.chart.up
        x += dx * (across.high - across.low) / _KEY_STEPS
        y -= dy * (up.high - up.low) / _KEY_STEPS
        return min(max(x, across.low), across.high), min(max(y, up.low), up.high)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if (turned := event.angleDelta().y()) and self.chart is not None:
            self.zoomed.emit(1 if turned > 0 else -1)

    def _lay_out(self) -> None:
        self.chart = None
        if self._landscape is not None:
            metrics = QFontMetricsF(self.font())
            self.chart = chart_of(QSizeF(self.size()), self._landscape, metrics)

    def _paint_marks(self, painter: QPainter) -> None:
        if self.marked and self.chart and self.is_walked:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            at, across, down = self.chart.at(*self.marked), QPointF(_ARM, 0), QPointF(0, _ARM)
            for color, width in ((self.theme.panel, 4.5), (self.theme.text, 1.5)):
                take(painter, color, width * self.theme.stroke)
                painter.drawLine(at - across, at + across)
                painter.drawLine(at - down, at + down)

    def _paint(self, painter: QPainter) -> None:
        landscape, chart = self._landscape, self.chart
        if landscape is None or chart is None:
            painter.setPen(QColor(self.theme.quiet))
            inside = QRectF(self.rect()).adjusted(12, 12, -12, -12)
            painter.drawText(inside, int(_CENTRE | Qt.TextFlag.TextWordWrap), self._message)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(chart.rect)
        self._paint_losses(painter, chart.rect, landscape)
        painter.setPen(QPen(faint(self.theme.text, 110), self.theme.stroke))
        for line in chain.from_iterable(self._lines.values()):
            painter.drawPolyline(chart.polygon(line))
        self._paint_path(painter, chart.polygon(landscape.path), landscape.is_line)
        labels = LabelSpace(chart.rect.adjusted(2, 2, -2, -2), chart.pixels(landscape.path))
        start, shown = (chart.at(*point) for point in landscape.path[[0, -1]].tolist())
        self._paint_dots(painter, start, shown, labels)
        if chart.rect.width() >= _NAMED_FROM:
            named = landscape.config.named
            names = [(named(landscape.step), shown)]
            names += [(named(0), start)] if len(landscape.path) > 1 else []
            for name, dot in names:
                if (box := labels.beside(dot, _label_size(painter, name))) is not None:
                    paint_tag(painter, box, name, self.theme.text, faint(self.theme.panel, _VEIL))
        self._paint_labels(painter, chart, labels)
        painter.restore()
        self._paint_axes(painter, chart, landscape.plane.names)

    def _paint_axes(self, painter: QPainter, chart: Chart, names: tuple[str, str]) -> None:
        line, area = QFontMetricsF(painter.font()).height(), chart.rect
        sides = (chart.across, area.width() / _TICK_WIDTH), (chart.up, area.height() / _TICK_HEIGHT)
        across, up = (
            ticks_at(linear_ticks(span.low, span.high, most / line)) for span, most in sides
        )
        paint_axes(painter, chart, self.theme, across, up, names)

    def _paint_losses(self, painter: QPainter, area: QRectF, landscape: Landscape) -> None:
        """Colour the area, with the outermost samples on its edges."""
        side = len(landscape.xs)
        shares = self.scale.shares(landscape.losses[::-1])
        colors = sequential(self.theme)[(shares * (LEVELS - 1) + 0.5).astype(np.uint8)]
        pixels = colors.tobytes()  # the image does not own its buffer
        image = QImage(pixels, side, side, 3 * side, QImage.Format.Format_RGB888)
        x, y = area.width() / (side - 1) / 2, area.height() / (side - 1) / 2
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area.adjusted(-x, -y, x, y), image)

    def _paint_path(self, painter: QPainter, path: QPolygonF, is_line: bool) -> None:
        """Draw the path as a line; as dots where too little of it is known."""
        for color, width in ((self.theme.panel, 4.5), (self.theme.text, 2.0)):
            wide = width * self.theme.stroke
            pen = QPen(QColor(color), wide if is_line else 2 * wide)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap if is_line else Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            if is_line:
                painter.drawPolyline(path)
            else:
                painter.drawPoints(path)

    def _paint_dots(
        self, painter: QPainter, start: QPointF, shown: QPointF, labels: LabelSpace
    ) -> None:
        """Mark the start with an open dot, and the shown network with a filled one."""
        text, panel = self.theme.text, self.theme.panel
        stroke, radius = self.theme.stroke, _DOT * self.theme.stroke
        for at, fill, ring in ((start, panel, text), (shown, text, panel)):
            take(painter, ring, 2 * stroke, fill)
            painter.drawEllipse(at, radius, radius)
            taken = QRectF(0, 0, 2 * radius + 6, 2 * radius + 6)
            taken.moveCenter(at)
            labels.take(taken)

    def _paint_labels(self, painter: QPainter, chart: Chart, labels: LabelSpace) -> None:
        """Label as many contour lines with their loss as fit."""
        levels = list(self._lines)
        most = max(2, round(chart.rect.width() * chart.rect.height() / _PIXELS_PER_LABEL))
        # Every other line first, so that lines without a label are not all neighbours.
        for level in (levels[::2] + levels[1::2])[:most]:
            text = numerals.tick(level)
            size = _label_size(painter, text)
            rect = labels.along(map(chart.pixels, self._lines[level]), size)
            if rect is not None:
                paint_tag(painter, rect, text, self.theme.text, faint(self.theme.panel, _VEIL))
                labels.take(rect.adjusted(-8, -8, 8, 8))


def _label_size(painter: QPainter, text: str) -> QSizeF:
    metrics = QFontMetricsF(painter.font())
    return QSizeF(metrics.horizontalAdvance(text) + 6, metrics.height())


REST_MS = 300
LEAST_ZOOM, MOST_ZOOM = -4, 8
_CLOSER = "Show half as much of the plane, around the network that is shown"
_FURTHER = "Show twice as much of the plane"
_FIT = "Show the whole path again"
_WITH_BAR, _WITH_NOTE, _WITH_NOTES = 16, 14, 22
"""Least heights of the panel that show the scale of the colours, the last note, and all of them, in
heights of a line.
"""
WAITING = "Computing…"

_KINDS = {
    PlaneKind.WEIGHTS: ("Plane of two weights", "Let two weights vary"),
    PlaneKind.PATH: ("Plane of the path", "The two directions that training moved in most"),
    PlaneKind.CURVATURE: (
        "Plane of gradient and curvature",
        "The gradient, and the direction in which the loss curves down most",
    ),
}  # fmt: skip


class LandscapeView(SnapshotView):
    """The latest landscape: colours, path and dot belong to the step that it names.

    At most one question is pending, none while the view is hidden, and a pause follows each answer,
    so that the analysis slows neither training nor the other views.
    """

    question_asked = Signal(object)  # LandscapeQuestion

    has_previews = False
    has_table = True
    explanation = (
        "The loss of all networks on a plane through the one shown, with the path of training "
        "from the open dot to the filled one. The options choose the plane: this slice doesn’t "
        "show the other directions."
    )

    def __init__(self) -> None:
        super().__init__("landscape")
        self._pending: LandscapeQuestion | None = None
        self._is_requested = False
        """Whether the snapshot shown needs no further request."""
        self.rest = QTimer(self, singleShot=True, interval=REST_MS)
        self.rest.timeout.connect(self.ask)
        self._landscape: Landscape | None = None
        self._zoom = 0
        self._shape: tuple[int, bool] | None = None
        """Width and biases of the network whose weights are listed."""
        self._pair: Pair = (0, 1)
        kinds = {k: (f"plane_{k.value}", text, tip) for k, (text, tip) in _KINDS.items()}
        self._kind = self._one_of(kinds, PlaneKind.PATH, self._choose_kind)
        self._option("landscape_closer", "Zoom in", tip=_CLOSER, slot=lambda: self._zoom_by(1))
        further = "Zoom out"
        self._option("landscape_further", further, tip=_FURTHER, slot=lambda: self._zoom_by(-1))
        self._option("fit_landscape", "Fit the landscape to the path", tip=_FIT, slot=self.fit)
        self._canvas = LandscapeCanvas()
        self._choices = [ChoiceField(f"landscape_{name}", {}) for name in ("across", "up")]
        self._row = self._make_row()
        self._bar, self._notes = ColorBar(_colors, "loss"), plain_label()
        self._bar.setToolTip("The loss that each colour stands for, on a logarithmic scale")
        self._spare = self._bar, self._notes
        column(self, self._row, (self._canvas, 1), *self._spare, margins=(4, 2, 4, 2), gap=4)
        self._canvas.show_message(WAITING)
        self._cursor_over(self._canvas)
        self._canvas.zoomed.connect(self._zoom_by)
        self._canvas.clicked_twice.connect(self.fit)

    def table(self) -> Cells | None:
        """Return the losses that are shown, over the distances along the plane's two directions."""
        if (shown := self._landscape) is None:
            return None
        return grid("loss", shown.xs.tolist(), shown.ys.tolist(), shown.losses)

    def describe(self, snapshot: Snapshot) -> str:
        if (shown := self._landscape) is None:
            return f"{at_step(snapshot)}, the landscape isn't computed yet."
        low, high = (numerals.real(float(end(shown.losses))) for end in (np.min, np.max))
        at, loss = shown.config.named(shown.step), numerals.real(shown.loss)
        names = " and ".join(shown.plane.names)
        return (
            f"At {at} the loss is {loss}; on the plane of {names} it goes from {low} to {high}."
            f" {' '.join(notes_of(shown))}"
        )

    def _make_row(self) -> QWidget:
        fields = QWidget()
        for choice, text in zip(self._choices, ("across", "up"), strict=True):
            explain(choice, f"Weight {text}", f"The weight that varies in this direction: {text}")
            choice.setMinimumContentsLength(6)
            choice.setMaximumWidth(180)
            choice.setMaxVisibleItems(16)
            choice.currentIndexChanged.connect(self._choose_pair)
        row(fields, *((choice, 1) for choice in self._choices), STRETCH, margins=(0, 0, 0, 0))
        fields.hide()
        return fields

    @Slot()
    def fit(self) -> None:
        self._zoom_by(-self._zoom)

    @Slot(int)
    def _zoom_by(self, steps: int) -> None:
        zoom = min(max(self._zoom + steps, LEAST_ZOOM), MOST_ZOOM)
        if zoom != self._zoom:
            self._zoom = zoom
            self.draw_anew()

    @Slot(object)
    def _choose_kind(self, kind: PlaneKind) -> None:
        self._zoom = 0
        self._row.setVisible(kind is PlaneKind.WEIGHTS)
        self.draw_anew()

    @Slot()
    def _choose_pair(self) -> None:
        """Use the chosen weights; choosing the other axis' weight swaps the two."""
        across, up = (choice.currentIndex() for choice in self._choices)
        if across == up:
            across, up = self._pair[1], self._pair[0]
        self._show_pair((across, up))
        self.draw_anew()

    def _show_pair(self, pair: Pair) -> None:
        self._pair = pair
        for choice, index in zip(self._choices, pair, strict=True):
            with QSignalBlocker(choice):
                choice.setCurrentIndex(index)

    def _offer_weights(self, snapshot: Snapshot) -> None:
        """List the weights of the network if its shape has changed."""
        config = snapshot.config
        shape = (config.width, config.biases)
        if shape == self._shape:
            return
        self._shape = shape
        for choice, sign in zip(self._choices, "→↑", strict=True):
            choice.offer({name: f"{name} {sign}" for name in parameter_names(config)})
        self._show_pair(telling_pair(snapshot.weights, config))

    def _draw(self, snapshot: Snapshot) -> None:  # noqa: ARG002
        """Request an analysis of another snapshot, as soon as none is pending."""
        self._is_requested = False
        self.ask()

    @Slot()
    def ask(self) -> None:
        """Request an analysis, if it is needed and none is pending."""
        snapshot, is_busy = self._snapshot, self._pending is not None or self.rest.isActive()
        if is_busy or self._is_requested or not self.is_seen or snapshot is None:
            return
        self._is_requested = True
        self._offer_weights(snapshot)
        self._pending = LandscapeQuestion(snapshot, self._kind.value, self._pair, self._zoom)
        self.question_asked.emit(self._pending)

    def answer_at_once(self) -> None:
        """Compute each answer in this thread from now on."""
        self.question_asked.connect(self._answer)

    @Slot(object)
    def _answer(self, question: LandscapeQuestion) -> None:
        self._pending = None
        self._show_answer(question.answer())

    @Slot(object, object)
    def take_answer(self, question: object, answer: Landscape) -> None:
        """Show an answer, if it is to the pending question."""
        if self._finish(question):
            self._show_answer(answer)

    @Slot(object, str)
    def take_failure(self, question: object, message: str) -> None:
        """Show why the analysis failed, if it is the pending one."""
        if self._finish(question):
            self._show_failure(message)

    def _finish(self, question: object) -> bool:
        """End the pending request and begin the pause, if the question is the pending one."""
        if question is not self._pending:
            return False
        self._pending = None
        self.rest.start()
        return True

    def _show_answer(self, answer: Landscape) -> None:
        self._landscape = answer
        self._canvas.show_landscape(answer)
        scale = self._canvas.scale
        self._bar.set_labels((numerals.tick(scale.low), numerals.tick(scale.high)))
        self._arrange()
        if self._canvas.marked and not self._canvas.is_walked:  # another point is under the mouse
            at = self._canvas.mapFromGlobal(QPointF(QCursor.pos()))
            self._canvas.mark(self._canvas.spot_at(at))
        self._read_marked()

    def _show_failure(self, message: str) -> None:
        self._landscape = None
        self._arrange()
        self._canvas.show_message(f"The landscape couldn't be computed: {message.rstrip('.')}.")
        self._clear_cursor()

    def _read_marked(self) -> None:
        text, marked = self.resting_text, self._canvas.marked
        if self._landscape and not text:
            at = self._landscape.config.named(self._landscape.step)
            text = f"at {at}, loss {numerals.real(self._landscape.loss)}"
        if marked and self._landscape:
            loss = numerals.real(self._landscape.loss_at(*marked))
            x, y = (numerals.real(value, 3) for value in marked)
            text = f"({x}, {y}) → loss {loss}"
        self.readout_changed.emit(text)

    def _arrange(self) -> None:
        notes = [] if self._landscape is None else notes_of(self._landscape)
        line = self.fontMetrics().height()
        self._bar.setVisible(bool(notes) and self.height() >= _WITH_BAR * line)
        self._notes.setVisible(bool(notes) and self.height() >= _WITH_NOTE * line)
        is_low = self.height() < _WITH_NOTES * line
        self._notes.setText(" ".join(notes[-1:] if is_low else notes))
        self._notes.setToolTip(" ".join(notes))


@cache
def _colors(theme: Theme) -> tuple[tuple[QColor, QColor], ...]:
    """Return the colours of losses, from low to high, each with the ink that a scale needs."""
    return tuple((QColor(*color), QColor(theme.text)) for color in sequential(theme).tolist())


def notes_of(landscape: Landscape) -> list[str]:
    """Return the notes below a landscape; the last one matters most."""
    notes = [landscape.plane.note] if landscape.plane.note else []
    if landscape.share is not None:
        notes.append(f"The plane holds {percent(landscape.share)} of the path’s variance.")
    if not landscape.is_line and len(landscape.path) > 1:
        notes.append(f"Only {len(landscape.path)} steps of the path are kept, shown as dots.")
    count = parameter_count(landscape.config)
    notes.append(f"A slice through {count} dimensions: a valley here need not be one.")
    return notes
