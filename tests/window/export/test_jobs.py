"""Animations and scripts made in the event loop."""

import io
from collections.abc import Generator, Iterator

import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.cases import some
from tests.support.snapshots import QUICK
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.files.atomic import FileError
from xorviz.ui.theme.palette import LIGHT
from xorviz.window.export.jobs import FileMaker, Job, film_job, script_job

FRAMES = 6


@pytest.fixture
def owner(qtbot: QtBot) -> Iterator[QWidget]:
    owner = QWidget()
    yield owner
    if isValid(owner):
        owner.deleteLater()


@pytest.fixture
def maker(owner: QWidget) -> FileMaker:
    return FileMaker(owner)


@pytest.fixture
def animation(owner: QWidget) -> Job:
    recording = Recording(QUICK)
    recording.advance(400)
    project = Project(recording.record(), 400)
    return film_job(owner, project, ["truth_table"], FRAMES, 10, LIGHT)


def is_at_rest(maker: FileMaker) -> bool:
    stages = [w for w in QApplication.topLevelWidgets() if w.objectName() == "stage"]
    return not any((maker.is_busy, maker.isActive(), stages))


def test_an_animation_is_made_while_the_event_loop_goes_on(
    qtbot: QtBot, owner: QWidget, maker: FileMaker, animation: Job
) -> None:
    told: list[tuple[int, int]] = []
    maker.progressed.connect(lambda done, total: told.append((done, total)))
    beats: list[bool] = []
    heart = QTimer(interval=0)
    heart.timeout.connect(lambda: beats.append(maker.is_busy))
    heart.start()
    with qtbot.waitSignal(maker.completed) as completed:
        maker.begin(animation)
    heart.stop()
    assert list(dict.fromkeys(told)) == [(done, FRAMES) for done in range(FRAMES + 1)]
    assert sum(beats) >= FRAMES
    image = Image.open(io.BytesIO(completed.args[0]))
    assert image.n_frames == FRAMES  # type: ignore[attr-defined]
    assert is_at_rest(maker)


def test_a_cancelled_animation_emits_nothing(
    qtbot: QtBot, owner: QWidget, maker: FileMaker, animation: Job
) -> None:
    completed: list[bytes] = []
    maker.completed.connect(completed.append)
    with qtbot.waitSignal(maker.progressed, check_params_cb=lambda done, _: done == 2):
        maker.begin(animation)
    maker.cancel()
    assert is_at_rest(maker)
    turns: list[int] = []
    QTimer.singleShot(0, lambda: turns.append(1))
    qtbot.waitUntil(lambda: bool(turns))
    assert not completed


def test_another_file_replaces_one_that_is_not_done(
    owner: QWidget, maker: FileMaker, animation: Job
) -> None:
    maker.begin(animation)
    assert not is_at_rest(maker)
    made: list[bytes] = []
    maker.completed.connect(lambda content, _: made.append(content))
    maker.begin(script_job(Recording(QUICK).record(), 0))  # so short that it is made at once
    assert made[0].startswith(b'"""')
    assert is_at_rest(maker)


def test_the_maker_is_deleted_with_its_owner(
    qtbot: QtBot, owner: QWidget, maker: FileMaker, animation: Job
) -> None:
    maker.begin(animation)
    with qtbot.waitSignal(maker.destroyed):
        owner.deleteLater()


def failing(error: Exception) -> Job:
    """Return a job that fails in its second slice."""

    def work() -> Generator[tuple[int, int], None, tuple[bytes, str]]:
        yield 0, 2
        raise error

    return work()


@pytest.mark.parametrize("kind", some([FileError, ArithmeticError], 1))
def test_an_error_cancels_and_is_reported(
    qtbot: QtBot, owner: QWidget, maker: FileMaker, kind: type[Exception]
) -> None:
    with qtbot.waitSignal(maker.failed) as failed:
        maker.begin(failing(kind("It cannot be made.")))
    assert failed.args == ["It cannot be made."]
    assert is_at_rest(maker)


def test_an_unexpected_error_is_raised_once(qtbot: QtBot, owner: QWidget, maker: FileMaker) -> None:
    with qtbot.captureExceptions() as exceptions:
        maker.begin(failing(RuntimeError("a fault")))
        qtbot.waitUntil(lambda: not maker.is_busy)
    assert [str(e[1]) for e in exceptions] == ["a fault"]
    assert is_at_rest(maker)
