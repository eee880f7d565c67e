"""The student of a lesson."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.support.lab import in_thread
from tests.support.windows import Open
from tests.window.lessons.student import Student
from xorviz.core.kernels.compiler import NUMBA
from xorviz.engine import lab_runner


@pytest.fixture
def student(
    qtbot: QtBot, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Student:
    monkeypatch.setattr(lab_runner, "worker_processes", in_thread)
    return Student(qtbot, open_window(kernel=NUMBA), tmp_path)
