"""The list of programs that can be shown."""

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QListWidget, QPushButton

from tests.support.screen import child
from tests.support.windows import action, find
from tests.window.watch.conftest import Watched
from xorviz.window.watch.watch_dialog import LINES, WatchDialog


@pytest.fixture
def dialog(desk: Watched) -> WatchDialog:
    action(desk.window, "watch_program").trigger()
    return child(desk.window, WatchDialog, "watch_dialog")


def texts(dialog: WatchDialog) -> list[str]:
    dialog._timer.timeout.emit()
    listed = child(dialog, QListWidget, "watch_list")
    return [listed.item(row).text() for row in range(listed.count())]


def button(dialog: WatchDialog, text: str) -> QPushButton:
    found = dialog.findChildren(QPushButton)
    return next(one for one in found if one.text().replace("&", "") == text)


def test_it_lists_programs_as_they_are_and_shows_the_chosen_one(
    desk: Watched, dialog: WatchDialog
) -> None:
    assert ("No program" in texts(dialog)[0], button(dialog, "Watch").isEnabled()) == (True, False)
    assert not find(dialog, QListWidget).selectedItems()
    one = desk.begin("one").show(range(3))
    one.end()
    (one.path.parent / "broken.xwatch").write_bytes(b"nothing")
    desk.begin("two").show(range(3))
    first, second = texts(dialog)
    assert ("two" in first, "running" in first) == (True, True)
    assert ("one" in second, "ended" in second) == (True, True)
    listed = child(dialog, QListWidget, "watch_list")
    kept = listed.item(0)
    assert (texts(dialog), listed.item(0)) == ([first, second], kept)  # nothing is listed anew
    listed.setCurrentRow(1)
    desk.programs[1].die()
    assert "stopped" in texts(dialog)[0]
    assert listed.currentRow() == 1  # the chosen one stays chosen
    button(dialog, "Watch").click()
    desk.wait_for("one finished at step 2")


def test_the_lines_to_paste_are_copied_and_a_file_from_elsewhere_is_shown(
    desk: Watched, dialog: WatchDialog, tmp_path: Path
) -> None:
    button(dialog, "Copy").click()
    assert QGuiApplication.clipboard().text() == LINES
    compile(f"import xorviz\nif 1:\n {LINES.replace(chr(10), chr(10) + ' ')}", "pasted", "exec")
    elsewhere = tmp_path / "run.xwatch"
    elsewhere.write_bytes(desk.begin().show(range(3)).path.read_bytes())
    dialog._choose_file(elsewhere)
    desk.wait_for("stopped before its end at step 2")
    desk.wait(lambda: desk.window.findChild(WatchDialog) is None)
