"""A panel is added by one line of the registry, and nothing else."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu
from pytestqt.qtbot import QtBot

from tests.support.snapshots import QUICK, trained
from tests.support.toy_panel import TOY, Toy
from tests.support.windows import Open, action, find, settle
from xorviz import Recording, save_run
from xorviz.cli.main import main
from xorviz.panels import registry
from xorviz.ui.chrome.panel import Panel
from xorviz.window.export.export_dialog import ExportDialog


@pytest.fixture(autouse=True)
def _toy_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PANELS", (*registry.PANELS, TOY))


def test_it_has_a_place_an_action_and_an_entry_and_can_be_exported(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(QUICK)
    assert window.findChild(Panel, "toy_panel") is None  # it is not made at the start
    menu = next(m for m in window.findChildren(QMenu) if m.title() == "&Panels")
    menu.aboutToShow.emit()
    assert "Toy" in [one.text() for one in menu.actions()]
    action(window, "export").trigger()
    dialog = find(window, ExportDialog, "export_dialog")
    assert dialog.findChild(QCheckBox, "film_toy") is not None
    dialog.close()
    action(window, "workspace_lab").trigger()
    panel = find(window, Panel, "toy_panel")
    assert window._desk.is_placed("toy")
    action(window, "show_toy").trigger()
    assert panel.isVisible()
    window.session.step(3)
    settle(qtbot, window)
    loss = f"{trained(QUICK, 3).loss:.4g}"
    assert find(panel, Toy, "toy").findChildren(QLabel)[0].text() == loss
    action(window, "workspace_learn").trigger()
    assert not panel.isVisible()


def test_the_command_line_makes_a_picture_of_it(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = Recording(QUICK)
    recording.advance(90)
    save_run(recording, tmp_path / "run.xorviz")
    run, picture = str(tmp_path / "run.xorviz"), str(tmp_path / "toy.png")
    assert main(["export", run, "--view", "toy", "--png", picture]) == 0
    assert QImage(picture).width() >= 300
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    assert "toy" in capsys.readouterr().out
