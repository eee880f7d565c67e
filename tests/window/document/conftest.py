"""A document with its session, for the tests of this folder."""

import pytest
from pytestqt.qtbot import QtBot

from tests.support.windows import CONFIG, DocumentHarness
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
