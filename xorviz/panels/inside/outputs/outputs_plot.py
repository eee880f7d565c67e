"""The view of the four outputs and the gradient norm against the step."""

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout

from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.export import Cells
from xorviz.panels.base.row_signs import NAMES, SHOWN_ROWS
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.curves.step_scale import moved_along, picked_step
from xorviz.panels.inside.outputs.canvas import OutputsCanvas, OutputsReadout


class OutputsPlot(SnapshotView):
    """Curves of recorded values only; without recorded outputs there are none."""

    step_requested = Signal(object)  # int

    has_table = True
    explanation = (
        "What the network has answered to each row of the truth table after each step: orange "
        "rows should come to 1, blue ones to 0, and the dotted line is one half. The names at the"
        " end of the curves are the rows' inputs; of two rows with one target the second is "
        "dashed. An answer that goes up and down too fast to be drawn is a band between its "
        "lowest and its highest. Below is the norm of the gradient, how steep the loss is for the"
        " weights: near zero, training hardly moves. Click, or drag, to go to a step: all panels "
        "then show the network as it was, and a solid line marks it here. Point, or move with the"
        " arrow keys, to read the exact values of a step; Enter goes there, Esc ends it."
    )

    def __init__(self) -> None:
        super().__init__("outputs_plot")
        self._canvas = OutputsCanvas()
        self._canvas.setAccessibleName("Outputs and gradient norm against step")
        self._pointed: float | None = None
        self._picked: int | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 0, 4, 0)
        layout.addWidget(self._canvas)
        self._canvas.pointed_at.connect(self._point_at)
        self._canvas.pressed.connect(self._pick)
        self._canvas.dragged.connect(self._drag_to)
        self._log_step = self._option(
            "outputs_log_step", "Logarithmic step axis of the outputs", checked=False
        )
        self._log_step.setStatusTip("Equal ratios of steps are equal distances")
        self._log_step.toggled.connect(self._rescale)
        self.options = [self._log_step]

    @property
    def options_text(self) -> str:
        return "log step" if self._canvas.axis.is_log else "linear"

    def table(self) -> Cells | None:
        """Return the four outputs and the gradient norm at each recorded step."""
        if (snapshot := self._snapshot) is None:
            return None
        trace = snapshot.trace
        outputs = trace.outputs[:, SHOWN_ROWS]
        points = np.column_stack((outputs, trace.gradient_norms)).tolist()
        rows = ([step, *point] for step, point in zip(trace.steps.tolist(), points, strict=True))
        names = (f"y{NAMES[row]}" for row in SHOWN_ROWS)
        return ("step", *names, "gradient_norm"), rows

    def _use_cursor(self) -> None:
        if self._pointed is not None and self._snapshot is not None:
            self.step_requested.emit(self._snapshot.trace.nearest(self._pointed)[0])

    @Slot(bool)
    def _rescale(self, is_log: bool) -> None:
        self._canvas.axis.set_log(is_log)
        self.draw_anew()

    def _draw(self, snapshot: Snapshot) -> None:
        self._canvas.show_snapshot(snapshot if len(snapshot.trace.steps) else None)
        self._show_pointed()

    def _draw_nothing(self) -> None:
        self._canvas.show_snapshot(None)
        self._show_pointed()

    def _recolour(self) -> None:
        self._canvas.apply_theme(self.theme)

    @Slot(object)
    def _point_at(self, step: float | None) -> None:
        self._pointed = step
        self._show_pointed()

    @Slot(float)
    def _pick(self, step: float) -> None:
        self._picked = None
        self._drag_to(step)

    @Slot(float)
    def _drag_to(self, under: float) -> None:
        """Request the step under the mouse if it differs from the last one."""
        self._point_at(under)
        if self._snapshot is not None:
            step = picked_step(under, self._canvas.axis.is_log, self._snapshot.newest)
            if step != self._picked:
                self._picked = step
                self.step_requested.emit(step)

    def _move_cursor(self, dx: int, dy: int) -> None:  # noqa: ARG002
        if self._snapshot is not None and len(self._snapshot.trace.steps):
            at = self._snapshot.step if self._pointed is None else self._pointed
            self._point_at(moved_along(self._snapshot.trace, at, dx))

    def _clear_cursor(self) -> None:
        self._point_at(None)

    def _show_pointed(self) -> None:
        """Mark and read out the recorded point nearest to the cursor."""
        snapshot = self._snapshot
        if snapshot is None or self._pointed is None or not len(snapshot.trace.steps):
            self._canvas.show_readout(None)
            self.readout_changed.emit(self.resting_text)
            return
        readout = OutputsReadout.nearest(snapshot.trace, self._pointed)
        self._canvas.show_readout(readout)
        self.readout_changed.emit(readout.text)
