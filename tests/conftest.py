"""Fixtures that all tests share, and a check after each test that nothing is left running."""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

# Before Qt or NumPy is imported: no screen, one font, and one thread of linear algebra a process.
if os.environ.setdefault("QT_QPA_PLATFORM", "offscreen") == "offscreen":
    # As large as the window by default; Qt's own screen is narrower.
    SCREEN = Path(__file__).with_name("window") / "screen.json"
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={SCREEN}"
os.environ["FONTCONFIG_FILE"] = str(Path(__file__).with_name("window") / "fonts.conf")
# Qt warns of a locale without UTF-8, and Bash of one that is not installed.
os.environ["LC_ALL"] = "C.UTF-8"
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from xorviz.cli import preflight

if trouble := preflight.problem():
    sys.stderr.write(f"The tests need Qt. {trouble}\n")
    raise SystemExit(1)

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings
from pytestqt.qtbot import QtBot

from tests.support import cases
from tests.support.cases import Clock
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig

if TYPE_CHECKING:  # tests of the core run where Qt cannot be loaded
    from PySide6.QtCore import QSettings
    from PySide6.QtGui import QAccessibleEvent
    from PySide6.QtWidgets import QApplication

    from tests.support.windows import Do, Open
    from xorviz.engine.session import TrainingSession
    from xorviz.window.main_window import MainWindow

_BEYOND_ALL_WINDOWS = 9_999, 9_999


def pytest_configure(config: pytest.Config) -> None:
    """Try few generated examples by default, many in a thorough run; let programs write apart."""
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="xorviz-tests-")
    lenient = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    settings.register_profile("default", lenient, max_examples=12, derandomize=True)
    settings.register_profile("thorough", lenient, max_examples=50)
    settings.load_profile("thorough" if is_thorough(config) else "default")
    cases.are_few = config.getoption("markexpr").startswith("not thorough")


