"""Animations and scripts made in the event loop."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.cases import some
from tests.support.snapshots import QUICK
from xorviz.core.config import RunConfig
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.files.atomic import FileError
from xorviz.ui.theme.palette import LIGHT
from xorviz.window.export import jobs
from xorviz.window.export.file_maker import FileMaker
from xorviz.window.export.film import Film
from xorviz.window.export.jobs import FilmJob, ScriptJob
from xorviz.window.export.offscreen import OffscreenRenderer

FRAMES = 6


@pytest.fixture
def project() -> Project:
    recording = Recording(QUICK)
    recording.advance(400)
    return Project(recording.record(), 400)


@pytest.fixture
def owner(qtbot: QtBot) -> Iterator[QWidget]:
    owner = QWidget()
    yield owner
    if isValid(owner):
        owner.deleteLater()


@pytest.fixture
def maker(owner: QWidget) -> FileMaker:
    return FileMaker(owner)


def begin(maker: FileMaker, owner: QWidget, project: Project) -> None:
    maker.begin(FilmJob(owner, project, ["truth_table"], FRAMES, 10, LIGHT))


def stages(owner: QWidget) -> list[QWidget]:
    return [w for w in owner.findChildren(QWidget) if w.objectName() == "stage"]


def at_rest(maker: FileMaker, owner: QWidget) -> bool:
    return not any((maker.is_busy, maker.isActive(), stages(owner)))


def test_progress_and_then_the_file_are_emitted(
    qtbot: QtBot, owner: QWidget, maker: FileMaker, project: Project
) -> None:
    told: list[tuple[int, int]] = []
    maker.progressed.connect(lambda done, total: told.append((done, total)))
    with qtbot.waitSignal(maker.completed) as completed:
        begin(maker, owner, project)
        assert maker.is_busy
    assert [done for done, _ in dict.fromkeys(told)] == list(range(FRAMES))
    assert {total for _, total in told} == {FRAMES}
    image = Image.open(io.BytesIO(completed.args[0]))
    assert image.n_frames == FRAMES  # type: ignore[attr-defined]
    assert at_rest(maker, owner)


def test_the_event_loop_goes_on(
    qtbot: QtBot, owner: QWidget, maker: FileMaker, project: Project
) -> None:
    beats: list[bool] = []
    heart = QTimer()
    heart.setInterval(0)
    heart.timeout.connect(lambda: beats.append(maker.is_busy))
    heart.start()
    with qtbot.waitSignal(maker.completed):
        begin(maker, owner, project)
    heart.stop()
    assert sum(beats) >= FRAMES


def test_a_cancelled_animation_emits_nothing(
    qtbot: QtBot, owner: QWidget, maker: FileMaker, project: Project
) -> None:
    completed: list[bytes] = []
    maker.completed.connect(completed.append)
    with qtbot.waitSignal(maker.progressed, check_params_cb=lambda done, _: done == 2):
        begin(maker, owner, project)
    maker.cancel()
    assert at_rest(maker, owner)
    turns: list[int] = []
    QTimer.singleShot(0, lambda: turns.append(1))
    qtbot.waitUntil(lambda: bool(turns))
    assert not completed


@pytest.mark.thorough
def test_a_second_animation_replaces_the_first(
    qtbot: QtBot, owner: QWidget, maker: FileMaker, project: Project
) -> None:
    begin(maker, owner, project)
    with qtbot.waitSignal(maker.completed):
        begin(maker, owner, project)
    assert not stages(owner)


@pytest.mark.thorough
def test_the_maker_is_deleted_with_its_owner(
    qtbot: QtBot, owner: QWidget, maker: FileMaker, project: Project
) -> None:
    begin(maker, owner, project)
    with qtbot.waitSignal(maker.destroyed):
        owner.deleteLater()


@pytest.mark.parametrize(
    "error",
    some([FileError("There is no memory."), ArithmeticError("It cannot be taken again.")], 1),
)
def test_an_error_cancels_and_is_reported(
    qtbot: QtBot,
    owner: QWidget,
    maker: FileMaker,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(OffscreenRenderer, "image", fail)
    monkeypatch.setattr(OffscreenRenderer, "_settle", lambda _: None)
    with qtbot.waitSignal(maker.failed) as failed:
        begin(maker, owner, project)
    assert failed.args == [str(error)]
    assert at_rest(maker, owner)


def test_an_unexpected_error_is_raised_once(
    qtbot: QtBot,
    owner: QWidget,
    maker: FileMaker,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: Film) -> bool:
        raise RuntimeError("a fault")

    monkeypatch.setattr(Film, "work", fail)
    with qtbot.captureExceptions() as exceptions:
        begin(maker, owner, project)
        qtbot.waitUntil(lambda: not maker.is_busy)
    assert [str(e[1]) for e in exceptions] == ["a fault"]
    assert at_rest(maker, owner)


def test_a_script_is_compared_with_its_run_in_slices(
    qtbot: QtBot, maker: FileMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SLICE_SECONDS", 0.0)
    recording = Recording(RunConfig(rate=7, seed=11))
    recording.advance(3000)
    told: list[tuple[int, int]] = []
    maker.progressed.connect(lambda done, total: told.append((done, total)))
    with qtbot.waitSignal(maker.completed, timeout=60_000) as completed:
        maker.begin(ScriptJob(recording.record(), 3000))
    assert len(told) > 100
    assert told[-1][0] < told[-1][1] == 3000
    script, remark = completed.args
    assert remark.startswith("Rounding decides this run")
    said = " ".join(line.removeprefix("# ") for line in script.decode().splitlines()[2:5])
    assert said.startswith(remark[:200])
    assert not maker.is_busy
