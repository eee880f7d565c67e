"""The table of actions: texts, tips, keys, icons, enabled states; and the menus that hold them."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLineEdit, QListView, QMainWindow, QMenu, QTableView
from pytestqt.qtbot import QtBot

from tests.support.screen import child, heard
from tests.support.windows import action
from xorviz.core.rules import Whole
from xorviz.files import assets
from xorviz.panels import registry
from xorviz.ui.forms.fields import NumberField
from xorviz.ui.keys import plain_text, reason_against
from xorviz.ui.theme.palette import DARK, LIGHT
from xorviz.window.bars.actions import LAB_IDLE, THEMES, ZOOMS, Actions, Keys
from xorviz.window.document.settings import Settings
from xorviz.window.main_window import MainWindow

TRAINING = ("run", "step", "explain_step", "step_n", "step_other", "lab_run")
BACK = ("step_back", "step_back_n", "to_start")
Start = Callable[[], Actions]


@pytest.fixture
def start(qtbot: QtBot, store: QSettings) -> Start:
    """Return a function that gives the actions of a new, active window their keys."""
    windows: list[QMainWindow] = []

    def start_one() -> Actions:
        window = QMainWindow()
        qtbot.addWidget(window)
        windows.append(window)
        actions = Actions(window)
        window.setCentralWidget(QLineEdit())
        Keys(window.actions(), actions["letter_keys"], window)
        Settings(store).keep_switches([actions["letter_keys"]])
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        window.setFocus()
        return actions

    return start_one


@pytest.fixture
def actions(start: Start) -> Actions:
    return start()


def window_of(actions: Actions) -> QMainWindow:
    window = actions["run"].parent()
    assert isinstance(window, QMainWindow)
    return window


def all_of(actions: Actions) -> list[QAction]:
    return window_of(actions).actions()


def keys_of(one: QAction) -> list[str]:
    return [key.toString() for key in one.shortcuts()]


def test_every_action_has_tips_with_its_key(actions: Actions) -> None:
    for one in all_of(actions):
        key = one.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        assert actions[one.objectName()] is one
        assert one.toolTip() == (f"{one.statusTip()} ({key})" if key else one.statusTip()) != ""
        assert key in one.whatsThis()


def test_keys_that_fields_use_yield_to_a_field_that_has_the_focus(actions: Actions) -> None:
    window, contexts = window_of(actions), Qt.ShortcutContext
    text, number = child(window, QLineEdit), NumberField("number", Whole(0, 9))
    table, some = QTableView(window), QListView(window)
    number.setParent(window)
    for part in (number, table, some):
        part.show()
    for focused, step, run in (
        (text, contexts.WidgetShortcut, contexts.WidgetShortcut),
        (number, contexts.WidgetShortcut, contexts.WindowShortcut),
        (table, contexts.WidgetShortcut, contexts.WindowShortcut),
        (some, contexts.WidgetShortcut, contexts.WidgetShortcut),
        (window, contexts.WindowShortcut, contexts.WindowShortcut),
    ):
        focused.setFocus()
        assert actions["step"].shortcutContext() == step
        assert actions["run"].shortcutContext() == run
        assert actions["save"].shortcutContext() == contexts.WindowShortcut


def test_single_letters_are_switched_off_and_all_else_stays(start: Start, store: QSettings) -> None:
    store.setValue("keys/reset", '["Ctrl+K"]')  # own keys of an older version
    store.setValue("keys/pin", "broken")
    actions = start()
    told: list[QAction] = heard(child(window_of(actions), Keys).used)
    actions["letter_keys"].setChecked(False)
    for its_actions in (actions, start()):
        assert [keys_of(its_actions[name]) for name in ("step", "reset", "run", "save")] == [
            ["Right"], [], ["Space"], ["Ctrl+S"]]  # fmt: skip
        assert "(" not in its_actions["reset"].toolTip()
    actions["letter_keys"].setChecked(True)
    assert keys_of(actions["step"]) == ["S", "Right"]
    assert "(R)" in actions["reset"].toolTip()
    actions["reset"].trigger()
    assert told == [actions["reset"]]
    assert store.value("keys/reset") == '["Ctrl+K"]'


def test_states_are_enabled_as_the_session_is_and_else_say_why(actions: Actions) -> None:
    def off() -> set[str]:
        found = {one.objectName() for one in all_of(actions) if not one.isEnabled()}
        assert all(reason_against(actions[name]) for name in found)
        return found - {"lab_cancel"}

    assert reason_against(actions["lab_cancel"]) == LAB_IDLE
    for step, newest, expected in (
        (0, 0, {*BACK, "to_live"}),
        (0, 5, {*BACK}),
        (3, 5, set()),
        (5, 5, {"to_live"}),
        (3, 5, set()),
    ):
        actions.show_position(step, newest)
        assert off() - {"undo", "redo"} == expected
    for undo, redo, expected in ((None, None, {"undo", "redo"}), ("a & b", None, {"redo"})):
        actions.show_history(undo, redo)
        assert off() == expected
    assert [plain_text(actions[name]) for name in ("undo", "redo")] == ["Undo a & b", "Redo"]
    actions.show_history("rate 0.5", "width 3")
    assert plain_text(actions["redo"]) == "Redo width 3"
    actions.show_trainable(False)
    assert off() == {*TRAINING} - {"lab_run"}
    actions.show_trainable(True)
    assert off() == set()


@pytest.mark.parametrize("is_watched", [False, True])
def test_run_becomes_pause_and_actions_say_what_they_do_to_a_watched_run(
    actions: Actions, is_watched: bool
) -> None:
    def said() -> dict[str, str]:
        return {one.objectName(): one.statusTip() for one in all_of(actions)}

    run = actions["run"]
    actions.apply_theme(LIGHT)
    assert sum(not one.icon().isNull() for one in all_of(actions)) == 8
    ours = said()
    actions.show_watched(is_watched)
    theirs = {name for name, tip in said().items() if tip != ours[name]}
    assert {"run", "step", "pin", "reset"} <= theirs if is_watched else theirs == set()
    at_rest = plain_text(run), run.statusTip(), run.icon().pixmap(64).toImage()
    assert at_rest[0] == ("Follow" if is_watched else "Run")
    actions.show_active(True)
    assert plain_text(run) == "Pause"
    assert run.icon().pixmap(64).toImage() != at_rest[2]
    assert run.statusTip() != at_rest[1]
    assert "(Space)" in run.toolTip()
    actions.show_active(False)
    assert (plain_text(run), run.statusTip(), run.icon().pixmap(64).toImage()) == at_rest
    actions.show_watched(False)
    assert said() == ours
    for change in (partial(actions.show_primary, False), partial(actions.apply_theme, DARK)):
        before = run.icon().pixmap(64).toImage()
        change()
        assert run.icon().pixmap(64).toImage() != before


# Menus


def menus_of(owner: QMenu | MainWindow) -> list[QMenu]:
    """Return the menus in a menu, or in the menu bar of a window."""
    entries = (owner if isinstance(owner, QMenu) else owner.menuBar()).actions()
    return [found for one in entries if isinstance(found := one.menu(), QMenu)]


def inside(owner: QMenu | MainWindow) -> list[QAction]:
    """Return all actions in menus and the menus in those."""
    found: list[QAction] = []
    for menu in menus_of(owner):
        if plain_text(menu.menuAction()).startswith("Panel"):  # filled when they are opened
            menu.aboutToShow.emit()
        plain = [one for one in menu.actions() if not (one.isSeparator() or one.menu())]
        found += [*plain, *inside(menu)]
    return found


def test_every_action_is_in_one_menu_with_its_own_key_and_letter(window: MainWindow) -> None:
    entries = inside(window)
    for one in window.actions():
        assert entries.count(one) == 1, one.objectName()
    for one in entries:
        is_explained = bool(one.statusTip()) or plain_text(one) == "What's This?"
        assert is_explained or not one.isEnabled(), one.text()
    written = [key for one in entries for key in keys_of(one)]
    assert sorted(written) == sorted(set(written))
    for texts in (
        [one.text() for one in window.menuBar().actions()],
        *([one.text() for one in menu.actions()] for menu in menus_of(window)),
    ):
        marked = [text.replace("&&", "") for text in texts if "&" in text]
        letters = [text[text.index("&") + 1].lower() for text in marked]
        assert sorted(letters) == sorted(set(letters)), texts


def test_menus_list_panels_with_their_options_presets_and_what_is_chosen_of(
    window: MainWindow,
) -> None:
    (view,) = (menu for menu in menus_of(window) if plain_text(menu.menuAction()) == "View")
    panels, options, zoom, theme = menus_of(view)
    for menu in (panels, options):
        menu.aboutToShow.emit()
        menu.aboutToShow.emit()
        assert [one.text() for one in menu.actions()] == [one.title for one in registry.PANELS]
    for menu in menus_of(options):
        assert [plain_text(one) for one in menu.actions()][-3:] == [
            "Maximise",
            "Own window",
            "Hide",
        ]
    for menu, prefix, names in ((zoom, "zoom", ZOOMS), (theme, "theme", THEMES)):
        chosen = [one.objectName() for one in menu.actions() if one.isCheckable()]
        assert chosen == [f"{prefix}_{name}" for name in names]
    (presets,) = (menu for menu in menus_of(window) if plain_text(menu.menuAction()) == "Presets")
    assert [one.text() for one in presets.actions()] == [one.name for one in assets.presets()]
    window.document.pin()
    window.document.rename(0, "this & that")
    window.document.delete(0)
    assert plain_text(action(window, "undo")).endswith("this & that")
