"""Copying and pasting settings as a command."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from xorviz.core.config import RunConfig
from xorviz.engine.session import TrainingSession
from xorviz.files.arguments import command_of
from xorviz.window.document.clipboard import Clipboard

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


@dataclass
class Told:
    """The signals that a clipboard has emitted."""

    pasted: list[RunConfig] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def clipboard(session: TrainingSession, told: Told) -> Iterator[Clipboard]:
    clipboard = Clipboard(session, session)
    clipboard.config_pasted.connect(told.pasted.append)
    clipboard.refused.connect(told.refused.append)
    clipboard.noticed.connect(told.noticed.append)
    yield clipboard
    QGuiApplication.clipboard().clear()


@pytest.mark.parametrize("config", some([RunConfig(), UNUSUAL], 1))
def test_copied_settings_can_be_pasted(
    qtbot: QtBot, session: TrainingSession, clipboard: Clipboard, told: Told, config: RunConfig
) -> None:
    session.reset(config)
    qtbot.waitUntil(lambda: session.unanswered == 0)
    clipboard.copy()
    assert QGuiApplication.clipboard().text() == command_of(config)
    assert told.noticed == [f"Copied: {command_of(config)}"]
    clipboard.paste()
    assert told.pasted == [config]
    assert told.refused == []


def test_the_current_settings_are_copied(
    qtbot: QtBot, session: TrainingSession, clipboard: Clipboard
) -> None:
    session.step(10)
    session.intervene("rate", 0.5)
    qtbot.waitUntil(lambda: session.unanswered == 0)
    clipboard.copy()
    assert "--rate 0.5" in QGuiApplication.clipboard().text()


@pytest.mark.parametrize(
    "text",
    some(
        ["", "hello", "rm -rf /", "xorviz --width 65", "xorviz --what 3", "xorviz 'open", "\0"], 2
    ),
)
def test_other_text_is_refused_in_one_line(clipboard: Clipboard, told: Told, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    clipboard.paste()
    assert (told.pasted, told.noticed) == ([], [])
    (refusal,) = told.refused
    assert refusal.startswith("Nothing is pasted: ")
    assert "\n" not in refusal


@pytest.mark.thorough
def test_a_picture_is_refused(clipboard: Clipboard, told: Told) -> None:
    data = QMimeData()
    data.setImageData(QImage(3, 3, QImage.Format.Format_RGB32))
    QGuiApplication.clipboard().setMimeData(data)
    clipboard.paste()
    assert told.pasted == []
    assert len(told.refused) == 1
