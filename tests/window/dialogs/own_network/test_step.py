"""The weights after one step, in the dialog: what is said, what opens."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.window.dialogs.own_network.asked import Asked, asked
from xorviz.core.network import INPUTS, Weights, gradient, initial_weights, outputs, step
from xorviz.core.settings import RunConfig
from xorviz.files.weights.own_network import Arrays
from xorviz.window.dialogs.own_network.found import Found
from xorviz.window.dialogs.own_network.text_box import arrays_text
from xorviz.window.dialogs.own_network.words import difference_text

CONFIG = RunConfig(width=3, biases=True, rate=0.25, seed=3)
BEFORE = initial_weights(CONFIG)


@pytest.fixture
def ask(qtbot: QtBot) -> Asked:
    return asked(qtbot)


def after(config: RunConfig, before: Weights = BEFORE) -> Weights:
    """Return the weights after a correct step."""
    return step(before, gradient(before, config), None, config)[0]


def without_hidden_slope(config: RunConfig) -> Weights:
    """Return the weights after a step that leaves h(1 − h) out."""
    right = after(config)
    y = outputs(BEFORE, config.activation)
    d_y = (2 * (y - np.array(config.targets)) * y * (1 - y))[:, np.newaxis]
    d_h = d_y @ BEFORE.w2.T
    assert BEFORE.b1 is not None
    w1, b1 = BEFORE.w1 - config.rate * INPUTS.T @ d_h, BEFORE.b1 - config.rate * d_h.sum(axis=0)
    return replace(right, w1=w1, b1=b1)


def text(weights: Weights) -> str:
    return arrays_text(Arrays(weights.w1, weights.b1, weights.w2, weights.b2))


def fill(ask: Asked, before: Weights, after: Weights) -> None:
    ask.box.setPlainText(text(before))
    ask.after.setPlainText(text(after))


def test_a_correct_step_is_called_correct_and_its_rule_opens(ask: Asked) -> None:
    config = replace(CONFIG, activation="tanh", loss="mse")
    ask.choice("loss").choose("mse")
    fill(ask, BEFORE, after(config))
    assert ask.verdict == "The step is correct."
    assert "mean squared error at rate 0.25" in ask.detail
    assert "Read as 2-3-1 with biases, w1 as (2, 3)." in ask.told
    ask.start.click()
    ((record, check),) = ask.opened
    assert record.config == replace(config, seed=record.config.seed)
    assert check.verdict == "correct"
    assert ask.weights == [array.tolist() for array in BEFORE.arrays()]


def test_a_fault_is_named_with_the_line_that_mends_it(ask: Asked, announced: list[str]) -> None:
    fill(ask, BEFORE, without_hidden_slope(CONFIG))
    ask.choice("activation").choose("sigmoid")  # the same is not said again
    assert announced == [f"The step is faulty. {ask.detail}"]
    assert ask.verdict == "The step is faulty."
    assert ask.detail.startswith("w1 and b1: derivative of the hidden activation is missing.")
    assert "Wrong" in ask.told
    assert "h * (1 - h)" in ask.told.partition("Right")[2]
    ask.start.click()
    ((record, check),) = ask.opened
    assert (record.config.rate, check.verdict) == (0.25, "faulty")


def test_what_a_person_says_counts_and_inverted_targets_do_not_open(ask: Asked) -> None:
    inverted = replace(CONFIG, targets=(0, 1, 0, 1))
    fill(ask, BEFORE, after(inverted))
    assert "targets inverted" in ask.detail
    assert ask.dialog._found.network is not None
    assert ask.dialog._found.network.known.config.targets == (1, 0, 1, 0)
    ask.choice("targets").choose("0101")
    assert ask.verdict == "The step is correct."
    ask.field("rate").setText("0.3")
    ask.choice("loss").choose("sse")
    assert "another rate than said" in ask.detail
    ask.field("rate").setText("fast")
    assert ask.verdict.startswith("The learning rate is 'fast'; allowed: a number above 0")
    assert not ask.start.isEnabled()


def test_two_blocks_in_the_first_box_are_split_and_checked_once(ask: Asked) -> None:
    checked: list[object] = []
    ask.dialog.question_asked.connect(checked.append)
    ask.paste(f"before\n{text(BEFORE)}\nafter\n{text(after(CONFIG))}")
    assert len(checked) == 1
    assert ask.box.toPlainText() == text(BEFORE)
    assert ask.after.toPlainText() == text(after(CONFIG))
    assert ask.verdict == "The step is correct."
    ask.after.clear()
    typed = f"{text(BEFORE)}\n{text(after(CONFIG))}"
    ask.box.setPlainText(typed)  # what is typed stays where it is
    assert (ask.box.toPlainText(), ask.after.toPlainText()) == (typed, "")
    assert ask.verdict == "The step is correct."


def test_a_text_of_two_blocks_replaces_nothing_in_the_second_box(ask: Asked) -> None:
    ask.after.setPlainText(text(after(CONFIG)))
    ask.paste(f"{text(BEFORE)}\n{text(BEFORE)}")
    assert ask.after.toPlainText() == text(after(CONFIG))


def test_targets_are_found_out_and_open(ask: Asked) -> None:
    config = replace(CONFIG, targets=(0, 0, 0, 1))
    fill(ask, BEFORE, after(config))
    assert ask.verdict == "The step is correct."
    ask.start.click()
    assert ask.opened[0][0].config.targets == (0, 0, 0, 1)


@pytest.mark.thorough
def test_a_step_without_an_explanation_tells_nothing_of_the_run(ask: Asked) -> None:
    random = np.random.default_rng(1)
    fill(ask, BEFORE, BEFORE.each(lambda a: a + random.normal(size=a.shape)))
    assert ask.verdict == "Undecided."
    assert ask.dialog._found.network is not None
    assert not ask.dialog._found.network.known.knows_rate
    assert "Opened as a run" not in ask.told


def test_three_states_show_momentum(ask: Asked) -> None:
    config = replace(CONFIG, momentum=0.5)
    middle, velocity = step(BEFORE, gradient(BEFORE, config), None, config)
    last, _ = step(middle, gradient(middle, config), velocity, config)
    ask.paste("\n".join(map(text, (BEFORE, middle, last))))
    assert ask.verdict == "The step is correct."
    assert "momentum 0.5" in ask.detail
    ask.start.click()
    assert ask.opened[0][0].config.momentum == pytest.approx(0.5)
    assert ask.weights == [array.tolist() for array in BEFORE.arrays()]


def test_files_fill_the_boxes(ask: Asked, tmp_path: Path) -> None:
    states = {"before": BEFORE, "after": after(CONFIG)}
    for name, weights in states.items():
        np.savez(tmp_path / f"{name}.npz", **named(weights))
    ask.dialog.read_file(tmp_path / "before.npz")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "after.npz"))])
    ask.box.insertFromMimeData(data)  # dropped on the box that is full
    assert ask.verdict == "The step is correct."
    for box in (ask.box, ask.after):
        box.clear()
    both = {f"{n}_{state}": a for state, w in states.items() for n, a in named(w).items()}
    np.savez(tmp_path / "both.npz", **both)
    ask.dialog.read_file(tmp_path / "both.npz")
    assert ask.after.toPlainText() == text(after(CONFIG))
    assert ask.verdict == "The step is correct."
    ask.after.clear()
    ask.after.setFocus()
    ask.box.clear()
    ask.dialog.read_file(tmp_path / "after.npz")
    assert (ask.box.toPlainText(), ask.verdict) == ("", "The weights before the step are missing.")
    ask.after.clear()
    ask.dialog.read_file(tmp_path / "both.npz")
    assert (ask.box.toPlainText(), ask.verdict) == ("", "The step is correct.")


def test_a_file_that_cannot_be_read_takes_nothing_away(ask: Asked, tmp_path: Path) -> None:
    ask.box.setPlainText(text(BEFORE))
    for _ in range(2):  # into the second box while it is empty, and when it is full
        ask.dialog.read_file(tmp_path / "lost.npz")
        assert ask.verdict == "lost.npz: The file does not exist."
        assert not ask.start.isEnabled()
        ask.choice("activation").choose("sigmoid" if ask.after.toPlainText() else "tanh")
        assert ask.start.isEnabled()
        ask.after.setPlainText(text(after(CONFIG)))
    assert ask.verdict == "The step is correct."


def named(weights: Weights) -> dict[str, Any]:
    return {name: getattr(weights, name) for name in ("w1", "b1", "w2", "b2")}


@pytest.mark.thorough
@pytest.mark.parametrize("way", some(["in-out", "out-in"], 2))
def test_a_step_tells_the_orientation_of_a_square_w1(ask: Asked, way: str) -> None:
    config = RunConfig(width=2, biases=True, seed=5, rate=0.5)
    states = initial_weights(config), after(config, initial_weights(config))
    turned = [replace(one, w1=one.w1.T if way == "out-in" else one.w1) for one in states]
    ask.box.setPlainText("\n".join(_listed(one) for one in turned))
    assert ask.verdict == "The step is correct."
    assert not ask.choice("orientation").isVisible()
    ask.start.click()
    assert ask.weights[0] == states[0].w1.tolist()


def _listed(weights: Weights) -> str:
    """Return weights whose w2 does not tell the orientation."""
    flat = Arrays(weights.w1, weights.b1, np.ravel(weights.w2), weights.b2)
    return arrays_text(flat)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    some(
        [
            ("", text(BEFORE), "The weights before the step are missing."),
            (text(BEFORE), "w1 = [[1 2", "A bracket is not closed: the end is missing."),
            (text(BEFORE), text(BEFORE), "same weights"),
            (text(BEFORE), "0 .5 1 .5", "outputs"),
            (text(BEFORE), f"{text(BEFORE)}\n" * 3, "These are 4 states; give the weights before"),
            (text(BEFORE), "w1 = [[1, 2], [3, 4]], w2 = [1, 2]", "w1"),
        ],
        3,
    ),
)
def test_bad_input_gets_one_sentence(ask: Asked, first: str, second: str, said: str) -> None:
    ask.box.setPlainText(first)
    ask.after.setPlainText(second)
    assert said in ask.verdict
    assert ask.verdict.endswith(".")
    assert not ask.detail
    assert not ask.start.isEnabled()
    ask.after.clear()
    assert "step" not in ask.verdict


def test_while_a_step_is_checked_it_cannot_be_opened_and_older_answers_are_dropped(
    qtbot: QtBot,
) -> None:
    ask = asked(qtbot, is_answered=False)
    questions: list[Any] = []
    ask.dialog.question_asked.connect(questions.append)
    fill(ask, BEFORE, without_hidden_slope(CONFIG))
    ask.after.setPlainText(text(after(CONFIG)))
    qtbot.waitUntil(lambda: ask.verdict == "Checking the step…")
    assert not ask.start.isEnabled()
    *_, older, latest = questions
    ask.dialog.take_answer(older, older.answer())
    assert ask.verdict == "Checking the step…"
    ask.dialog.take_answer(latest, latest.answer())
    assert ask.verdict == "The step is correct."
    assert ask.start.isEnabled()
    ask.choice("loss").choose("mse")
    ask.dialog.take_failure(questions[-1], "ValueError: odd")
    assert ask.verdict == "The step could not be checked: ValueError: odd"
    assert not ask.start.isEnabled()
    ask.dialog.take_answer(questions[-1], Found(""))
    assert ask.verdict.endswith("odd")


def test_only_a_step_has_rows(ask: Asked) -> None:
    ask.box.setPlainText(text(BEFORE))
    assert not ask.choice("batch").isVisible()
    assert ask.field("steps").isVisible()
    ask.after.setPlainText(text(after(CONFIG)))
    assert ask.choice("output").isVisible()
    assert ask.choice("batch").isVisible()
    assert not ask.field("steps").isVisible()
    ask.choice("batch").choose("row")
    QApplication.processEvents()
    assert ask.verdict != "The step is correct."


def test_what_opens_as_another_network_is_said() -> None:
    assert difference_text("sigmoid", "inputs 0/1, targets 0/1") == difference_text(None) == ""
    told = difference_text("linear", "inputs −1/1, targets −1/1")
    assert told == (
        "Opened as a run, the network has a sigmoid as its output unit and inputs and targets of "
        "0 and 1."
    )
