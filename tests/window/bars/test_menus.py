"""The menus: their structure, and every action in one of them."""

from collections.abc import Iterable

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from tests.support.windows import action
from xorviz.files import assets
from xorviz.panels import registry
from xorviz.window.main_window import MainWindow


@pytest.fixture
def window(reset_window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share."""
    return reset_window


def plain(text: str) -> str:
    """Return a text without its ampersands."""
    return text.replace("&", "")


def menu(window: MainWindow, title: str, inside: QMenu | None = None) -> QMenu:
    entries = (inside or window.menuBar()).actions()
    found = [a.menu() for a in entries if plain(a.text()) == title]
    assert isinstance(found[0], QMenu)
    return found[0]


def groups(actions: Iterable[QAction]) -> list[list[str]]:
    """Return the names or texts of a menu's actions, in groups between separators."""
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


EXPECTED = {
    "File": [
        ["new", "open", "own_network", "Open recent"],
        ["save", "save_as"],
        ["export"],
        ["quit"],
    ],
    "Edit": [["undo", "redo"], ["copy_command", "paste_settings"], ["preferences"]],
    "Run": [
        ["run", "step", "step_n"],
        ["step_back", "step_back_n", "to_start", "to_live"],
        ["reset", "new_weights"],
        ["pin", "side_by_side"],
        ["continue_here", "train_twin", "to_difference"],
        ["lab_run", "lab_cancel"],
    ],
    "Presets": [[preset.name for preset in assets.presets()]],
}


def test_the_menus_hold_the_actions_in_groups(window: MainWindow) -> None:
    titles = [plain(a.text()) for a in window.menuBar().actions()]
    assert titles == ["File", "Edit", "View", "Run", "Presets", "Lessons", "Help"]
    for title, expected in EXPECTED.items():
        assert groups(menu(window, title).actions()) == expected
    assert groups(menu(window, "View").actions()) == [
        ["workspace_learn", "workspace_inside", "workspace_lab"],
        ["Panels", "Panel options"],
        ["diagnose", "what_helps", "try_by_itself", "check_step"],
        ["next_unit", "previous_unit"],
        ["Zoom", "Theme", "reduced_motion", "letter_keys"],
        ["projector", "full_screen"],
        ["reset_layout"],
    ]
    options = menu(window, "Panel options", menu(window, "View"))
    options.aboutToShow.emit()
    loss, *others = groups(menu(window, "Loss", options).actions())
    assert loss[:2] == ["log_loss", "log_step"]
    assert others[0][:2] == ["loss_plot_csv", "loss_plot_png"]
    assert others[-1] == ["Float", "Close"]
    themes = groups(menu(window, "Theme", menu(window, "View")).actions())
    assert themes == [["theme_system", "theme_light", "theme_dark"]]
    (helps,) = groups(menu(window, "Help").actions())
    assert (helps[:3], helps[4:]) == (["help", "palette", "introduction"], ["about"])


def test_every_action_is_in_one_menu_with_its_own_key_and_letter(window: MainWindow) -> None:
    for title in ("Panels", "Panel options"):
        menu(window, title, menu(window, "View")).aboutToShow.emit()
    options = menu(window, "Panel options", menu(window, "View"))
    assert [a.text() for a in options.actions()] == [one.title for one in registry.PANELS]
    entries = everything(window)
    for one in window.actions():
        assert entries.count(one) == 1, one.objectName()
    for one in entries:
        if one.isEnabled() and plain(one.text()) != "What's This?":
            assert one.statusTip(), one.text()
    keys = [key.toString() for one in entries for key in one.shortcuts()]
    assert sorted(keys) == sorted(set(keys))
    bar = window.menuBar()
    menus = [found for a in bar.actions() if isinstance(found := a.menu(), QMenu)]
    for each in (bar, *menus):
        texts = [a.text().replace("&&", "") for a in each.actions() if "&" in a.text()]
        letters = [text[text.index("&") + 1].lower() for text in texts]
        assert sorted(letters) == sorted(set(letters)), texts


def test_an_ampersand_in_a_run_s_name_is_escaped(window: MainWindow) -> None:
    window.document.pin()
    window.document.rename(0, "this & that")
    window.document.delete(0)
    assert action(window, "undo").text() == "&Undo delete this && that"
