"""The texts about kernels, and the note in the bar."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from xorviz.core.kernels import compiler
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.window.document.kernel_note import KernelNote, explained, foreign


def run_by(*kernels: str) -> Record:
    recording = Recording(RunConfig())
    recording.advance(5)
    return replace(recording.record(), kernels=kernels)


OWN, OTHER, BOTH = run_by(NUMBA), run_by(NUMPY), run_by(NUMPY, NUMBA)
UNTRAINED = Recording(OTHER).fork(0).record()


def test_the_description_names_the_way_to_the_other_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    for installed, kernel, way in (
        (NUMBA, NUMPY, "xorviz --kernel numba"),
        (NUMPY, NUMPY, "pip install 'xorviz[fast]'"),
        (NUMBA, NUMBA, "xorviz --kernel numpy"),
    ):
        monkeypatch.setattr(compiler, "chosen", lambda installed=installed: installed)
        assert f"kernel {kernel}" in explained(kernel)
        assert explained(kernel).endswith(f": {way}")


@pytest.mark.parametrize(
    ("project", "of_what"),
    [
        (Project(OWN, 5, OWN).pinning(OWN, 0), ""),
        (Project(UNTRAINED, 0), ""),
        (Project(OTHER, 5), "This run was"),
        (Project(BOTH, 5), "This run was"),
        (Project(OWN, 5, OTHER).pinning(OTHER, 0), "This run was"),
        (Project(OWN, 5).pinning(OTHER, 3), "Pinned runs were"),
    ],
)
def test_trained_runs_of_another_kernel_have_a_note(project: Project, of_what: str) -> None:
    note = foreign(project, NUMBA)
    assert note.startswith(of_what)
    assert bool(note) == bool(of_what)
    if note:
        assert "kernel numpy; this window uses numba" in note
        assert note.endswith("xorviz --kernel numpy")


def test_a_note_takes_the_place_of_the_last_and_of_no_question(qtbot: QtBot) -> None:
    bar, parent, noticed = NoticeBar(), QObject(), list[str]()
    qtbot.addWidget(bar)
    note = KernelNote(NUMBA, bar, parent)
    note.noticed.connect(noticed.append)
    foreign_run, own_run = Project(OTHER, 5), Project(OWN, 5)
    for project, is_hidden in ((own_run, True), (foreign_run, False), (own_run, True)):
        note.show_project(project)
        assert bar.isHidden() == is_hidden
    note.show_fallback("Numba is gone.")
    assert bar.accessibleName() == "Numba is gone."
    note.show_project(own_run)  # which was trained by Numba: another kernel from now on
    assert "numba" in bar.accessibleName()
    bar._group.button(0).click()
    bar.ask("Restore?", {"Yes": str})
    note.show_project(own_run)
    assert (bar.accessibleName(), noticed) == ("Restore?", [foreign(own_run, NUMPY)])
    note.show_project(foreign_run)
    assert not bar.isHidden()  # the question is another's
