"""Ctrl+C, heard only where nothing is left half done."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """While it lasts, Ctrl+C raises KeyboardInterrupt: once, and never amid what must be whole.

    Where the signal is ignored, as shells have it for programs in the background, it stays so.
    For the main thread, as all that is about signals.
    """

    def __init__(self) -> None:
        self._is_held = self._is_due = self._is_over = False

    def __enter__(self) -> "Interruption":
        self._before = signal.getsignal(signal.SIGINT)
        if self._before is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let what is done within come to its end first."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        if self._is_due:
            self._interrupt()

    def ignore(self) -> None:
        """Listen no more: it is over anyway."""
        self._is_over = True

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self._is_held:
            self._is_due = True
        else:
            self._interrupt()

    def _interrupt(self) -> None:
        if not self._is_over:
            self._is_over = True
            raise KeyboardInterrupt
