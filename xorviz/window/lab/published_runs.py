"""Runs published experiments in the lab."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from xorviz.engine.lab_runner import LabRunner, Order, Progress
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.published import EXPERIMENTS, Published
from xorviz.panels.lab.published.lab_published import LabPublished

OrderPlan = Callable[[str, LabPlan, tuple[int, ...], object], None]
"""Orders a plan by name, with its waves and its subject."""

_PREFIX = "published "


class PublishedRuns(QObject):
    """Runs the experiments that the panel requests, and shows their progress there."""

    def __init__(
        self, view: LabPublished, runner: LabRunner, order: OrderPlan, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._view, self._runner, self._order = view, runner, order
        self._shown: dict[str, bool] = {}
        """By the names of the ordered experiments: whether each is running."""
        view.experiment_requested.connect(self._order_one)
        view.all_requested.connect(self._order_all)
        runner.progressed.connect(self._show_progress)
        runner.changed.connect(self._show_orders)

    @Slot(object)
    def _order_one(self, experiment: Published) -> None:
        self._order(_PREFIX + experiment.name, experiment.plan, (), experiment)

    @Slot()
    def _order_all(self) -> None:
        """Order all experiments that are not running or waiting."""
        for experiment in EXPERIMENTS:
            if _PREFIX + experiment.name not in self._runner.names:
                self._order_one(experiment)

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        if (experiment := _subject(progress.order)) is None:
            return
        if not progress.is_over:
            self._view.show_state(experiment.name, progress.snapshot.progress)
        elif progress.snapshot.done.all():
            self._shown.pop(experiment.name, None)
            self._view.show_result(experiment.name, experiment.read(progress.snapshot))

    @Slot()
    def _show_orders(self) -> None:
        """Show which experiments wait, run or were cancelled."""
        names = [n.removeprefix(_PREFIX) for n in self._runner.names if n.startswith(_PREFIX)]
        now = self._runner.under_way
        first = None if now is None else _subject(now)
        running = {name: first is not None and name == first.name for name in names}
        for name in self._shown.keys() - running.keys():
            self._view.show_state(name, None)
        for name, is_running in running.items():
            if self._shown.get(name) is not is_running:
                self._view.show_state(name, 0.0 if is_running else None, not is_running)
        self._shown = running


def _subject(order: Order) -> Published | None:
    """Return the experiment of an order, if any."""
    return order.subject if isinstance(order.subject, Published) else None