def pytest_unconfigure() -> None:
    """Remove what programs that are watched have written."""
    shutil.rmtree(os.environ["XDG_STATE_HOME"], ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let a thorough run repeat the tests that generate their examples."""
    for item in items:
        if is_thorough(config) and is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.thorough)


def is_thorough(config: pytest.Config) -> bool:
    """Return whether the run is ``-m thorough``."""
    return bool(config.getoption("markexpr") == "thorough")


def pytest_collection_finish() -> None:
    """Exclude loaded modules from garbage collection, which runs after each test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _nothing_is_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a timer or a window."""
    gc.freeze()  # so that only what this test makes is searched, and not the compiler each time
    if "qapp" not in request.fixturenames:
        yield
        return
    from tests.support.leaks import swept_leaks, windows  # noqa: PLC0415
    from xorviz.engine import activity  # noqa: PLC0415

    activity.MOST_MS = 60_000  # Qt ends the process if a thread is destroyed while it compiles
    shared = windows()  # by the tests of a module
    yield
    leaks = swept_leaks(shared)
    gc.collect()
    if leaks:
        pytest.fail("; ".join(leaks), pytrace=False)


@pytest.fixture(scope="session")
def qapp_cls() -> "type[QApplication]":
    """Return the class of the application, which is made in the program's style."""
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from xorviz.ui.theme.style import STYLE  # noqa: PLC0415

    QApplication.setStyle(STYLE)
    return QApplication


@pytest.fixture(autouse=True)
def _theme_is_reset(request: pytest.FixtureRequest) -> Iterator[None]:
    """Remove the theme that a test has applied."""
    if "qapp" not in request.fixturenames:
        yield
        return
    application: QApplication = request.getfixturevalue("qapp")
    font, palette = application.font(), application.palette()
    sheet = application.styleSheet()
    yield
    if application.styleSheet() != sheet:
        application.setStyleSheet(sheet)
    if application.palette() != palette:
        application.setPalette(palette)
    if application.font() != font:
        application.setFont(font)


@pytest.fixture(autouse=True)
def _mouse_is_moved_away(request: pytest.FixtureRequest) -> None:
    """Move the mouse out of the way, where it hovers over no window, with no button held."""
    if "qapp" in request.fixturenames:
        from PySide6.QtGui import QCursor  # noqa: PLC0415

        from tests.support.screen import release_mouse  # noqa: PLC0415

        request.getfixturevalue("qapp")
        QCursor.setPos(*_BEYOND_ALL_WINDOWS)
        release_mouse()


@pytest.fixture
def qtbot(qapp: "QApplication", request: pytest.FixtureRequest) -> QtBot:
    """Return a bot that waits until things have happened, and no longer."""
    from tests.support.patience import PatientBot  # noqa: PLC0415

    return PatientBot(request)


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the session."""
    return Clock()


@pytest.fixture
def kernel() -> str:
    """Return the name of the kernel that the session trains with."""
    return "numpy"


@pytest.fixture
def session(qtbot: QtBot, clock: Clock, kernel: str) -> Iterator["TrainingSession"]:
    """Return a session at step 0 of run 1, whose speeds are measured by the test's clock."""
    from xorviz.core.kernels import kernels  # noqa: PLC0415
    from xorviz.engine.session import TrainingSession  # noqa: PLC0415

    kernels.prepare(kernel)
    session = TrainingSession(clock=clock, kernel=kernel)
    session.open_run(Record(RunConfig()), 0)
    qtbot.waitUntil(lambda: session.unanswered == 0)
    yield session
    session.close()


@pytest.fixture
def snapshots(session: "TrainingSession") -> list[Snapshot]:
    """Return a list that every new snapshot of the session is added to."""
    seen: list[Snapshot] = []
    session.snapshot_arrived.connect(seen.append)
    return seen


@pytest.fixture
def store(tmp_path: Path) -> "QSettings":
    """Return an empty store of settings."""
    from PySide6.QtCore import QSettings  # noqa: PLC0415

    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def open_window(qtbot: QtBot, store: "QSettings") -> Iterator["Open"]:
    """Return a function that opens the whole window; it is closed after the test."""
    from tests.support.windows import close  # noqa: PLC0415
    from xorviz.window.main_window import MainWindow  # noqa: PLC0415

    opened: list[MainWindow] = []

    def open_one(config: RunConfig | None = None, kernel: str = NUMPY) -> "MainWindow":
        window = MainWindow(config or RunConfig(), store, kernel)
        opened.append(window)
        with qtbot.waitExposed(window):
            window.show()
        qtbot.waitUntil(lambda: window.session.unanswered == 0)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield open_one
    for window in opened:
        close(window)
    opened.clear()


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list of what screen readers are asked to say at once."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # noqa: PLC0415

    said: list[str] = []
    tell = QAccessible.updateAccessibility

    def hear(event: "QAccessibleEvent") -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            said.append(event.message())
        tell(event)

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    return said


@pytest.fixture(scope="module")
def shared_window(
    qapp: "QApplication", tmp_path_factory: pytest.TempPathFactory
) -> Iterator["MainWindow"]:
    """Return a window that the tests of a module share: opening one takes half a second."""
    from tests.support.windows import close, opened  # noqa: PLC0415

    font, palette = qapp.font(), qapp.palette()
    window = opened(tmp_path_factory.mktemp("shared") / "settings.ini")
    yield window
    close(window)
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.fixture
def window(qtbot: QtBot, shared_window: "MainWindow") -> "MainWindow":
    """Return the shared window with the default run, layout and choices."""
    from tests.support.windows import reset  # noqa: PLC0415

    reset(qtbot, shared_window)
    return shared_window


@pytest.fixture
def do(qtbot: QtBot, window: "MainWindow") -> "Do":
    """Return what triggers a named action, or calls something, and waits until the window rests."""
    from tests.support.windows import action, settle  # noqa: PLC0415

    def act(what: str | Callable[..., object], *arguments: object) -> None:
        (action(window, what).trigger if isinstance(what, str) else what)(*arguments)
        settle(qtbot, window)

    return act


@pytest.fixture
def short_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no frame take longer than its first steps."""
    for name in ("LEAST_SECONDS", "FREE_SECONDS", "FULL_SECONDS"):
        monkeypatch.setattr(f"xorviz.engine.thread.{name}", 0.0)
