"""Runs that end like outputs that were pasted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.snapshots import trained
from tests.support.windows import action, find, settle
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.weights.examined import examined
from xorviz.files.weights.known import Known
from xorviz.files.weights.reader import states_of_text
from xorviz.window.dialogs.own_network import alike
from xorviz.window.dialogs.own_network.alike import Alike, AlikeQuestion, alike_question
from xorviz.window.dialogs.own_network.dialog import OwnNetworkDialog
from xorviz.window.main_window import MainWindow

STUCK = "0.01 0.5 0.99 0.5"
"""For the rows 00, 01, 10, 11."""


def asked(text: str = STUCK, **said: Any) -> AlikeQuestion | None:
    (arrays,) = states_of_text(text)
    told: Mapping[str, Any] = said
    return alike_question(examined(arrays, told))


def answered(**said: Any) -> Alike:
    question = asked(**said)
    assert question is not None
    return question.answer()


def test_a_run_is_found_that_ends_with_the_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "_SEEDS", 16)
    record, sentence = answered()
    assert record is not None
    end = Recording(record).snapshot()
    assert (record.config.width, record.config.rate, record.newest) == (2, 0.5, 20_000)
    in_rows = (0.99, 0.01, 0.5, 0.5)  # of (1, 0), (0, 0), (0, 1), (1, 1)
    assert np.abs(end.outputs - in_rows).max() < 0.1
    assert " of 16 " in sentence
    assert "assumed" in sentence


def test_outputs_that_no_such_network_has_point_to_the_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alike, "_SEEDS", 4)
    record, sentence = answered(width=8, biases=True, rate=2.0, steps=900)
    assert record is None
    assert all(part in sentence for part in ("none of 4", "width 8", "rate 2", "900 steps"))


def test_other_outputs_and_codings_are_trained_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "_SEEDS", 16)
    found = asked("-0.98 0.96 0.02 0.03", output="tanh", rate=0.1, biases=True, steps=2000)
    assert found is not None
    assert (found.recipe.output, found.recipe.coding) == ("tanh", "plus-minus")
    config = RunConfig(2, 0.1, 1, biases=True, output="tanh", coding="plus-minus")
    outputs = trained(config, 2000).outputs
    record, sentence = replace(found, outputs=tuple(outputs.tolist())).answer()
    assert record is not None, sentence
    assert np.abs(Recording(record).snapshot().outputs - outputs).max() < 0.2


@pytest.mark.parametrize("text", ["0 1 1 0", "0.5 0.5", "-1 1 1 -1"])
def test_nothing_is_asked_where_nothing_need_or_can_be_found(text: str) -> None:
    assert asked(text) is None


def test_what_is_begun_meanwhile_stays(qtbot: QtBot, reset_window: MainWindow) -> None:
    dialogs, answered = reset_window._dialogs, reset_window._views.analyst.answered
    question = asked()
    assert question is not None
    with qtbot.waitSignal(answered):
        dialogs._look_for(replace(question, steps=9), Known({}, {}))
        action(reset_window, "new_weights").trigger()
    settle(qtbot, reset_window)
    assert reset_window.document.project.record.newest == 0
    assert not reset_window._notices.isVisible()


def test_pasted_outputs_end_in_a_run_with_what_works_for_it(
    qtbot: QtBot, reset_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alike, "_SEEDS", 16)
    action(reset_window, "own_network").trigger()
    dialog = find(reset_window, OwnNetworkDialog, "own_network")
    dialog._before.setPlainText(STUCK)
    dialog._start.click()
    qtbot.waitUntil(lambda: reset_window.document.project.record.newest == 20_000)
    settle(qtbot, reset_window)
    assert find(reset_window, QLabel, "diagnosis").text().startswith("Stuck")
    qtbot.waitUntil(lambda: reset_window._desk.aside == "why")
    bar = reset_window._notices
    assert bar.isVisible()
    assert "of 16" in bar.accessibleName()
    find(bar, QPushButton, "notice_answer_1").click()
    assert not bar.isVisible()
    action(reset_window, "undo").trigger()
    settle(qtbot, reset_window)
    assert reset_window.document.project.record.newest == 0
