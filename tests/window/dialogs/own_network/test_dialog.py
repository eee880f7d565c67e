"""The dialog for networks of other programs."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.files.weights.test_reader import parsed
from tests.support.cases import some
from tests.support.screen import child, press, type_into
from tests.window.dialogs.own_network.asked import Asked, asked
from xorviz.core.diagnosis.diagnosis import diagnose_rows
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.exports.tables import weights_json, weights_npz
from xorviz.files.weights.examined import examined
from xorviz.files.weights.own_network import arranged
from xorviz.files.weights.states import WANTED
from xorviz.window.dialogs.own_network.text_box import LONGEST_SHOWN
from xorviz.window.dialogs.own_network.words import EXAMPLE

WHOLE = "w1 = [[1 2 3]\n [4 5 6]]\nb1 = [7 8 9]\nw2 = [[-1] [-2] [-3]]\nb2 = 0.5"
SQUARE = "w1 = [[1 2]\n [3 4]]\nw2 = [5 6]"


@pytest.fixture
def ask(qtbot: QtBot) -> Asked:
    return asked(qtbot)


def test_an_empty_dialog_cannot_be_accepted(ask: Asked) -> None:
    assert ask.verdict == "Paste weights or outputs, or open a file."
    assert not ask.start.isEnabled()
    assert ask.dialog.focusWidget() is ask.box
    assert "w1 = [[" in ask.box.placeholderText()
    for hidden in (ask.order, ask.choice("orientation"), ask.diagnosis):
        assert not hidden.isVisible()


def test_pasted_weights_become_a_run(ask: Asked) -> None:
    ask.paste(WHOLE)
    assert ask.verdict == "2-3-1 with biases, w1 as (2, 3)."
    assert ask.detail == "Outputs for 00, 01, 10, 11: 0.004, 0.004, 0.004, 0.004"
    ask.choice("activation").choose("tanh")
    ask.choice("loss").choose("cross-entropy")
    ask.choice("targets").choose("1011")
    assert not ask.choice("orientation").isVisible()
    ask.start.click()
    assert ask.weights == [[[1, 2, 3], [4, 5, 6]], [7, 8, 9], [[-1], [-2], [-3]], [0.5]]
    assert ask.opened[0][0].config == RunConfig(
        rate=0.5, biases=True, activation="tanh", loss="cross-entropy", targets=(1, 0, 1, 1)
    )


@pytest.mark.parametrize(
    ("way", "w1"), some([("in-out", [[1, 2], [3, 4]]), ("out-in", [[1, 3], [2, 4]])], 2)
)
def test_an_ambiguous_orientation_is_asked(ask: Asked, way: str, w1: object) -> None:
    ask.paste(SQUARE)
    assert "whether its rows are the inputs or the hidden units" in ask.verdict
    assert ask.choice("orientation").count() == 1 + 2
    assert not ask.start.isEnabled()
    ask.choice("orientation").choose(way)
    assert ask.verdict.startswith("2-2-1 without biases, w1 as (2, 2)")
    ask.paste(WHOLE)  # the choice does not apply to it
    assert ask.verdict == "2-3-1 with biases, w1 as (2, 3)."
    ask.paste(SQUARE)
    ask.start.click()
    assert ask.weights == [w1, [[5], [6]]]


@pytest.mark.parametrize(
    ("text", "verdict"),
    some(
        [
            ("w1 = [[1 2 3]\n [4 5", "A bracket is not closed: the end is missing."),
            (
                "[[1 2] [3 4]] [1 2 3 4]",
                (
                    "w2 has the shape (4,); allowed: 2 numbers in a list, row or column, or one "
                    "more with the output bias."
                ),
            ),
            ("1 2 3 4 5", f"These are 5 numbers; {WANTED}."),
        ],
        2,
    ),
)
def test_errors_are_shown_until_they_are_fixed(ask: Asked, text: str, verdict: str) -> None:
    ask.paste(text)
    assert ask.verdict == verdict
    assert (
        child(ask.dialog, QLabel, "own_verdict").foregroundRole() is QPalette.ColorRole.BrightText
    )
    assert not ask.start.isEnabled()
    assert not ask.detail
    ask.paste(WHOLE)
    assert ask.verdict.startswith("2-3-1")
    assert (
        child(ask.dialog, QLabel, "own_verdict").foregroundRole() is QPalette.ColorRole.WindowText
    )
    ask.box.clear()
    assert ask.verdict == "Paste weights or outputs, or open a file."


def test_outputs_alone_are_diagnosed(ask: Asked) -> None:
    ask.paste("0 .5 1 .5")
    found = diagnose_rows((1, 0, 0.5, 0.5), (1, 0, 1, 0))
    text = ask.diagnosis.toPlainText()
    assert text.startswith("Two rows learned\n")
    assert ask.diagnosis.isVisible()
    assert found.detail.casefold() in text.casefold()
    assert ask.verdict == "Outputs read. Paste weights, too, to train on."
    assert ask.detail == "Outputs for 00, 01, 10, 11: 0.000, 0.500, 1.000, 0.500"
    assert not ask.start.isEnabled()
    assert ask.start.toolTip().startswith("Nothing to open")
    ask.paste(WHOLE)
    assert ask.start.toolTip().startswith("Open")
    assert ask.diagnosis.isVisible()
    assert not ask.diagnosis.toPlainText().startswith("Two rows learned")
    ask.box.clear()
    assert not ask.diagnosis.isVisible()
    ask.paste(WHOLE)
    assert ask.choice("activation").isVisible()


def test_outputs_beside_their_inputs_need_no_order(ask: Asked) -> None:
    ask.paste("1 XOR 0 = .95\n0 XOR 0 = .02\n0 XOR 1 = .94\n1 XOR 1 = .04")
    assert ask.detail == "Outputs for 00, 01, 10, 11: 0.020, 0.940, 0.950, 0.040"
    assert ask.diagnosis.toPlainText().startswith("Learned")
    assert not ask.order.isVisible()
    ask.paste(".02 .94 .95 .04")
    assert ask.order.isVisible()


@pytest.mark.thorough
def test_outputs_may_have_another_order_and_other_targets(ask: Asked) -> None:
    ask.paste(".95 .05 .95 .05")
    assert not ask.diagnosis.toPlainText().startswith("Learned")
    type_into(ask.order, "10,00,01,11")
    assert ask.diagnosis.toPlainText().startswith("Learned")
    assert ask.detail == "Outputs for 10, 00, 01, 11: 0.950, 0.050, 0.950, 0.050"
    ask.order.setText("10,00")
    assert ask.verdict == "The order of rows is '10,00'; allowed: 00,01,10,11 in any order."
    assert not ask.diagnosis.toPlainText()
    ask.order.setText("00,01,10,11")
    ask.choice("targets").choose("0101")  # not x2, in the order of ROWS: 10 00 01 11
    assert not ask.diagnosis.toPlainText().startswith("Learned")
    ask.choice("targets").choose("1100")
    assert ask.diagnosis.toPlainText().startswith("Learned")


@pytest.mark.parametrize("kind", some(["json", "npz"], 1))
def test_an_exported_file_has_its_settings(ask: Asked, tmp_path: Path, kind: str) -> None:
    recording = Recording(RunConfig(width=2, activation="tanh", loss="mse", rate=0.7))
    recording.advance(20)
    snapshot = recording.snapshot()
    path = tmp_path / f"weights.{kind}"
    path.write_bytes(weights_npz(snapshot) if kind == "npz" else weights_json(snapshot).encode())
    QTest.mouseClick(child(ask.dialog, QPushButton, "own_open"), Qt.MouseButton.LeftButton)
    dialog = child(ask.dialog, QFileDialog, "open_dialog")
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    assert ask.verdict == "2-2-1 without biases, w1 as (2, 2), since w2 is (2, 1)."
    assert ask.choice("activation").currentData() == "tanh"
    ask.start.click()
    assert ask.weights == [array.tolist() for array in snapshot.weights.arrays()]
    assert ask.opened[0][0].config == snapshot.config


@pytest.mark.thorough
def test_the_content_of_a_file_can_be_edited(ask: Asked, tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    np.savez(path, w1=np.ones((3, 2)), w2=[0.1, 1e-17, 3])
    ask.dialog.read_file(path)
    text = ask.box.toPlainText()
    assert ask.verdict == "2-3-1 without biases, w1 as (3, 2): transposed."
    ask.paste(text.replace("3.0", "4.0"))
    ask.start.click()
    assert ask.weights == [[[1, 1, 1], [1, 1, 1]], [[0.1], [1e-17], [4]]]


def test_an_unreadable_file_leaves_the_text(ask: Asked, tmp_path: Path) -> None:
    ask.paste(WHOLE)
    ask.dialog.read_file(tmp_path / "none.npz")
    assert ask.verdict == "none.npz: The file does not exist."
    assert ask.box.toPlainText() == WHOLE
    assert not ask.start.isEnabled()


def test_of_a_long_text_only_the_arrays_are_shown(ask: Asked) -> None:
    """Qt lays out a long line in quadratic time."""
    ask.paste("." * LONGEST_SHOWN + WHOLE)
    assert ask.verdict == "2-3-1 with biases, w1 as (2, 3)."
    shown = ask.box.toPlainText()
    assert shown.startswith("w1 = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]\nb1 = ")
    ask.paste("[" * (LONGEST_SHOWN + 1))
    assert ask.verdict == f"There are no weights in it; {WANTED}."
    assert ask.box.toPlainText() == shown
    assert not ask.start.isEnabled()
    ask.paste("x" * 10_000_000)
    assert ask.verdict.startswith("It is too big for the weights of a network:")


def test_the_dialog_works_by_keys_alone(ask: Asked) -> None:
    QApplication.clipboard().setText(SQUARE)
    QTest.keyClick(ask.box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    seen = []
    for _ in range(10):
        press(Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        seen.append(focused.objectName())
        if focused is ask.choice("orientation"):
            break
    assert seen == ["own_after", "own_open", "own_orientation"]
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert ask.weights == [[[1, 2], [3, 4]], [[5], [6]]]


@pytest.mark.thorough
def test_every_control_has_a_name_and_a_tip(ask: Asked) -> None:
    for widget in ask.dialog.findChildren(QComboBox):
        assert widget.accessibleName()
        assert widget.whatsThis()
    for other in (ask.box, ask.after, ask.order, ask.diagnosis):
        assert other.accessibleName()
        assert other.whatsThis()


@pytest.mark.parametrize("text", some([WHOLE, "[" * 100_000, "", SQUARE, "0 .5 1 .5"], 2))
def test_the_dialog_fits_a_small_screen(ask: Asked, text: str) -> None:
    ask.box.setPlainText(text)
    QApplication.processEvents()  # what was written is laid out
    size = ask.dialog.minimumSizeHint().expandedTo(ask.dialog.size())
    assert size.width() <= 1000
    assert size.height() <= 660
    for label in ask.dialog.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width())


def test_the_example_is_a_network_that_has_learned_xor() -> None:
    assert EXAMPLE.startswith("Example:\n")
    text = EXAMPLE.partition("or JSON")[0]
    network = arranged(parsed(text))
    assert network.summary == "2-3-1 with biases, w1 as (2, 3)"
    assert examined(parsed(text), {}).case.state == "learned"
    assert parsed(EXAMPLE.rpartition(": ")[2]).outputs is not None


def known(ask: Asked, name: str) -> QLineEdit:
    return child(ask.dialog, QLineEdit, f"own_{name}")


def test_what_is_known_may_be_said_or_left_open(ask: Asked) -> None:
    numbers = ("width", "rate", "momentum", "init_range", "steps")
    ask.paste("0 .5 1 .5")
    for name in numbers:
        assert known(ask, name).text() == ""
        assert known(ask, name).placeholderText() == "Not known"
    for name in ("activation", "loss", "biases"):
        assert ask.choice(name).isVisible()
        assert ask.choice(name).currentText() == "Not known"
    assert "Width, rate, activation" in ask.diagnosis.toPlainText()
    assert "\nNext. " in ask.told
    ask.choice("output").choose("tanh")
    assert "--try" not in ask.told, "xorviz trains no such network"
    ask.choice("output").choose("")
    ask.choice("biases").choose("off")
    type_into(known(ask, "width"), "2")
    assert "Rate, activation, loss" in ask.diagnosis.toPlainText()
    ask.paste(WHOLE)
    assert not known(ask, "width").isVisible()
    assert not ask.choice("biases").isVisible()
    assert (
        "Assumed: sigmoid units, sigmoid output, sum of squared errors; rate"
        in ask.diagnosis.toPlainText()
    )
    known(ask, "rate").setText("0,5")
    known(ask, "steps").setText("3000")
    ask.choice("activation").choose("tanh")
    text = ask.diagnosis.toPlainText()
    assert (
        "Assumed: sigmoid output, sum of squared errors, no momentum; initial range is not known."
        in text
    )
    ask.start.click()
    assert ask.opened[0][0].config == RunConfig(biases=True, activation="tanh", rate=0.5)


def test_a_number_that_is_none_is_refused(ask: Asked) -> None:
    ask.paste(WHOLE)
    known(ask, "rate").setText("fast")
    assert ask.verdict.startswith("The learning rate is 'fast'; allowed: a number above 0")
    assert not ask.start.isEnabled()
    known(ask, "rate").clear()
    assert ask.start.isEnabled()


def test_each_button_has_a_letter_of_its_own(ask: Asked) -> None:
    buttons = [b for b in ask.dialog.findChildren(QPushButton) if b.isVisible()]
    letters = [button.text()[button.text().index("&") + 1].lower() for button in buttons]
    assert len(letters) == len({*letters}) == 3
