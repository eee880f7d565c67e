"""The actions: texts, keys and icons."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, is_near, press
from xorviz.panels.learn.loss.loss_plot import LossPlot
from xorviz.panels.learn.surface.decision_surface import DecisionSurface
from xorviz.panels.learn.weights.weight_heatmap import WeightHeatmap
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, mixed
from xorviz.window.bars.actions import THEMES, Actions

KEYS = {
    "run": ["Space"],
    "step": ["S", "Right"],
    "step_n": ["Shift+S"],
    "reset": ["R"],
    "new_seed": ["N"],
    "full_screen": ["F11"],
    "help": ["F1"],
}
WITH_ICONS = ("run", "step", "step_n", "reset", "new_seed", "help")


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


def test_actions_have_their_keys(window: QWidget) -> None:
    actions = Actions(window)
    keys = {name: [key.toString() for key in actions[name].shortcuts()] for name in KEYS}
    assert keys == KEYS


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


def test_no_two_actions_share_a_key(window: QWidget, qtbot: QtBot) -> None:
    actions = Actions(window)
    keys = [key.toString() for action in window.actions() for key in action.shortcuts()]
    for view in (LossPlot(), WeightHeatmap(), DecisionSurface()):
        qtbot.addWidget(view)
        keys += [o.shortcut().toString() for o in view.options if not o.shortcut().isEmpty()]
    assert len(set(keys)) == len(keys)
    assert actions["run"].shortcut().toString() in keys


def test_keys_work_without_a_menu(qtbot: QtBot) -> None:
    button = QPushButton("focused")
    window = active_window(qtbot, button)
    actions = Actions(window)
    used: list[str] = []
    for name in ("run", "step", "step_n", "reset"):
        actions[name].triggered.connect(lambda _=False, name=name: used.append(name))
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_S)
    press(Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    press(Qt.Key.Key_R)
    assert used == ["run", "step", "step", "step_n", "reset"]


@pytest.mark.thorough
def test_one_theme_is_checked_at_a_time(window: QWidget) -> None:
    actions = Actions(window)
    chosen: list[str] = []
    actions.themes.triggered.connect(lambda action: chosen.append(action.data()))
    for theme in THEMES:
        actions[f"theme_{theme}"].trigger()
        assert [t for t in THEMES if actions[f"theme_{t}"].isChecked()] == [theme]
    assert chosen == list(THEMES)


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
