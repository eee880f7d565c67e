"""The loss plot on the screen."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF

from tests.support.page import Page
from tests.support.screen import press_left, release_left
from xorviz.core.runs.project import PinnedRun, Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.loss_legend import Legend
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.ui.plot.curve_row import Curve, Row


class LossPage(Page[LossPlot]):
    """A loss plot: its curves, marked points, legend, and the ends of its axes."""

    @property
    def losses(self) -> Row:
        return self.plot.rows[0]

    @property
    def curves(self) -> Sequence[Curve]:
        """The curves of the current runs."""
        return self.losses.moving.curves

    @property
    def points(self) -> list[tuple[float, float]]:
        """The marked points."""
        return [(point.step, point.value) for point in self.losses.pointers.points]

    @property
    def ends(self) -> tuple[float, float, float, float]:
        """The ends of both axes, as values."""
        scales = self.losses.scales
        (left, right), (bottom, top) = scales.box.viewRange()
        across, up = scales.step_axis.from_view, scales.value_axis.from_view
        return across(left), across(right), up(bottom), up(top)

    @property
    def legend(self) -> Legend:
        return self.view._legend

    @property
    def named(self) -> list[str]:
        """The names in the legend."""
        rows = self.legend.rows if self.legend.isVisible() else ()
        return [row.name + row.note for row in rows]

    @property
    def values(self) -> list[str]:
        """What the legend reads out."""
        return [row.value for row in self.legend.rows]

    def pin(self, *runs: PinnedRun) -> None:
        """Show these pinned runs."""
        self.view.show_project(Project(Record(RunConfig()), 0, pinned=runs))

    def scale(self, log_loss: bool, log_step: bool) -> None:
        self.option("log_loss").setChecked(log_loss)
        self.option("log_step").setChecked(log_step)

    def point_at(self, step: float) -> str:
        """Move the mouse over a step."""
        return self.point(self.on_plot(step, float(self.curves[0].values[-1])), self.part)

    def press_at(self, place: QPoint) -> None:
        """Press and release the left button."""
        press_left(self.part, place)
        release_left(self.part, place)

    def shows(self, trace: Trace) -> bool:
        """Return whether all of a trace is in sight."""
        scales = self.losses.scales
        x, y = scales.x_of(trace.steps.astype(float)), scales.y_of(trace.losses)
        area = scales.area.adjusted(-0.01, -0.01, 0.01, 0.01)
        ends = QPointF(x.min(), y.min()), QPointF(x.max(), y.max())
        return all(area.contains(end) for end in ends)
