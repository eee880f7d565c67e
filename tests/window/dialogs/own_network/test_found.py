"""What was found out about a network, as text; arrays as text; and runs that end alike."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.files.weights.test_reader import parsed
from tests.panels.learn.check_steps import checked
from tests.support.snapshots import trained
from tests.support.windows import Do, action, find, settle
from xorviz.core.check.step_check import StepRule
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.weights.examined import examined
from xorviz.files.weights.known import Known
from xorviz.files.weights.own_network import Arrays, arranged
from xorviz.window.dialogs.own_network import found as finding
from xorviz.window.dialogs.own_network.dialog import EXAMPLE, OwnNetworkDialog
from xorviz.window.dialogs.own_network.found import (
    Alike,
    AlikeQuestion,
    Found,
    alike_question,
    difference_text,
    examination_html,
)
from xorviz.window.dialogs.own_network.text_box import arrays_text
from xorviz.window.main_window import MainWindow


def test_the_example_is_a_network_that_has_learned_xor() -> None:
    weights = parsed(EXAMPLE.partition("or JSON")[0])
    assert arranged(weights).summary == "2-3-1 with biases, w1 as (2, 3)"
    assert examined(weights, {}).case.state == "learned"
    assert parsed(EXAMPLE.rpartition(": ")[2]).outputs is not None


@pytest.mark.parametrize(
    "arrays",
    [
        Arrays(np.array([[0.1, 1e-17], [3, 4]]), np.ones(2), np.ones((2, 1)), np.array(5.0)),
        Arrays(np.ones((3, 2)), w2=np.ones((1, 3))),
        Arrays(outputs=np.array([0.1, 0.2, 0.3, 1 / 3])),
    ],
    ids=range(3),
)
def test_arrays_as_text_read_back(arrays: Arrays) -> None:
    again = parsed(arrays_text(arrays))
    for name in ("w1", "b1", "w2", "b2", "outputs"):
        assert repr(getattr(again, name)) == repr(getattr(arrays, name))


def test_a_diagnosis_is_a_headline_a_sentence_and_lists() -> None:
    text = html_of("0 .5 1 .5")
    assert text.startswith("<p><b>Stuck</b></p><p>Rows 01 and 11 answer ½")
    assert "\u202f" not in text
    assert "<b>a fault in the backward pass</b>: " in text
    assert "xorviz check before.npz after.npz" in text
    assert ">68</td>" in text  # how often networks without a fault are there
    learned = html_of("0 1 1 0")
    assert "Next." not in learned
    assert "Possible causes" not in learned
    assert "<b>another row order</b>: 2 outputs" in html_of("1 0 1 0")


def test_what_opens_as_another_network_is_said() -> None:
    network = examined(parsed("w1=[[1 2 3] [4 5 6]] w2=[1 2 3]"), {})
    for output, coding, text in (
        ("linear", "inputs −1/1, targets −1/1", ""),
        ("tanh", "inputs 0/1, targets −1/1", "inputs and targets of 0 and 1"),
        ("relu", None, "a linear output unit"),
    ):
        step = replace(checked(), rule=StepRule(output=output, coding=coding))
        page = Found("", network=network, check=step).page
        assert text in page
        assert ("Opened as a run" in page) == bool(text)
    told = html_of("w1=[[1 2 3] [4 5 6]] w2=[1 2 3]", output="relu")
    assert difference_text("relu", True) in told


def html_of(text: str, **said: str) -> str:
    return examination_html(examined(parsed(text), said))


STUCK = "0.01 0.5 0.99 0.5"
"""For the rows 00, 01, 10, 11."""


def asked(text: str = STUCK, **said: Any) -> AlikeQuestion | None:
    return alike_question(examined(parsed(text), said))


def answered(**said: Any) -> Alike:
    question = asked(**said)
    assert question is not None
    return question.answer()


def test_a_run_is_found_that_ends_with_the_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_SEEDS", 16)
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
    monkeypatch.setattr(finding, "_SEEDS", 4)
    record, sentence = answered(width=8, biases=True, rate=2.0, steps=900)
    assert record is None
    assert all(part in sentence for part in ("none of 4", "width 8", "rate 2", "900 steps"))


def test_other_outputs_and_codings_are_trained_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_SEEDS", 16)
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


def test_what_is_begun_meanwhile_stays(qtbot: QtBot, window: MainWindow) -> None:
    dialogs, answered = window._dialogs, window._views.analyst.answered
    question = asked()
    assert question is not None
    with qtbot.waitSignal(answered):
        dialogs._look_for(replace(question, steps=9), Known({}, {}))
        action(window, "new_weights").trigger()
    settle(qtbot, window)
    assert window.document.project.record.newest == 0
    assert not window._notices.isVisible()


def test_pasted_outputs_end_in_a_run_with_what_works_for_it(
    qtbot: QtBot, window: MainWindow, do: Do, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_SEEDS", 16)
    action(window, "own_network").trigger()
    dialog = find(window, OwnNetworkDialog, "own_network")
    dialog._before.setPlainText(STUCK)
    dialog._start.click()
    do(qtbot.waitUntil, lambda: window.document.project.record.newest == 20_000)
    assert find(window, QLabel, "diagnosis").text().startswith("Stuck")
    qtbot.waitUntil(lambda: window._desk.aside == "why")
    bar = window._notices
    assert bar.isVisible()
    assert "of 16" in bar.accessibleName()
    find(bar, QPushButton, "notice_answer_1").click()
    assert not bar.isVisible()
    do("undo")
    assert window.document.project.record.newest == 0
