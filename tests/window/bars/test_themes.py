"""The choice of a theme."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from xorviz.core.config import RunConfig
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.window.bars.actions import THEMES, Actions
from xorviz.window.bars.themes import ThemeSwitcher
from xorviz.window.document.settings import Settings
from xorviz.window.main_window import MainWindow

Start = Callable[[], tuple[ThemeSwitcher, Actions]]


@pytest.fixture
def start(qtbot: QtBot, store: QSettings) -> Start:
    """Return a function that makes the theme switcher of a new window."""
    windows: list[QWidget] = []

    def start_one() -> tuple[ThemeSwitcher, Actions]:
        window = QWidget()
        qtbot.addWidget(window)
        windows.append(window)
        actions = Actions(window)
        return ThemeSwitcher(actions, Settings(store), window), actions

    return start_one


def ground() -> str:
    return QApplication.palette().window().color().name()


def test_the_desktop_theme_is_the_default(start: Start) -> None:
    themes, actions = start()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    assert actions["theme_system"].isChecked()
    assert themes.theme is look.system_theme(application)
    assert ground() == themes.theme.ground.lower()


@pytest.mark.parametrize(("name", "theme"), some([("light", LIGHT), ("dark", DARK)], 1))
def test_a_chosen_theme_is_applied_emitted_and_saved(start: Start, name: str, theme: Theme) -> None:
    themes, actions = start()
    told: list[Theme] = []
    themes.changed.connect(told.append)
    actions[f"theme_{name}"].trigger()
    assert told == [theme]
    assert themes.theme is theme
    assert ground() == theme.ground.lower()
    again, its_actions = start()
    assert again.theme is theme
    assert [n for n in THEMES if its_actions[f"theme_{n}"].isChecked()] == [name]


@pytest.mark.thorough
def test_the_desktop_theme_can_be_chosen_again(start: Start) -> None:
    themes, actions = start()
    before = themes.theme
    for name in ("dark", "light", "system"):
        actions[f"theme_{name}"].trigger()
    assert themes.theme is before


@pytest.mark.parametrize(("name", "is_followed"), [("system", True), ("light", False)])
def test_a_change_of_the_desktop_is_followed_only_if_chosen(
    start: Start, monkeypatch: pytest.MonkeyPatch, name: str, is_followed: bool
) -> None:
    themes, actions = start()
    actions[f"theme_{name}"].trigger()
    told: list[Theme] = []
    themes.changed.connect(told.append)
    monkeypatch.setattr(look, "system_theme", lambda _: DARK)
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert (themes.theme is DARK) == is_followed
    assert told == [themes.theme]
    assert (ground() == DARK.ground.lower()) == is_followed


@pytest.mark.parametrize("value", some(["pink", "", 7], 1))
def test_an_unknown_theme_is_ignored(start: Start, store: QSettings, value: object) -> None:
    store.setValue("choices/theme", value)
    _, actions = start()
    assert actions["theme_system"].isChecked()


def sheet() -> str:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application.styleSheet()


def test_the_style_sheet_is_set_late_and_follows_the_theme(start: Start) -> None:
    themes, actions = start()
    before = sheet()
    actions["theme_dark"].trigger()
    assert sheet() == before
    themes.put_on_sheet()
    assert DARK.ground in sheet()
    actions["theme_light"].trigger()
    assert LIGHT.ground in sheet()
    assert DARK.ground not in sheet()


def test_the_style_sheet_is_set_before_the_window_is_shown(store: QSettings, qtbot: QtBot) -> None:
    Settings(store).set_choice("theme", "dark")
    window = MainWindow(RunConfig(), store)
    qtbot.addWidget(window)
    assert DARK.ground in sheet()
    window.close()
