"""One window for the tests of a module, with a lab that trains in a thread."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.support.lab import in_thread
from tests.support.windows import settle
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine import lab_runner
from xorviz.panels.why.fixes import AT_REST
from xorviz.window.bars.tool_bar import DEFAULT_SPEED
from xorviz.window.main_window import MainWindow

Rest = Callable[[], None]


@pytest.fixture(autouse=True, scope="module")
def _worker_is_a_thread() -> Iterator[None]:
    """Let the lab have a thread, which starts faster than processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lab_runner, "worker_processes", in_thread)
        yield


@pytest.fixture
def rest(qtbot: QtBot, shared_window: MainWindow) -> Rest:
    """Return a function that waits until the lab does nothing."""
    return lambda: qtbot.waitUntil(lambda: not shared_window.lab.runner.orders)


@pytest.fixture
def empty_window(qtbot: QtBot, shared_window: MainWindow, rest: Rest) -> MainWindow:
    """Return the window with the default run, and a lab that has trained nothing.

    Unlike ``reset``, this leaves the workspace as it is, which takes most of the time.
    """
    window, session = shared_window, shared_window.session
    session.pause()
    settle(qtbot, window)
    session.rules = StopRules()
    window._choices.choose_speed(DEFAULT_SPEED)
    window.file.put(Project(Record(RunConfig()), 0), None)
    window._desk.all  # noqa: B018 makes the panels
    lab = window.lab
    lab.runner.cancel_all()
    rest()
    lab._latest = lab._cell = None
    lab.recipe.follow_current_run()
    lab.recipe.follow_steps.setChecked(True)
    for panel in (lab.seeds, lab.gallery, lab.map):
        panel.show_snapshot(None)
    lab.trials._kept.clear()
    lab.trials._trial, lab.trials._state = None, AT_REST
    lab.trials._show()
    settle(qtbot, window)
    window._status.forget_notice()
    return window
