"""The menus: every action where people look for it, and each once."""

from collections.abc import Iterable

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from tests.support.windows import action
from xorviz.files import assets
from xorviz.window.main_window import MainWindow


def plain(text: str) -> str:
    """Return a text as it is read: without the marks of keys."""
    return text.replace("&", "")


def menu(window: MainWindow, title: str, inside: QMenu | None = None) -> QMenu:
    entries = (inside or window.menuBar()).actions()
    found = [a.menu() for a in entries if plain(a.text()) == title]
    assert isinstance(found[0], QMenu)
    return found[0]


def groups(actions: Iterable[QAction]) -> list[list[str]]:
    """Return the names of a menu's actions, or their texts, in groups between its lines."""
    found: list[list[str]] = [[]]
    for one in actions:
        if one.isSeparator():
            found.append([])
        else:
            found[-1].append(one.objectName() or plain(one.text()))
    return [group for group in found if group]


def all_actions(menu: QMenu) -> list[QAction]:
    found = []
    for one in menu.actions():
        inner = one.menu()
        found += all_actions(inner) if isinstance(inner, QMenu) else [one]
    return [one for one in found if not one.isSeparator()]


def everything(window: MainWindow) -> list[QAction]:
    menus = [a.menu() for a in window.menuBar().actions()]
    return [one for menu in menus if isinstance(menu, QMenu) for one in all_actions(menu)]


def test_the_bar_reads_as_people_expect(window: MainWindow) -> None:
    titles = [plain(a.text()) for a in window.menuBar().actions()]
    assert titles == ["File", "Edit", "Run", "Presets", "View", "Help"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "File",
            [
                ["new", "open", "own_network", "Open recent"],
                ["save", "save_as"],
                ["export"],
                ["quit"],
            ],
        ),
        ("Edit", [["undo", "redo"], ["copy_command", "paste_settings"]]),
        (
            "Run",
            [
                ["run", "step", "step_n"],
                ["step_back", "step_back_n", "to_start", "to_live"],
                ["reset", "new_seed"],
                ["pin", "lock_step"],
                ["lab_run", "lab_cancel"],
            ],
        ),
    ],
)
def test_a_menu_holds_its_actions_in_groups(
    window: MainWindow, title: str, expected: list[list[str]]
) -> None:
    assert groups(menu(window, title).actions()) == expected


def test_every_action_of_the_window_is_in_one_menu(window: MainWindow) -> None:
    menu(window, "Panels", menu(window, "View")).aboutToShow.emit()
    in_menus = everything(window)
    for one in window.actions():
        assert in_menus.count(one) == 1, one.objectName()


def test_the_view_menu_has_panels_options_and_themes(window: MainWindow) -> None:
    spaces, units, *options, last = groups(menu(window, "View").actions())
    assert spaces == ["workspace_learn", "workspace_inside", "workspace_lab"]
    assert units == ["diagnose", "next_unit", "previous_unit", "Panels"]
    assert ["log_loss", "log_step", "gradient_norm", "fit_loss"] in options
    assert any("gradients" in group for group in options)
    assert last == ["Theme", "full_screen", "reset_layout"]
    themes = next(a.menu() for a in menu(window, "View").actions() if plain(a.text()) == "Theme")
    assert isinstance(themes, QMenu)
    names = [a.objectName() for a in themes.actions()]
    assert names == ["theme_system", "theme_light", "theme_dark"]


def test_presets_and_help_are_there(window: MainWindow) -> None:
    presets = [plain(a.text()) for a in menu(window, "Presets").actions()]
    assert presets == [preset.name for preset in assets.presets()]
    names = [a.objectName() for a in menu(window, "Help").actions()]
    assert (names[0], names[2]) == ("help", "about")
    assert len(names) == 3


def test_no_two_entries_share_a_key(window: MainWindow) -> None:
    keys = [key.toString() for one in everything(window) for key in one.shortcuts()]
    assert sorted(keys) == sorted(set(keys))


def test_no_two_entries_of_a_menu_share_a_letter(window: MainWindow) -> None:
    bar = window.menuBar()
    menus = [found for a in bar.actions() if isinstance(found := a.menu(), QMenu)]
    for one in (bar, *menus):
        texts = [a.text().replace("&&", "") for a in one.actions() if "&" in a.text()]
        letters = [text[text.index("&") + 1].lower() for text in texts]
        assert sorted(letters) == sorted(set(letters)), texts


def test_every_entry_says_at_the_foot_what_it_does(window: MainWindow) -> None:
    for one in everything(window):
        if one.isEnabled() and plain(one.text()) != "What's This?":
            assert one.statusTip(), one.text()


def test_the_names_of_runs_are_no_marks_of_keys(window: MainWindow) -> None:
    window.document.pin()
    window.document.rename(0, "this & that")
    window.document.delete(0)
    assert action(window, "undo").text() == "&Undo delete this && that"
