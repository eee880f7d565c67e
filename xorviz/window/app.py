"""Starts Qt, opens the window, and ends in good order however the end comes."""

import gc
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, QSocketNotifier, Slot
from PySide6.QtWidgets import QApplication

from xorviz import __version__
from xorviz.core.config import RunConfig
from xorviz.core.kernels.compiler import NUMPY

if TYPE_CHECKING:
    from xorviz.core.runs.project import Project
    from xorviz.window.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks of the window."""

    config: RunConfig | None = None
    """None for the run that was last on the bench."""
    runs: bool = False
    choices: Mapping[str, Any] = field(default_factory=dict)
    """The window's own choices, by the names that Settings knows."""
    kernel: str = NUMPY
    project: "Project | None" = None
    """What a run file holds; then config is None."""
    path: Path | None = None
    """That file."""


def run(wishes: Wishes) -> int:
    """Show the window until it is closed; return the exit code."""
    # Loading makes many objects and hardly any garbage; the session collects that from then on.
    gc.disable()
    from xorviz.files import assets
    from xorviz.ui.chrome.icons import coloured
    from xorviz.window.document.settings import Settings
    from xorviz.window.main_window import MainWindow

    application = QApplication(sys.argv[:1])
    application.setApplicationName("xorviz")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("xorviz")
    application.setWindowIcon(coloured(assets.read_text("icons/xorviz.svg")))
    store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "xorviz", "xorviz")
    settings = Settings(store)
    for name, value in wishes.choices.items():
        settings.set_choice(name, value)
    with _signals_heard() as listener:
        window = MainWindow(wishes.config or settings.config(), store, wishes.kernel)
        if wishes.project is not None:
            window.filing.put(wishes.project, wishes.path)
        listener.closes(window)
        application.aboutToQuit.connect(window.session.close)
        window.show()
        gc.freeze()  # what is there by now stays, and is not gone through each time
        if wishes.runs:
            window.session.play()
        with _telling_failures(window):
            return application.exec()


class _SignalListener(QObject):
    """Closes a window when the process is asked to end.

    Python runs its handlers only between bytecodes, and an idle event loop runs none; hence
    the socket that the interpreter writes to.
    """

    def __init__(self) -> None:
        super().__init__()
        self._window: MainWindow | None = None
        self._reader, self.writer = socket.socketpair()
        self._reader.setblocking(False)
        self.writer.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._close_window)

    def closes(self, window: "MainWindow") -> None:
        """Close this window at a signal, also at one that has come already."""
        self._window = window

    @Slot()
    def _close_window(self) -> None:
        self._reader.recv(64)
        if self._window is not None:
            self._window.end()

    def close(self) -> None:
        self._notifier.setEnabled(False)
        self._reader.close()
        self.writer.close()


@contextmanager
def _signals_heard() -> Iterator[_SignalListener]:
    """Listen to SIGINT and SIGTERM; the event loop hears of them as soon as it runs."""
    listener = _SignalListener()
    before = {
        number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)
    }
    wakeup = signal.set_wakeup_fd(listener.writer.fileno(), warn_on_full_buffer=False)
    try:
        yield listener
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        listener.close()


@contextmanager
def _telling_failures(window: "MainWindow") -> Iterator[None]:
    """Show an error that nobody caught in the window, as well as on standard error."""
    before = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        before(kind, error, trace)
        window.show_fault(f"{kind.__name__}: {error}")

    sys.excepthook = tell
    try:
        yield
    finally:
        sys.excepthook = before
