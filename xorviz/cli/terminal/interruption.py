"""Ctrl+C without KeyboardInterrupt."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from xorviz.files import atomic

INTERRUPTED = 130
"""Exit code of a command that Ctrl+C has ended."""


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Let SIGINT and SIGTERM end the process at once, with the exit code of a shell.

    KeyboardInterrupt may be raised while Qt paints, or in another function that C has called: it
    is then lost, or the process crashes. A signal that is ignored stays ignored. Use it in the
    main thread.
    """
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}
    changed = [number for number in numbers if before[number] is not signal.SIG_IGN]
    for number in changed:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in changed:
            signal.signal(number, before[number])


def _end(number: int, _frame: FrameType | None) -> None:
    atomic.remove_temporaries()
    os._exit(128 + number)


class Interruption:
    """A context in which Ctrl+C calls ``react`` once, in a thread of its own.

    KeyboardInterrupt could be raised while the main thread holds a lock. An ignored SIGINT, as in
    a background job of a shell, stays ignored. Use it in the main thread.
    """

    def __init__(self, react: Callable[[], object]) -> None:
        self._react = react
        self.has_come = False
        self._wakes = threading.Event()  # used by nothing else, so the handler cannot deadlock
        self._thread = threading.Thread(target=self._wait, daemon=True)

    def __enter__(self) -> "Interruption":
        self._thread.start()
        self._before = signal.getsignal(signal.SIGINT)
        if self._before is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._record)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)
        self._wakes.set()
        self._thread.join()

    def _record(self, _number: int, _frame: FrameType | None) -> None:
        if not self.has_come:
            self.has_come = True
            self._wakes.set()

    def _wait(self) -> None:
        self._wakes.wait()
        if self.has_come:
            self._react()
