"""The dialog for networks of other programs: what it says of what is pasted, and what opens."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.panels.learn.check_steps import BEFORE, CONFIG, after, odd, upwards
from tests.support.cases import some
from tests.support.screen import child, heard, press, shown, type_into
from tests.support.snapshots import taken
from xorviz.core.check.factors import UNSAID_RATE
from xorviz.core.network import Weights
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.exports.tables import weights_json, weights_npz
from xorviz.files.weights.own_network import Arrays
from xorviz.ui.forms.fields import ChoiceField
from xorviz.ui.said import told_of
from xorviz.window.dialogs.own_network.dialog import OwnNetworkDialog
from xorviz.window.dialogs.own_network.found import Found
from xorviz.window.dialogs.own_network.text_box import LONGEST_SHOWN, arrays_text


def text(weights: Weights) -> str:
    """Return weights as they are printed."""
    return arrays_text(Arrays(weights.w1, weights.b1, weights.w2, weights.b2))


class Asked:
    """An open dialog and its requests; steps are checked at once unless nothing answers."""

    def __init__(self, qtbot: QtBot, is_answered: bool = True) -> None:
        self._parent = shown(qtbot, QWidget())
        dialog = self.dialog = OwnNetworkDialog(self._parent)
        self.opened: list[tuple[Record, Any]] = []
        """Records, each with its StepCheck or None."""
        if is_answered:
            dialog.question_asked.connect(lambda one: dialog.take_answer(one, one.answer()))
        asks = dialog.record_requested
        asks.connect(lambda record, _, check: self.opened.append((record, check)))
        self.box = child(dialog, QPlainTextEdit, "own_text")
        self.after = child(dialog, QPlainTextEdit, "own_after")
        self.verdict = child(dialog, QLabel, "own_verdict")
        buttons = child(dialog, QDialogButtonBox)
        self.start = buttons.button(QDialogButtonBox.StandardButton.Ok)
        dialog.open()
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)

    def paste(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        self.box.setFocus()
        self.box.selectAll()
        self.box.paste()

    def write(self, *texts: str) -> None:
        for box, text in zip((self.box, self.after), texts, strict=False):
            box.setPlainText(text)

    def field(self, name: str) -> Any:
        return child(self.dialog, QWidget, f"own_{name}")

    def say(self, **values: str) -> None:
        """Choose or write what is known, field by field."""
        for name, value in values.items():
            one = self.field(name)
            (one.choose if isinstance(one, ChoiceField) else one.setText)(value)

    @property
    def detail(self) -> str:
        return child(self.dialog, QLabel, "quiet").text()

    @property
    def told(self) -> str:
        return child(self.dialog, QTextBrowser, "own_diagnosis").toPlainText()

    def open(self) -> tuple[RunConfig, list[object], str | None]:
        """Open what was found: settings, initial weights and the verdict on the step."""
        if not self.opened:
            self.start.click()
        ((record, check),) = self.opened
        snapshot = Recording(record).snapshot()
        assert snapshot.step == 0
        weights = [array.tolist() for array in snapshot.weights.arrays()]
        return replace(record.config, seed=CONFIG.seed), weights, check and check.verdict


WHOLE = "w1 = [[1 2 3]\n [4 5 6]]\nb1 = [7 8 9]\nw2 = [[-1] [-2] [-3]]\nb2 = 0.5"
SQUARE = "w1 = [[1 2]\n [3 4]]\nw2 = [5 6]"
OUTPUTS = "0 .5 1 .5"
IN_ROWS = "1 XOR 0 = .95\n0 XOR 0 = .02\n0 XOR 1 = .94\n1 XOR 1 = .04"
ONE, OTHER, FAULTY = text(BEFORE), text(after()), text(after(change=upwards))
EMPTY = "Paste weights or outputs, or open a file."

OPENS = [
    (WHOLE, "", "2-3-1 with biases, w1 as (2, 3).", "Outputs for 00, 01, 10, 11: 0.004,"),
    (ONE, OTHER, "The step is correct.", "sum of squared errors at rate 0.25"),
    (ONE, FAULTY, "The step is faulty.", "w1 and b1: added instead of subtracted."),
    (f"{ONE}\n{OTHER}", "", "The step is correct.", "sum of squared errors"),
    (ONE, text(after(change=odd)), "Undecided.", "No array follows the gradient exactly."),
]
DIAGNOSED = [
    (OUTPUTS, "", "Outputs read.", "Outputs for 00, 01, 10, 11: 0.000, 0.500, 1.000, 0.500"),
    (IN_ROWS, "", "Outputs read.", "Outputs for 00, 01, 10, 11: 0.020, 0.940, 0.950, 0.040"),
]
MISSING = [("", "", EMPTY, ""), ("", OTHER, "The weights before the step are missing.", "")]
REFUSED = [
    (SQUARE, "", "whether its rows are the inputs or the hidden units.", ""),
    ("w1 = [[1 2 3]\n [4 5", "", "A bracket is not closed: the end is missing.", ""),
    (ONE, "w1 = [[1 2", "A bracket is not closed: the end is missing.", ""),
    (ONE, ONE, "same weights", ""),
    (ONE, f"{OTHER}\n" * 3, "These are 4 states; give the weights before", ""),
]


@pytest.fixture
def ask(qtbot: QtBot) -> Asked:
    return Asked(qtbot)


@pytest.mark.parametrize(
    ("first", "second", "verdict", "detail"),
    [*OPENS, *DIAGNOSED, *MISSING, *REFUSED],
    ids=range(len(OPENS + DIAGNOSED + MISSING + REFUSED)),
)
def test_what_is_given_gets_a_sentence_and_opens_if_it_is_a_network(
    ask: Asked, first: str, second: str, verdict: str, detail: str
) -> None:
    ask.write(first, second)
    case, wrong = (first, second, verdict, detail), QPalette.ColorRole.BrightText
    assert verdict in ask.verdict.text()
    assert ask.verdict.text().endswith(".")
    assert detail in ask.detail
    assert bool(detail) == bool(ask.detail)
    assert (ask.verdict.foregroundRole() is wrong) == (case in REFUSED)
    finds = first == OUTPUTS and not second
    assert ask.start.isEnabled() == (finds or case in OPENS)
    assert ("like this" in ask.start.text()) == finds
    assert ask.start.toolTip().startswith("Nothing to open") == (not ask.start.isEnabled())
    assert bool(ask.told) == (case in OPENS + DIAGNOSED)
    QApplication.processEvents()  # what was written is laid out
    size = ask.dialog.minimumSizeHint().expandedTo(ask.dialog.size())
    assert (size.width() <= 1000, size.height() <= 660) == (True, True)
    for label in ask.dialog.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width())
    ask.write("", "")
    assert (ask.verdict.text(), ask.detail, ask.told) == (EMPTY, "", "")
    assert not child(ask.dialog, QTextBrowser).isVisible()


@pytest.mark.parametrize(
    ("first", "second", "hidden"),
    [
        ("", "", {"width", "biases", "order"}),
        (WHOLE, "", {"width", "biases", "order"}),
        (OUTPUTS, "", {"orientation"}),
        (IN_ROWS, "", {"orientation", "order"}),
        (ONE, OTHER, {"width", "biases", "order", "init_range", "steps"}),
    ],
)
def test_only_what_matters_and_is_not_in_the_arrays_is_asked(
    ask: Asked, first: str, second: str, hidden: set[str]
) -> None:
    ask.write(first, second)
    fields = ask.dialog.findChildren(QComboBox) + ask.dialog.findChildren(QLineEdit)
    assert {f.objectName()[4:] for f in fields if not f.isVisible()} == hidden
    boxes = ask.dialog.findChildren(QPlainTextEdit)
    for widget in (*fields, *boxes, child(ask.dialog, QTextBrowser)):
        assert widget.accessibleName()
        assert told_of(widget)[0]


def test_what_is_known_may_be_said_or_left_open(ask: Asked) -> None:
    ask.paste(OUTPUTS)
    for name in ("width", "rate", "momentum", "init_range", "steps"):
        assert (ask.field(name).text(), ask.field(name).placeholderText()) == ("", "Not known")
    assert ask.field("loss").currentText() == "Not known"
    assert "Not known: width, rate, activation" in ask.told
    ask.say(output="tanh")
    assert "--try" in ask.told
    ask.say(output="relu")
    assert "--try" not in ask.told, "xorviz trains no such network"
    ask.say(output="", biases="off")
    type_into(ask.field("width"), "2")
    assert "Not known: rate, activation, loss" in ask.told
    ask.paste(WHOLE)
    assert "output sigmoid, coding zero-one, loss sse. Not known: rate" in ask.told
    ask.say(rate="fast")
    assert ask.verdict.text().startswith("The learning rate is 'fast'; allowed: a number above 0")
    assert not ask.start.isEnabled()
    ask.say(rate="0,5", steps="3000", activation="tanh", targets="1011")
    assert "Assumed: output sigmoid, coding zero-one, loss sse, momentum 0" in ask.told
    config, weights, verdict = ask.open()
    assert weights == [[[1, 2, 3], [4, 5, 6]], [7, 8, 9], [[-1], [-2], [-3]], [0.5]]
    told = replace(CONFIG, activation="tanh", rate=0.5, targets=(1, 0, 1, 1))
    assert (config, verdict) == (told, None)


@pytest.mark.parametrize(("downs", "w1"), some([(1, [[1, 2], [3, 4]]), (2, [[1, 3], [2, 4]])], 1))
def test_an_orientation_is_chosen_and_all_done_by_keys_alone(
    ask: Asked, downs: int, w1: object
) -> None:
    QApplication.clipboard().setText(SQUARE)
    QTest.keyClick(ask.box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert ask.dialog.focusWidget() is ask.box
    while ask.dialog.focusWidget() is not ask.field("orientation"):
        press(Qt.Key.Key_Tab)
        assert ask.dialog.focusWidget() is not ask.box, "it is reached"
    for _ in range(downs):
        press(Qt.Key.Key_Down)
    assert ask.verdict.text().startswith("2-2-1 without biases, w1 as (2, 2)")
    press(Qt.Key.Key_Return)
    assert ask.open()[1] == [w1, [[5], [6]]]


def test_outputs_may_have_another_order_and_other_targets(ask: Asked) -> None:
    ask.paste(".95 .05 .95 .05")
    assert not ask.told.startswith("Learned")
    type_into(ask.field("order"), "10,00,01,11")
    assert ask.told.startswith("Learned")
    assert ask.detail == "Outputs for 10, 00, 01, 11: 0.950, 0.050, 0.950, 0.050"
    ask.say(order="10,00")
    said = "The order of rows is '10,00'; allowed: 00,01,10,11 in any order."
    assert ask.verdict.text() == said
    ask.say(order="00,01,10,11", targets="1100")
    assert ask.told.startswith("Learned")


@pytest.mark.parametrize("kind", some(["json", "npz"], 1))
def test_an_exported_file_has_its_settings(ask: Asked, tmp_path: Path, kind: str) -> None:
    config = RunConfig(width=2, activation="tanh", loss="mse", rate=0.7, targets=(0, 0, 0, 1))
    recording = Recording(replace(config, seed=CONFIG.seed))
    recording.advance(20)
    snapshot = recording.snapshot()
    path = tmp_path / f"weights.{kind}"
    path.write_bytes(weights_npz(snapshot) if kind == "npz" else weights_json(snapshot).encode())
    QTest.mouseClick(child(ask.dialog, QPushButton, "own_open"), Qt.MouseButton.LeftButton)
    dialog = child(ask.dialog, QFileDialog, "open_dialog")
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    assert ask.field("activation").currentData() == "tanh"
    weights = [array.tolist() for array in snapshot.weights.arrays()]
    assert ask.open() == (snapshot.config, weights, None)


def named(weights: Weights, state: str = "") -> dict[str, Any]:
    return {f"{name}{state}": getattr(weights, name) for name in ("w1", "b1", "w2", "b2")}


def test_files_fill_the_box_with_the_focus_or_an_empty_one(ask: Asked, tmp_path: Path) -> None:
    last = after()
    np.savez(tmp_path / "before.npz", **named(BEFORE))
    np.savez(tmp_path / "after.npz", **named(last))
    np.savez(tmp_path / "both.npz", **named(BEFORE, "_before"), **named(last, "_after"))
    ask.dialog.read_file(tmp_path / "before.npz")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "after.npz"))])
    assert ask.box.canInsertFromMimeData(data)
    ask.box.insertFromMimeData(data)  # dropped on the box that is full
    assert (ask.box.toPlainText(), ask.after.toPlainText()) == (ONE, OTHER)
    ask.write("", "")
    ask.dialog.read_file(tmp_path / "both.npz")
    assert (ask.box.toPlainText(), ask.after.toPlainText()) == (ONE, OTHER)
    ask.write("", "")
    ask.after.setFocus()
    ask.dialog.read_file(tmp_path / "both.npz")
    assert (ask.box.toPlainText(), ask.verdict.text()) == ("", "The step is correct.")


def test_what_cannot_be_read_takes_nothing_away(ask: Asked, tmp_path: Path) -> None:
    """Of a long text only the arrays are shown: Qt lays out a long line in quadratic time."""
    ask.paste("." * LONGEST_SHOWN + ONE)
    for second, verdict in (("", "2-3-1 with biases"), (OTHER, "The step is correct.")):
        ask.after.setPlainText(second)
        ask.dialog.read_file(tmp_path / "lost.npz")
        assert ask.verdict.text() == "lost.npz: The file does not exist."
        assert not ask.start.isEnabled()
        ask.say(output="" if second else "sigmoid")
        assert ask.verdict.text().startswith(verdict)
        assert (ask.box.toPlainText(), ask.after.toPlainText()) == (ONE, second)
        for bad in ("[" * (LONGEST_SHOWN + 1), "x" * 10_000_000):
            ask.paste(bad)
            assert ask.verdict.text().startswith(("There are no weights in it", "It is too big"))
            assert (ask.box.toPlainText(), ask.start.isEnabled()) == (ONE, False)


def test_two_states_that_are_pasted_are_split_unless_the_second_box_is_full(ask: Asked) -> None:
    checked: list[object] = heard(ask.dialog.question_asked)
    both = f"before\n{ONE}\nafter\n{OTHER}"
    ask.paste(both)
    assert len(checked) == 1
    assert (ask.box.toPlainText(), ask.after.toPlainText()) == (ONE, OTHER)
    ask.paste(both)
    assert (ask.box.toPlainText(), ask.after.toPlainText()) == (both, OTHER)
    ask.after.clear()
    ask.box.setPlainText(f"{both}\n")  # what is typed stays where it is
    assert (ask.box.toPlainText(), ask.after.toPlainText()) == (f"{both}\n", "")
    ask.paste(both)
    assert ask.after.toPlainText() == OTHER


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (replace(CONFIG, activation="tanh", loss="mse", momentum=0.5), {"loss": "mse"}),
        (replace(CONFIG, targets=(0, 1, 0, 1)), {"targets": "0101"}),
    ],
)
def test_a_correct_step_opens_with_its_rule(
    ask: Asked, config: RunConfig, said: dict[str, str]
) -> None:
    states = [BEFORE, *taken(BEFORE, config, 2 if config.momentum else 1)]
    ask.say(**said)
    ask.write("\n".join(map(text, states)))
    assert ask.verdict.text() == "The step is correct."
    assert "Read as 2-3-1 with biases, w1 as (2, 3)." in ask.told
    found, weights, verdict = ask.open()
    assert found.momentum == pytest.approx(config.momentum)
    assert replace(found, momentum=config.momentum) == config
    assert (weights, verdict) == ([array.tolist() for array in BEFORE.arrays()], "correct")


def test_a_fault_is_named_once_with_the_line_that_mends_it(
    ask: Asked, announced: list[str]
) -> None:
    ask.write(ONE, FAULTY)
    ask.say(activation="sigmoid")  # the same is not said again
    assert announced == [f"The step is faulty. {ask.detail}"]
    assert "w1 -= rate" in ask.told.partition("Right")[2]
    config, _, verdict = ask.open()
    assert (config.rate, verdict) == (0.25, "faulty")


def test_what_is_said_counts_and_inverted_targets_do_not_open(ask: Asked) -> None:
    ask.write(ONE, text(after(replace(CONFIG, targets=(0, 1, 0, 1)))))
    assert "targets inverted" in ask.detail
    network = ask.dialog._found.network
    assert network is not None
    assert network.known.config.targets == (1, 0, 1, 0)
    ask.say(targets="0101", rate="0.3", loss="sse")
    assert UNSAID_RATE in ask.detail
    ask.say(batch="row")
    assert UNSAID_RATE not in ask.detail


def test_until_the_latest_step_is_checked_nothing_opens(qtbot: QtBot) -> None:
    ask = Asked(qtbot, is_answered=False)
    questions: list[Any] = heard(ask.dialog.question_asked)
    ask.write(ONE, FAULTY)
    ask.write(ONE, OTHER)
    qtbot.waitUntil(lambda: ask.verdict.text() == "Checking the step…")
    assert not ask.start.isEnabled()
    *_, older, latest = questions
    ask.dialog.take_answer(older, older.answer())
    assert ask.verdict.text() == "Checking the step…"
    ask.dialog.take_answer(latest, latest.answer())
    assert ask.verdict.text() == "The step is correct."
    assert ask.start.isEnabled()
    ask.say(loss="mse")
    ask.dialog.take_failure(questions[-1], "ValueError: odd")
    assert ask.verdict.text() == "The step couldn't be checked: ValueError: odd"
    assert not ask.start.isEnabled()
    ask.dialog.take_answer(questions[-1], Found(""))
    assert ask.verdict.text().endswith("odd")
