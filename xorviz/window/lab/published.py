"""Between the panel of published experiments and the lab that trains them."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from xorviz.engine.lab_runner import LabRunner, Order, Progress
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.published import EXPERIMENTS, Published
from xorviz.panels.lab.published.lab_published import LabPublished

OrderPlan = Callable[[str, LabPlan, tuple[int, ...], object], None]
"""Orders a plan by a name of its own, with its waves and its subject."""

_PREFIX = "published "


class PublishedDesk(QObject):
    """Has experiments trained when the panel wishes it, and tells the panel how that goes."""

    def __init__(
        self, view: LabPublished, runner: LabRunner, order: OrderPlan, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._view, self._runner, self._order = view, runner, order
        self._told: dict[str, bool] = {}
        """Experiments that are to be run, by their names, and whether they are under way."""
        view.experiment_requested.connect(self._order_one)
        view.all_requested.connect(self._order_all)
        runner.progressed.connect(self._show_progress)
        runner.changed.connect(self._show_orders)

    @Slot(object)
    def _order_one(self, wanted: Published) -> None:
        self._order(_PREFIX + wanted.name, wanted.plan, (), wanted)

    @Slot()
    def _order_all(self) -> None:
        """Order all that are not under way already, or wait."""
        for experiment in EXPERIMENTS:
            if _PREFIX + experiment.name not in self._runner.names:
                self._order_one(experiment)

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        if (experiment := _subject(progress.order)) is None:
            return
        if not progress.is_over:
            self._view.show_progress(experiment.name, progress.snapshot.progress)
        elif progress.snapshot.done.all():
            self._told.pop(experiment.name, None)
            self._view.show_reading(experiment.name, experiment.read(progress.snapshot))

    @Slot()
    def _show_orders(self) -> None:
        """Say which experiments wait, which one begins, and which are not to be run any more."""
        names = [n.removeprefix(_PREFIX) for n in self._runner.names if n.startswith(_PREFIX)]
        now = self._runner.under_way
        first = None if now is None else _subject(now)
        told = {name: first is not None and name == first.name for name in names}
        for name in self._told.keys() - told.keys():
            self._view.show_stopped(name)
        for name, is_under_way in told.items():
            if self._told.get(name) is is_under_way:
                continue
            if is_under_way:
                self._view.show_progress(name, 0.0)
            else:
                self._view.show_waiting(name)
        self._told = told


def _subject(order: Order) -> Published | None:
    """Return the experiment that an order is for, if it is for one."""
    return order.subject if isinstance(order.subject, Published) else None
