"""The view of the loss landscape: loss on a plane through the shown network."""

import numpy as np
from PySide6.QtCore import QPointF, QSignalBlocker, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QLabel, QWidget

from xorviz.core import numerals
from xorviz.core.analysis.curvature import Question
from xorviz.core.analysis.landscape import Landscape, LandscapeQuestion
from xorviz.core.analysis.planes import Pair, PlaneKind, parameter_names, percent, telling_pair
from xorviz.core.network import parameter_count
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.export import Cells, grid
from xorviz.panels.base.snapshot_view import AskingView
from xorviz.panels.base.words import at_step
from xorviz.panels.inside.landscape_canvas import LandscapeCanvas
from xorviz.ui.forms.boxes import STRETCH, column, row
from xorviz.ui.forms.fields import ChoiceField, explain

REST_MS = 300
LEAST_ZOOM, MOST_ZOOM = -4, 8
_CLOSER = "Show half as much of the plane, around the network that is shown"
_FURTHER = "Show twice as much of the plane"
_FIT = "Show the whole path again"
_WITH_LABELS = 320
"""Least width in pixels that shows names beside the two choices."""
WAITING = "Computing…"

_KINDS = {
    PlaneKind.WEIGHTS: ("Plane of two weights", "Let two weights vary"),
    PlaneKind.PATH: ("Plane of the path", "The two directions that training moved in most"),
    PlaneKind.CURVATURE: (
        "Plane of gradient and curvature",
        "The gradient, and the direction in which the loss curves down most",
    ),
}  # fmt: skip


class LandscapeView(AskingView):
    """The latest landscape: colours, path and dot belong to the step that it names."""

    has_table = True
    explanation = (
        "The loss of all networks on a plane through the one shown, with the path of training "
        "from the open dot to the filled one. The options choose the plane: this slice doesn’t "
        "show the other directions."
    )

    def __init__(self) -> None:
        super().__init__("landscape", REST_MS)
        self._landscape: Landscape | None = None
        self._cursor: tuple[float, float] | None = None
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
        column(self, self._row, (self._canvas, 1), margins=(4, 2, 4, 2), gap=4)
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
        self._labels = []
        fields = QWidget()
        for choice, text in zip(self._choices, ("across", "up"), strict=True):
            label = QLabel(text)
            label.setObjectName("quiet")
            label.setBuddy(choice)
            self._labels.append(label)
            explain(choice, f"Weight {text}", f"The weight that varies in this direction: {text}")
            choice.setMinimumContentsLength(6)
            choice.setMaximumWidth(160)
            choice.setMaxVisibleItems(16)
            choice.currentIndexChanged.connect(self._choose_pair)
        across, up = zip(self._labels, ((choice, 1) for choice in self._choices), strict=True)
        row(fields, *across, *up, STRETCH, margins=(0, 0, 0, 0))
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
        names = parameter_names(config)
        for choice in self._choices:
            choice.offer(dict(zip(names, names, strict=True)))
        self._show_pair(telling_pair(snapshot.weights, config))

    def _question(self, snapshot: Snapshot) -> Question:
        self._offer_weights(snapshot)
        return LandscapeQuestion(snapshot, self._kind.value, self._pair, self._zoom)

    def _show_answer(self, _question: Question, answer: Landscape) -> None:
        self._landscape = answer
        self._canvas.show_landscape(answer, notes_of(answer))
        if self._cursor and self._canvas.marked is None:  # another point is under the mouse now
            at = self._canvas.mapFromGlobal(QPointF(QCursor.pos()))
            self._cursor = self._canvas.spot_at(at)
        self._show_cursor()

    def _show_failure(self, message: str) -> None:
        self._landscape = None
        self._canvas.show_message(f"The landscape couldn't be computed: {message.rstrip('.')}.")
        self._clear_cursor()

    @Slot(object)
    def _point_at(self, point: tuple[float, float] | None) -> None:
        """Read out the loss under the mouse, without a cross."""
        self._cursor = point
        self._canvas.mark(None)
        self._show_cursor()

    def _move_cursor(self, dx: int, dy: int) -> None:
        super()._move_cursor(dx, dy)
        self._canvas.mark(self._cursor)

    def _show_cursor(self) -> None:
        text = self.resting_text
        if self._landscape and not text:
            text = f"at {self._landscape.config.named(self._landscape.step)}"
        if self._cursor and self._landscape:
            loss = numerals.real(self._landscape.loss_at(*self._cursor))
            x, y = (numerals.real(value, 3) for value in self._cursor)
            text = f"({x}, {y}) → loss {loss}"
        self.readout_changed.emit(text)

    def _arrange(self) -> None:
        for label in self._labels:
            label.setVisible(self.width() >= _WITH_LABELS)


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
