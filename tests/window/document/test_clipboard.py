"""Copying and pasting settings as a command."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.engine.session import TrainingSession
from xorviz.files.arguments import command_of
from xorviz.window.document.document import Document

UNUSUAL = RunConfig(
    width=7,
    rate=0.125,
    seed=99,
    activation="tanh",
    loss="cross-entropy",
    biases=True,
    momentum=0.9,
    init_range=2.5,
    targets=(0, 1, 1, 0),
)


@pytest.fixture
def document(session: TrainingSession) -> Iterator[Document]:
    yield Document(session)
    QGuiApplication.clipboard().clear()


@pytest.mark.parametrize("config", some([RunConfig(), UNUSUAL], 1))
def test_copied_settings_can_be_pasted(
    qtbot: QtBot, session: TrainingSession, document: Document, config: RunConfig
) -> None:
    session.open_run(Record(config), 0)
    qtbot.waitUntil(lambda: session.unanswered == 0)
    with qtbot.waitSignal(document.noticed) as noticed:
        document.copy_command()
    assert QGuiApplication.clipboard().text() == command_of(config)
    assert noticed.args == [f"Copied: {command_of(config)}"]
    session.open_run(Record(RunConfig(width=1)), 0)
    with qtbot.assertNotEmitted(document.refused):
        document.paste_settings()
    assert session.config == config
    qtbot.waitUntil(lambda: session.unanswered == 0)


def test_the_current_settings_are_copied(
    qtbot: QtBot, session: TrainingSession, document: Document
) -> None:
    session.step(10)
    session.intervene("rate", 0.5)
    qtbot.waitUntil(lambda: session.unanswered == 0)
    document.copy_command()
    assert "--rate 0.5" in QGuiApplication.clipboard().text()


@pytest.mark.parametrize(
    "text",
    some(
        ["", "hello", "rm -rf /", "xorviz --width 65", "xorviz --what 3", "xorviz 'open", "\0"], 2
    ),
)
def test_other_text_is_refused_in_one_line(qtbot: QtBot, document: Document, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    before = document.project
    with qtbot.waitSignal(document.refused) as refused, qtbot.assertNotEmitted(document.noticed):
        document.paste_settings()
    assert document.project is before
    (refusal,) = refused.args
    assert refusal.startswith("Could not paste settings: ")
    assert "\n" not in refusal


@pytest.mark.thorough
def test_a_picture_is_refused(qtbot: QtBot, document: Document) -> None:
    data = QMimeData()
    data.setImageData(QImage(3, 3, QImage.Format.Format_RGB32))
    QGuiApplication.clipboard().setMimeData(data)
    before = document.project
    with qtbot.waitSignal(document.refused):
        document.paste_settings()
    assert document.project is before
