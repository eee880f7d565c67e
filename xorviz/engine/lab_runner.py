"""Plans trained by the lab's workers in the background, one after another."""

import sys
import threading
import time
import traceback
from dataclasses import dataclass
from queue import SimpleQueue

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from xorviz.core.kernels.compiler import INSTEAD, NUMPY, KernelError
from xorviz.engine.activity import end
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.training import training as lab_training
from xorviz.lab.workers.workers import Lab, LabError, Workers, worker_processes

_SECONDS_BETWEEN_REPORTS = 0.1


@dataclass(frozen=True, slots=True)
class Order:
    """A plan to be trained. A value."""

    name: str
    """A new order replaces the earlier ones of its name."""
    plan: LabPlan
    title: str = ""
    """What is being trained, in a few words."""
    subject: object = None
    """The object the plan was made from, passed through unchanged."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of an order. A value."""

    order: Order
    snapshot: LabSnapshot
    seconds_left: float = 0.0
    trouble: str = ""
    """One line for the user if it failed, otherwise empty."""

    @property
    def is_over(self) -> bool:
        """Whether the order is finished, stopped or failed."""
        return self.snapshot.is_over


class LabRunner(QThread):
    """A queue of orders, carried out one at a time in a thread that mostly waits for workers.

    It starts with the first. Its slots run in the window's thread, and do not block it.
    """

    progressed = Signal(object)  # Progress; exactly the last of an order is over
    changed = Signal()
    """The queue of orders has changed."""
    compiling_changed = Signal(bool)
    fell_back = Signal(str)
    """NumPy trains from here on; the text says why."""

    _made = Signal(object)  # Progress, in the thread

    def __init__(
        self, parent: QObject | None = None, workers: Workers | None = None, kernel: str = NUMPY
    ) -> None:
        super().__init__(parent)
        self.setObjectName("lab")
        self._lab, self._kernel = Lab(workers or worker_processes(), kernel=kernel), kernel
        self.orders: list[Order] = []
        """The first is under way, the others are waiting. Changed in the window's thread alone."""
        self._sent: SimpleQueue[Order | None] = SimpleQueue()
        self._wanted: Order | None = None
        """The order under way, unless it is being stopped; changed in the window's thread alone."""
        self._is_received = threading.Event()
        """Set once the last progress was received; until then no other is sent."""
        self._is_closed = False
        self._made.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def jobs(self) -> int:
        """The number of workers."""
        return self._lab.workers.count

    def has(self, order: Order) -> bool:
        """Return whether this is in training or waiting; an order being stopped is not."""
        return order in (self.orders if self._wanted else self.orders[1:])

    def train(self, order: Order) -> None:
        """Queue an order; earlier ones of its name are dropped. After the end, drop it."""
        if self._is_closed:
            return
        self._drop(order.name)
        self.orders.append(order)
        if len(self.orders) == 1:
            self._send_first()
        self.changed.emit()

    def cancel(self, name: str) -> None:
        """Stop or remove the orders of a name."""
        if self._drop(name):
            self.changed.emit()

    @Slot()
    def cancel_all(self) -> None:
        """Stop the order under way and remove those waiting; networks that are done stay."""
        for order in [*self.orders]:
            self._drop(order.name)
        self.changed.emit()

    def close(self) -> None:
        """End all workers, and the thread if it is not compiling."""
        self._is_closed = True
        self.orders.clear()
        self._lab.close()
        self._sent.put(None)
        end(self)

    def _drop(self, name: str) -> bool:
        """Stop or remove the orders of a name; return whether there were any."""
        names = [order.name for order in self.orders]
        if names[:1] == [name]:
            self._wanted = None
            self._lab.stop()
        self.orders[1:] = [order for order in self.orders[1:] if order.name != name]
        return name in names

    def _send_first(self) -> None:
        self._wanted = self.orders[0]
        self._sent.put(self._wanted)
        self.start()  # which does nothing if it runs

    @Slot(object)
    def _deliver(self, progress: Progress) -> None:
        if not self.orders:  # closed
            return
        self.progressed.emit(progress)
        self._is_received.set()
        if progress.is_over:
            self.orders.pop(0)
            if self.orders:
                self._send_first()
            self.changed.emit()

    def run(self) -> None:
        """Carry out orders, in the thread."""
        while order := self._sent.get():
            self._carry_out(order)

    def _carry_out(self, order: Order) -> None:
        """Train a plan and report progress, the last of which is over."""
        self._is_received.set()
        results, trouble = LabResults(order.plan), ""
        try:
            self._prepare()
            if self._wanted is order:
                self._train(order, results)
        except LabError as error:
            trouble = str(error)
        except Exception as error:  # any error must reach the window
            sys.stderr.write(traceback.format_exc())
            trouble = f"{type(error).__name__}: {error}"
        self._report(Progress(order, results.snapshot(is_over=True), trouble=trouble))

    def _prepare(self) -> None:
        """Compile the kernel, if that was never done on this machine; else use NumPy's."""
        try:
            lab_training.prepare(self._kernel, lambda: self.compiling_changed.emit(True))
        except KernelError as error:
            self._kernel = self._lab.kernel = NUMPY
            self.fell_back.emit(f"{error} {INSTEAD}")
        finally:
            self.compiling_changed.emit(False)

    def _report(self, progress: Progress) -> None:
        self._is_received.clear()
        self._made.emit(progress)

    def _train(self, order: Order, results: LabResults) -> None:
        """Add the findings of an order's networks to the results, until it is dropped.

        The time left follows from how long the workers have trained so far: what is left costs as
        much, and as many of its networks stop early.
        """
        costs, everywhere = order.plan.costs(self.jobs, self._kernel), range(len(order.plan))
        busy, trained, reported = order.plan.most_busy(self.jobs), 0.0, time.monotonic()
        for piece in self._lab.run(order.plan):
            if self._wanted is not order:
                return
            results.add(piece.places, piece.cohort, piece.findings)
            trained += piece.seconds / busy
            now = time.monotonic()
            if now - reported >= _SECONDS_BETWEEN_REPORTS and self._is_received.is_set():
                reported = now
                snapshot = results.snapshot()
                share = max(snapshot.progress_of(everywhere, costs), 1e-9)
                self._report(Progress(order, snapshot, trained * (1 - share) / share))
