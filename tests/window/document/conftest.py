"""A document with its session and its file, for the tests of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.support.windows import CONFIG, DocumentHarness
from tests.window.document.desk import Desk
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.engine.session import TrainingSession
from xorviz.window.document.document import Document


@pytest.fixture
def harness(qtbot: QtBot, session: TrainingSession) -> DocumentHarness:
    """Return a harness with a fresh run."""
    harness = DocumentHarness(qtbot, session, Document(session))
    harness.put(Project(Record(CONFIG), 0))
    return harness


@pytest.fixture
def desks(harness: DocumentHarness, tmp_path: Path) -> Iterator[Callable[[], Desk]]:
    """Return a function that begins at the folder again, as the next start of the program."""
    begun: list[Desk] = []

    def begin() -> Desk:
        begun.append(Desk(harness, tmp_path))
        return begun[-1]

    yield begin
    for desk in begun:
        desk.close()


@pytest.fixture
def desk(desks: Callable[[], Desk]) -> Desk:
    """Return a desk with an empty folder."""
    return desks()
