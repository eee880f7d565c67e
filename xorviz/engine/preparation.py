"""Preparing a kernel in a thread: compiling takes seconds, once per machine."""

import sys
import traceback

from PySide6.QtCore import QObject, QThread, Signal, Slot

from xorviz.core.kernels import compiler, kernels
from xorviz.engine.activity import end
from xorviz.engine.pace import BUDGET_SECONDS, FREE_BUDGET_SECONDS


class _Thread(QThread):
    """Prepares one kernel and ends."""

    compiling = Signal(bool)

    def __init__(self, kernel: str, parent: QObject) -> None:
        super().__init__(parent)
        self._kernel = kernel
        self.trouble = ""
        """Why the kernel cannot be used, once it has ended."""

    def run(self) -> None:
        """Prepare the kernel; any error must reach the window."""
        try:
            kernels.prepare(self._kernel, lambda: self.compiling.emit(True))
        except Exception as error:
            sys.stderr.write(traceback.format_exc())
            self.trouble = str(error) or type(error).__name__


class Preparation(QObject):
    """Preparation of one kernel. Lives in the window's thread and does not block it.

    If the kernel cannot be used, NumPy's takes its place.
    """

    compiling_changed = Signal(bool)
    fell_back = Signal(str)
    """NumPy's kernel has taken its place; the text says why. Comes before ``done``."""
    done = Signal()

    def __init__(self, kernel: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kernel = kernel
        self.trouble = ""
        """Why NumPy's kernel has taken its place, if it has."""
        self.is_compiling = False
        """Whether something is being compiled, not merely loaded."""
        self._is_closed = False
        self._thread: _Thread | None = None

    @property
    def is_free(self) -> bool:
        """Whether the kernel frees the GIL while training."""
        return kernels.kernel_named(self.kernel).frees_the_lock

    @property
    def budget_seconds(self) -> float:
        """How long a frame may train; longer if the kernel frees the GIL for drawing."""
        return FREE_BUDGET_SECONDS if self.is_free else BUDGET_SECONDS

    @property
    def is_done(self) -> bool:
        """Whether the kernel is ready to train."""
        return kernels.is_ready(self.kernel)

    @Slot()
    def start(self) -> None:
        """Start preparing, unless it is done, under way or closed."""
        if self.is_done or self._is_closed or self._thread is not None:
            return
        self._thread = _Thread(self.kernel, self)
        self._thread.compiling.connect(self.set_compiling)
        self._thread.finished.connect(self._end)
        self._thread.start(QThread.Priority.LowPriority)

    def close(self) -> None:
        """Start no more, and end the thread if it is not compiling."""
        self._is_closed = True
        if self._thread is not None:
            end(self._thread)

    @Slot(bool)
    def set_compiling(self, is_compiling: bool) -> None:
        """Set whether this kernel is being compiled, for training or for the lab."""
        if is_compiling != self.is_compiling:
            self.is_compiling = is_compiling
            self.compiling_changed.emit(is_compiling)

    @Slot()
    def _end(self) -> None:
        ended, self._thread = self._thread, None
        assert ended is not None
        ended.deleteLater()
        self.set_compiling(False)
        if ended.trouble:
            self.kernel = compiler.NUMPY
            self.trouble = f"{ended.trouble.rstrip('.')}. {compiler.INSTEAD}"
            self.fell_back.emit(self.trouble)
        self.done.emit()
