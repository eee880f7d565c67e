"""The drawing of a lesson, on the panel Loss."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.lessons.lesson import DrawingAsked, Prediction
from xorviz.panels.learn.loss_drawing import DrawnCurve
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.window.docks.docks import Docks


class LessonDrawing(QObject):
    """Has the expected loss drawn, and keeps it in sight beside the run."""

    drawn = Signal(object)  # tuple[float, ...] | None: losses at even steps

    def __init__(self, plot: LossPlot, docks: Docks) -> None:
        super().__init__(docks)
        self._plot, self._docks = plot, docks
        self._is_begun = False
        plot.drawn.connect(self._note)

    def begin(self, predictions: Sequence[Prediction]) -> None:
        """Begin the drawing that is asked for, if one is, unless it has begun."""
        asked = next((one for one in predictions if isinstance(one, DrawingAsked)), None)
        if asked is None or self._is_begun:
            return
        self._is_begun = True
        self.use_keys()
        self._plot.begin_drawing(asked.last_step, asked.lowest, asked.highest)

    @Slot()
    def use_keys(self) -> None:
        """Give the panel the focus, so that keys draw."""
        self._docks.reveal(self._plot.objectName(), puts_back=False)

    def show_again(self) -> None:
        """Bring the curve to sight, if there is one."""
        if self._is_begun:
            self.use_keys()

    def end(self) -> None:
        """Keep the curve as it is."""
        if self._is_begun:
            self._plot.end_drawing()

    def forget(self) -> None:
        """Show no curve any more."""
        if self._is_begun:
            self._is_begun = False
            self._plot.show_drawn(None)

    @Slot(object)
    def _note(self, curve: DrawnCurve) -> None:
        self.drawn.emit(curve.even())
