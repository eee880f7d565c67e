"""Has plans trained by the lab's workers, one after the other, beside everything else."""

import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from xorviz.core.kernels.compiler import NUMPY, WITHOUT_IT, CompilerError
from xorviz.lab.plan import LabPlan, shares_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.training import training as lab_training
from xorviz.lab.workers.lab import Lab
from xorviz.lab.workers.work import Piece
from xorviz.lab.workers.workers import LabError, Workers, workers_for

_SECONDS_BETWEEN_PICTURES = 0.1


@dataclass(frozen=True, slots=True)
class Order:
    """A plan that is to be trained, and for whom. A value."""

    name: str
    """Of several orders of one name only the latest is wanted."""
    plan: LabPlan
    waves: tuple[int, ...] = ()
    """Seeds that all recipes get before any gets more."""
    subject: object = None
    """What the plan was made from, for whoever ordered it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order has come. A value."""

    order: Order
    snapshot: LabSnapshot
    seconds_left: float = 0.0
    trouble: str = ""
    """Why it failed, in a line for a person; empty if it did not."""
    details: str = ""
    """The traceback of a failure that should not be."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come: all is done, or it was stopped or failed before."""
        return self.snapshot.is_over


class _Foreman(QObject):
    """Carries orders out, in a thread that waits for workers nearly all the time."""

    progressed = Signal(object)  # Progress, the last of each order is over
    compiling_changed = Signal(bool)

    def __init__(self, lab: Lab, kernel: str = NUMPY) -> None:
        super().__init__()
        self._lab = lab
        self._kernel = kernel
        self.is_taken = threading.Event()
        """Whether the last progress was seen: until then no other is told."""
        self.wanted: Order | None = None
        """What is to be carried out; written from the window's thread."""

    @Slot(object)
    def carry_out(self, order: Order) -> None:
        """Train a plan, and say how it goes. Ends with exactly one that is over."""
        self.is_taken.set()
        results, trouble, details = LabResults(order.plan), "", ""
        try:
            self._prepare()
            for progress in self._trained(order, results):
                self._tell(progress)
        except LabError as error:
            trouble = str(error)
        except CompilerError as error:
            trouble = f"{error} {WITHOUT_IT}"
        except Exception as error:  # whatever it is, it must reach the window
            trouble, details = f"{type(error).__name__}: {error}", traceback.format_exc()
        self._tell(Progress(order, results.snapshot(is_over=True), 0.0, trouble, details))

    def _prepare(self) -> None:
        """Compile what trains networks, if that was never done on this machine."""
        try:
            lab_training.prepare(self._kernel, lambda: self.compiling_changed.emit(True))
        finally:
            self.compiling_changed.emit(False)

    def _tell(self, progress: Progress) -> None:
        self.is_taken.clear()
        self.progressed.emit(progress)

    def _trained(self, order: Order, results: LabResults) -> Iterator[Progress]:
        """Write down what becomes of an order's networks, and yield how that goes."""
        begun = told = time.monotonic()
        for piece in self._pieces(order):
            results.add(piece.places, piece.cohort, piece.findings)
            now = time.monotonic()
            if now - told >= _SECONDS_BETWEEN_PICTURES and self.is_taken.is_set():
                told = now
                snapshot = results.snapshot()
                share = max(snapshot.progress, 1e-9)
                yield Progress(order, snapshot, (now - begun) * (1 - share) / share)

    def _pieces(self, order: Order) -> Iterator[Piece]:
        """Yield what the lab comes to, unless the order was dropped before the lab had begun."""
        plan = order.plan
        if self.wanted is order:
            shares = shares_of(plan, self._lab.workers.count, order.waves)
            for piece in self._lab.run(plan, shares):
                if self.wanted is not order:
                    return
                yield piece


class LabRunner(QObject):
    """Takes orders, and has one carried out at a time; the thread starts with the first.

    Lives in the window's thread and never blocks it.
    """

    progressed = Signal(object)  # Progress, the last of each order is over
    changed = Signal()
    """Another order is under way or waits, or none."""
    compiling_changed = Signal(bool)
    """Whether what trains networks is being compiled, which is done once on a machine."""

    _order_sent = Signal(object)  # Order

    def __init__(
        self, parent: QObject | None = None, workers: Workers | None = None, kernel: str = NUMPY
    ) -> None:
        super().__init__(parent)
        self._lab = Lab(workers or workers_for(kernel), kernel=kernel)
        self._orders: list[Order] = []
        """The first is under way, the others wait."""
        self._thread = QThread(self)
        self._thread.setObjectName("lab")
        self._foreman = _Foreman(self._lab, kernel)
        self._foreman.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self._order_sent.connect(self._foreman.carry_out, queued)
        self._foreman.progressed.connect(self._deliver, queued)
        self._foreman.compiling_changed.connect(self.compiling_changed, queued)

    @property
    def jobs(self) -> int:
        """How many workers there are."""
        return self._lab.workers.count

    @property
    def names(self) -> tuple[str, ...]:
        """Of the orders that are not over: the one under way, then those that wait."""
        return tuple(order.name for order in self._orders)

    @property
    def under_way(self) -> Order | None:
        """What is being trained."""
        return self._orders[0] if self._orders else None

    @property
    def waiting(self) -> tuple[Order, ...]:
        """What is to be trained after that."""
        return tuple(self._orders[1:])

    def run(self, order: Order) -> None:
        """Have a plan trained after those that were ordered before; one of its name is dropped."""
        self._drop(order.name)
        self._orders.append(order)
        self._send_first(len(self._orders) == 1)

    def cancel(self, name: str) -> None:
        """Stop an order that is under way, or forget one that waits."""
        if self._drop(name):
            self.changed.emit()

    def cancel_all(self) -> None:
        """Stop the order under way, and forget those that wait."""
        for name in self.names:
            self._drop(name)
        self.changed.emit()

    def close(self) -> None:
        """End the thread and all workers, and wait for them: a moment at most."""
        self._orders.clear()
        self._lab.close()
        self._thread.quit()
        self._thread.wait()

    def _drop(self, name: str) -> bool:
        """Stop or forget the orders of a name; return whether there were any."""
        before = self.names
        first = self._orders[:1]
        if first and first[0].name == name:
            self._foreman.wanted = None
            self._lab.stop()
        self._orders = first + [order for order in self._orders[1:] if order.name != name]
        return name in before

    def _send_first(self, is_new: bool) -> None:
        if is_new and self._orders:
            if not self._thread.isRunning():
                self._thread.start()
            self._foreman.wanted = self._orders[0]
            self._order_sent.emit(self._orders[0])
        self.changed.emit()

    @Slot(object)
    def _deliver(self, progress: Progress) -> None:
        if not self._orders:  # closed
            return
        self.progressed.emit(progress)
        self._foreman.is_taken.set()
        if progress.is_over:
            self._end_first()

    def _end_first(self) -> None:
        self._orders.pop(0)
        self._send_first(True)
