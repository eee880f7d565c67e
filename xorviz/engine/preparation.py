"""Preparing a kernel in a thread: compiling takes seconds, once per machine."""

import sys
import traceback

from PySide6.QtCore import QObject, QThread, Signal, Slot

from xorviz.core.kernels import compiler, kernels
from xorviz.engine.activity import end


class Preparation(QThread):
    """Preparation of one kernel. Does not block the window's thread, in which its slots run.

    If the kernel cannot be used, NumPy's takes its place.
    """

    compiling_changed = Signal(bool)
    fell_back = Signal(str)
    """NumPy's kernel has taken its place; the text says why."""
    _compiling = Signal(bool)

    def __init__(self, kernel: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kernel = kernel
        self.trouble = ""
        """Why NumPy's kernel has taken its place, if it has."""
        self.is_compiling = False
        """Whether something is being compiled, not merely loaded."""
        self._is_closed = False
        self._compiling.connect(self.set_compiling)
        self.finished.connect(self._end)  # before those who wait for it

    @property
    def is_free(self) -> bool:
        """Whether the kernel frees the GIL while training."""
        return kernels.kernel_named(self.kernel).frees_the_lock

    @property
    def is_done(self) -> bool:
        """Whether the kernel is ready to train."""
        return kernels.is_ready(self.kernel)

    @Slot()
    def begin(self) -> None:
        """Start preparing, unless it is done, under way or closed."""
        if not (self.is_done or self._is_closed or self.isRunning()):
            self.start(QThread.Priority.LowPriority)

    def run(self) -> None:
        """Prepare the kernel, in the thread; any error must reach the window."""
        try:
            kernels.prepare(self.kernel, lambda: self._compiling.emit(True))
        except Exception as error:
            sys.stderr.write(traceback.format_exc())
            self.trouble = f"{(str(error) or type(error).__name__).rstrip('.')}. {compiler.INSTEAD}"

    def close(self) -> None:
        """Start no more, and end the thread if it is not compiling."""
        self._is_closed = True
        end(self)

    @Slot(bool)
    def set_compiling(self, is_compiling: bool) -> None:
        """Set whether this kernel is being compiled, for training or for the lab."""
        if is_compiling != self.is_compiling:
            self.is_compiling = is_compiling
            self.compiling_changed.emit(is_compiling)

    @Slot()
    def _end(self) -> None:
        self.set_compiling(False)
        if self.trouble:
            self.kernel = compiler.NUMPY
            self.fell_back.emit(self.trouble)
