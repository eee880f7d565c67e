"""The actions: texts, keys and icons."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QKeySequence
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near
from xorviz.cli.parser import command_line
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, mixed
from xorviz.window.bars.actions import THEMES, ZOOMS, Actions

WITH_ICONS = ("run", "step", "step_n", "reset", "new_weights", "help")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


def is_drawn_in(ink: str, icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> bool:
    """Return whether all opaque pixels have this colour."""
    image = icon.pixmap(QSize(64, 64), 1.0, mode).toImage()
    pixels = [image.pixelColor(x, y) for x in range(64) for y in range(64)]
    covered = [color for color in pixels if color.alpha() == 255]
    return bool(covered) and all(is_near(color, ink, tolerance=2) for color in covered)


def test_every_action_has_tips_with_its_key(window: QWidget) -> None:
    actions = Actions(window)
    assert len(window.actions()) >= 13
    for action in window.actions():
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        tip = action.statusTip()
        assert tip
        assert action.toolTip() == (f"{tip} ({key})" if key else tip)
        assert tip in action.whatsThis()
        assert key in action.whatsThis()
        assert actions[action.objectName()] is action


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_icons_use_the_colours_of_the_theme(window: QWidget, theme: Theme) -> None:
    actions = Actions(window)
    actions.apply_theme(theme)
    for name in WITH_ICONS:
        ink = theme.on_accent if name == "run" else theme.text
        assert is_drawn_in(ink, actions[name].icon())
        assert is_drawn_in(
            mixed(theme.quiet, theme.panel), actions[name].icon(), QIcon.Mode.Disabled
        )


def test_the_run_action_is_labelled_run_or_pause(window: QWidget) -> None:
    actions = Actions(window)
    run = actions["run"]
    actions.apply_theme(LIGHT)
    at_rest = run.icon().pixmap(64).toImage()
    said = (run.text(), run.toolTip(), run.statusTip())
    assert said[0].replace("&", "") == "Run"
    actions.show_active(True)
    assert run.text().replace("&", "") == "Pause"
    assert run.icon().pixmap(64).toImage() != at_rest
    assert run.statusTip() != said[2]
    assert "(Space)" in run.toolTip()
    actions.show_active(False)
    assert (run.text(), run.toolTip(), run.statusTip()) == said
    assert run.icon().pixmap(64).toImage() == at_rest


@pytest.mark.parametrize(("option", "values"), [("--theme", THEMES), ("--zoom", ZOOMS)])
def test_the_command_line_knows_the_same_themes_and_sizes_of_text(
    option: str, values: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command_line(()).parse_args([option, "none of them"])
    assert capsys.readouterr().err.endswith(f"allowed: {', '.join(values)}\n")
