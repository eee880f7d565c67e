"""Files that take longer to make: in the event loop, without blocking it."""

from typing import Protocol

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from xorviz.files.atomic import FileError


class Job(Protocol):
    """A file that is made in short slices of work."""

    @property
    def unit(self) -> str:
        """What is counted: frames."""
        ...

    @property
    def remark(self) -> str:
        """What the user should know of the file, once it is made; may be empty."""
        ...

    @property
    def done(self) -> int:
        """How much is done."""
        ...

    @property
    def total(self) -> int:
        """How much there is to do."""
        ...

    def work(self) -> bool:
        """Work for a slice; return whether anything is left."""
        ...

    def finish(self) -> bytes:
        """Return the file, once no work is left."""
        ...

    def close(self) -> None:
        """Free what the work has needed."""
        ...


class FileMaker(QTimer):
    """Works for a slice in each iteration of the event loop. Deleted with its owner."""

    progressed = Signal(int, int)  # how much is done, of how much
    completed = Signal(object, str)  # the file: bytes; the remark
    failed = Signal(str)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._job: Job | None = None
        self.setInterval(0)
        self.timeout.connect(self._work)

    @property
    def is_busy(self) -> bool:
        """Whether a file is being made."""
        return self._job is not None

    def begin(self, job: Job) -> None:
        """Begin a file, in place of one that is not done."""
        self.cancel()
        self._job = job
        self.progressed.emit(job.done, job.total)
        self.start()

    @Slot()
    def cancel(self) -> None:
        """Stop and discard the file."""
        self.stop()
        job, self._job = self._job, None
        if job is not None:
            job.close()

    @Slot()
    def _work(self) -> None:
        job = self._job
        assert job is not None
        try:
            if job.work():
                self.progressed.emit(job.done, job.total)
                return
            content = job.finish()
        except (FileError, ArithmeticError) as error:
            self.cancel()
            self.failed.emit(str(error))
        except BaseException:
            self.cancel()  # else it would be raised again in each iteration
            raise
        else:
            self.cancel()
            self.completed.emit(content, job.remark)
