"""The look of the window: theme, size of text, motion, and present mode."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, heard
from tests.support.windows import action, settle
from xorviz.core.settings import RunConfig
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.window.bars.actions import THEMES, ZOOMS, Actions
from xorviz.window.bars.appearance import SHOWN_MS, Appearance
from xorviz.window.document.settings import Settings
from xorviz.window.main_window import MainWindow


class Look:
    """The appearance of a window, with its actions and the themes that it has told."""

    def __init__(self, qtbot: QtBot, store: QSettings) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.actions = Actions(self.window)
        self.appearance = Appearance(self.actions, Settings(store), self.window)
        self.told: list[Theme] = heard(self.appearance.changed)

    def checked(self, prefix: str, names: tuple[str, ...]) -> list[str]:
        return [name for name in names if self.actions[f"{prefix}_{name}"].isChecked()]


Start = Callable[[], Look]


@pytest.fixture
def start(qtbot: QtBot, store: QSettings) -> Start:
    """Return a function that makes the appearance of a new window."""
    return lambda: Look(qtbot, store)


@pytest.fixture(autouse=True)
def usual_text(qapp: QApplication) -> Iterator[None]:
    """Give later tests the usual size of text again."""
    yield
    look.colour(qapp, LIGHT)


def ground() -> str:
    return QApplication.palette().window().color().name().upper()


@pytest.mark.parametrize("stored", [None, "pink", 7])
def test_the_desktop_s_theme_is_the_default(
    start: Start, store: QSettings, qapp: QApplication, stored: object
) -> None:
    if stored is not None:
        store.setValue("choices/theme", stored)
    begun = start()
    assert begun.checked("theme", THEMES) == ["system"]
    assert begun.appearance.theme == look.system_theme(qapp)
    assert ground() == begun.appearance.theme.ground


def test_a_chosen_theme_is_applied_told_and_kept(start: Start, qapp: QApplication) -> None:
    begun = start()
    before, without = begun.appearance.theme, qapp.styleSheet()
    for name, theme in (("dark", DARK), ("light", LIGHT), ("system", before), ("dark", DARK)):
        begun.actions[f"theme_{name}"].trigger()
        assert (begun.told[-1], begun.appearance.theme, ground()) == (theme, theme, theme.ground)
    assert len(begun.told) == 4
    assert qapp.styleSheet() == without, "it is set late"
    begun.appearance.put_on_sheet()
    assert DARK.ground in qapp.styleSheet()
    again = start()
    assert (again.appearance.theme, again.checked("theme", THEMES)) == (DARK, ["dark"])
    begun.actions["theme_light"].trigger()
    assert LIGHT.ground in qapp.styleSheet()
    assert DARK.ground not in qapp.styleSheet()


@pytest.mark.parametrize(("name", "is_followed"), [("system", True), ("light", False)])
def test_a_change_of_the_desktop_is_followed_only_if_chosen(
    start: Start, monkeypatch: pytest.MonkeyPatch, name: str, is_followed: bool
) -> None:
    begun = start()
    begun.actions[f"theme_{name}"].trigger()
    begun.told.clear()
    monkeypatch.setattr(look, "system_theme", lambda _: DARK)
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert begun.told == [begun.appearance.theme]
    assert (begun.appearance.theme == DARK) == (ground() == DARK.ground) == is_followed


def test_the_size_of_text_and_the_motion_are_told_and_kept(start: Start) -> None:
    begun = start()
    usual = QApplication.font().pointSizeF()
    zooms = [begun.actions[name] for name in ("zoom_in", "zoom_out")]
    for place, name in enumerate(ZOOMS):
        assert begun.checked("zoom", ZOOMS) == [name]
        assert QApplication.font().pointSizeF() == pytest.approx(usual * int(name) / 100)
        assert [zoom.isEnabled() for zoom in zooms] == [name != ZOOMS[-1], place > 0]
        assert start().checked("zoom", ZOOMS) == [name]
        zooms[0].trigger()
        assert len(begun.told) == min(place + 1, len(ZOOMS) - 1)
    zooms[1].trigger()
    assert begun.checked("zoom", ZOOMS) == [ZOOMS[-2]]
    begun.actions["reduced_motion"].trigger()
    assert [theme.reduced_motion for theme in begun.told][-2:] == [False, True]
    assert start().appearance.theme.reduced_motion


def test_what_changes_neither_colours_nor_text_sets_neither_again(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, applied = start(), list[tuple[object, ...]]()
    monkeypatch.setattr(look, "colour", lambda *given: applied.append(given))
    for name in ("reduced_motion", "theme_light", "theme_system"):
        begun.actions[name].trigger()
    assert (applied, begun.appearance.theme) == ([], begun.told[-1])
    begun.actions["theme_dark"].trigger()
    assert [theme for _, theme, _ in applied] == [DARK]


def test_presented_text_and_lines_are_larger_and_not_kept(start: Start) -> None:
    begun = start()
    for chosen, presented in (("110", "150"), ("200", "200")):
        begun.actions[f"zoom_{chosen}"].trigger()
        begun.appearance.present(True)
        assert begun.checked("zoom", ZOOMS) == [presented]
        assert begun.told[-1].stroke > 1
        begun.actions["zoom_175"].trigger()
        assert start().checked("zoom", ZOOMS) == [chosen]
        begun.appearance.present(False)
        assert begun.checked("zoom", ZOOMS) == [chosen]
        assert begun.told[-1].stroke == 1


# In the window


def test_a_window_begins_with_the_stored_theme_and_size_of_text(
    store: QSettings, qtbot: QtBot, qapp: QApplication
) -> None:
    Settings(store).set_choice("zoom", "200")
    Settings(store).set_choice("theme", "dark")
    window = MainWindow(RunConfig(), store)
    qtbot.addWidget(window)
    assert DARK.ground in qapp.styleSheet()
    size = QApplication.font().pointSizeF()
    assert {w.font().pointSizeF() for w in window.findChildren(QWidget)} == {size}
    window.close()


@pytest.mark.thorough
def test_an_audience_sees_large_text_and_the_keys_for_two_seconds(
    window: MainWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    font = qapp.font()
    label = child(window, QLabel, "key_label")
    QTest.keyClick(window, Qt.Key.Key_S)
    assert not label.isVisible()
    settle(qtbot, window)
    action(window, "present").trigger()
    assert qapp.font().pointSizeF() == pytest.approx(1.5 * font.pointSizeF())
    assert window._views.all[0].theme.stroke > 1
    for told in ("Space: Run", "Space: Pause"):
        QTest.keyClick(window, Qt.Key.Key_Space)
        assert (label.isVisible(), label.text()) == (True, told)
    (timer,) = (t for t in window.findChildren(QTimer) if t.interval() == SHOWN_MS)
    timer.timeout.emit()
    assert not label.isVisible()
    window._keys.used.emit(action(window, "about"))
    assert not label.isVisible(), "it has no key"
    window._keys.used.emit(action(window, "pin"))
    assert label.isVisible()
    action(window, "present").trigger()
    assert not label.isVisible()
    assert qapp.font() == font
    assert window._views.all[0].theme.stroke == 1
