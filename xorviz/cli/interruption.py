"""Ctrl+C, answered without an exception in the middle of something."""

import signal
import threading
from collections.abc import Callable
from types import FrameType


class Interruption:
    """While it lasts, Ctrl+C is noted, and answered once by a call in a thread of its own.

    An exception would come wherever the main thread is, also where it holds locks that others
    wait for. Where the signal is ignored, as shells have it for programs in the background, it
    stays so. For the main thread, as all that is about signals.
    """

    def __init__(self, answer: Callable[[], object]) -> None:
        self._answer = answer
        self.has_come = False
        self._wakes = threading.Event()  # of this alone, so that the handler may touch its lock
        self._thread = threading.Thread(target=self._wait, daemon=True)

    def __enter__(self) -> "Interruption":
        self._thread.start()
        self._before = signal.getsignal(signal.SIGINT)
        if self._before is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)
        self._wakes.set()
        self._thread.join()

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if not self.has_come:
            self.has_come = True
            self._wakes.set()

    def _wait(self) -> None:
        self._wakes.wait()
        if self.has_come:
            self._answer()
