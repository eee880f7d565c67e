"""Starts Qt, opens the window, and handles signals and uncaught errors."""

import gc
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSettings, QSocketNotifier, QThread, QTimer
from PySide6.QtWidgets import QApplication

from xorviz import __version__
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.settings import RunConfig

if TYPE_CHECKING:
    from xorviz.core.runs.project import Project
    from xorviz.lessons.library import NamedLesson
    from xorviz.window.document.settings import Settings
    from xorviz.window.main_window import MainWindow


_ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
"""Signals that end the program. SIGHUP comes when its terminal is closed; Windows has none."""


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """The options of the command line that concern the window."""

    config: RunConfig | None = None
    """None for the last run."""
    runs: bool = False
    resets_layout: bool = False
    """Whether the window begins with its default size and layouts."""
    choices: Mapping[str, Any] = field(default_factory=dict)
    """The window's own choices, by their keys in Settings."""
    kernel: str = NUMPY
    project: "Project | None" = None
    """The content of a run file; then config is None."""
    path: Path | None = None
    """The run file; or the file of a watched program."""
    waits: bool = False
    """Whether the window is opened for a program to be watched: nothing stands in its way."""
    lesson: "NamedLesson | None" = None
    """The lesson that the window is opened in."""


def run(options: WindowOptions) -> int:
    """Show the window until it is closed; return the exit code."""
    # Loading makes many objects and hardly any garbage; later the session collects it.
    gc.disable()
    from xorviz.window.document.settings import Settings
    from xorviz.window.main_window import MainWindow

    application = _application()
    store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "xorviz", "xorviz")
    settings = Settings(store)
    if options.resets_layout:
        settings.forget_window()
    for name, value in options.choices.items():
        settings.set_choice(name, value)
    with _noting_signals() as notifier:
        is_introduced = settings.is_introduced or options.config is not None
        window = MainWindow(first_config(options, settings), store, options.kernel)
        window.leave_out(settings.left_out)
        if options.project is not None:
            window.file.put(options.project, options.path)
        elif options.lesson is not None:
            QTimer.singleShot(0, partial(window.lessons.begin, options.lesson))  # as below
        elif not (is_introduced or options.runs or options.waits):
            settings.set_choice("introduced", False)  # also at the next start, if nothing is done
            window.introduce()
        notifier.activated.connect(window.end)
        application.aboutToQuit.connect(window.session.close)
        # At once: what Qt posts to this end is dropped when a menu begins a loop of its own.
        application.lastWindowClosed.connect(application.quit)
        window.show()
        gc.freeze()  # these objects stay; collections need not visit them
        if options.runs:
            window.session.play()
        if options.waits:
            window.await_program(options.path)
        window.programs.start()
        with _showing_errors(window):
            code = application.exec()
        _end_if_compiling(store, code)
        # While Python is whole: at its end the parts of plots would be deleted in any order.
        window.deleteLater()
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return code


def _end_if_compiling(store: QSettings, code: int) -> None:
    """End the process at once if a thread still compiles, which cannot be interrupted."""
    windows = QApplication.topLevelWidgets()
    if any(one.isRunning() for top in windows for one in top.findChildren(QThread)):
        # Qt would end the process with an error for it.
        store.sync()
        sys.stderr.flush()
        os._exit(code)


def first_config(options: WindowOptions, settings: "Settings") -> RunConfig:
    """Return the settings to begin with; at the first launch a quick start, and set its speed."""
    from xorviz.files import assets
    from xorviz.window.document.settings import CURRENT_RUN

    config = options.config or settings.config(CURRENT_RUN)
    if config is not None:
        return config
    begun = assets.quick_start()
    if "speed" not in options.choices:
        settings.set_choice("speed", begun.speed)
    return begun.config


def _application() -> QApplication:
    """Make Qt's application, with its name and icon."""
    from xorviz.files import assets
    from xorviz.ui.chrome.icons import coloured
    from xorviz.ui.theme.style import application_of

    _identify()
    application = application_of(sys.argv[:1])
    application.setApplicationName("xorviz")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("xorviz")
    application.setWindowIcon(coloured(assets.read_text("icons/xorviz.svg")))
    return application


def _identify() -> None:
    """Give the process its own entry in the Windows task bar, instead of Python's."""
    if sys.platform == "win32":
        import ctypes

        with suppress(AttributeError, OSError):
            ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID("xorviz")


@contextmanager
def _noting_signals() -> Iterator[QSocketNotifier]:
    """Notify of SIGINT, SIGTERM and SIGHUP once the event loop runs, earlier ones included.

    One that is ignored stays ignored: with nohup, the window outlives its terminal. Python runs
    signal handlers only between bytecodes, and an idle event loop runs none; hence the socket
    that the interpreter writes to.
    """
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reader.recv(64))
    before = {
        number: signal.signal(number, lambda *_: None)
        for number in _ENDING
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        yield notifier
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        reader.close()
        writer.close()


@contextmanager
def _showing_errors(window: "MainWindow") -> Iterator[None]:
    """Show uncaught errors in the window, as well as on standard error."""
    before = sys.excepthook

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        before(kind, error, trace)
        window.show_fault(f"{kind.__name__}: {error}")

    sys.excepthook = show
    try:
        yield
    finally:
        sys.excepthook = before
