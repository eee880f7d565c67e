"""The boxes for weights: what they write reads back; files dropped there are passed on."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QUrl
from pytestqt.qtbot import QtBot

from tests.files.weights.test_reader import parsed
from tests.support.screen import shown
from xorviz.files.weights.own_network import Arrays
from xorviz.window.dialogs.own_network.text_box import WeightsBox, arrays_text

WRITTEN: list[Arrays] = [
    Arrays(np.array([[0.1, 1e-17], [3, 4]]), np.array([1.0, 2]), np.ones((2, 1)), np.array(5.0)),
    Arrays(np.ones((3, 2)), w2=np.ones((1, 3))),
    Arrays(outputs=np.array([0.1, 0.2, 0.3, 1 / 3])),
]


def test_arrays_as_text_read_back() -> None:
    for arrays in WRITTEN:
        again = parsed(arrays_text(arrays))
        for name in ("w1", "b1", "w2", "b2", "outputs"):
            mine, its = getattr(again, name), getattr(arrays, name)
            assert (mine is None) == (its is None)
            if mine is not None:
                np.testing.assert_array_equal(mine, its)
                assert mine.shape == its.shape


def test_states_that_fill_a_box_are_read_again_from_its_text(qtbot: QtBot) -> None:
    box = shown(qtbot, WeightsBox("box", "Weights", "Weights.", "Example"))
    box.fill(tuple(WRITTEN[:1]) * 2)
    assert len(box.states) == 2
    box.appendPlainText("")
    assert [arrays_text(one) for one in box.states] == [arrays_text(WRITTEN[0])] * 2
    box.clear()
    assert box.is_empty


def test_a_file_that_is_dropped_is_passed_on(qtbot: QtBot, tmp_path: Path) -> None:
    box, dropped = shown(qtbot, WeightsBox("box", "Weights", "Weights.", "Example")), list[Path]()
    box.file_dropped.connect(dropped.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "step.npz"))])
    assert box.canInsertFromMimeData(data)
    box.insertFromMimeData(data)
    assert dropped == [tmp_path / "step.npz"]
    assert box.is_empty
