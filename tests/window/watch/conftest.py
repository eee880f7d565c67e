"""A window that finds the programs of this test alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.support.program import WrittenProgram
from tests.support.windows import action, find, text
from tests.watching.conftest import state
from xorviz.core.runs.record import Record
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.ui.chrome.strip_button import StripButton
from xorviz.window.main_window import MainWindow

__all__ = ["state"]
"""The fixture of folders, which each test here has, too."""


@dataclass
class Watched:
    """A window, and programs that write their files."""

    bot: QtBot
    window: MainWindow
    programs: list[WrittenProgram] = field(default_factory=list)

    def begin(self, name: str = "my network") -> WrittenProgram:
        """Begin a program, which the window shows once it has found it."""
        self.programs.append(WrittenProgram(name))
        return self.programs[-1]

    def wait(self, condition: Callable[[], bool]) -> None:
        self.bot.waitUntil(condition)

    def wait_for(self, said: str, verdict: str = "") -> None:
        """Wait until the line says so of the program, and of its steps."""
        strip = find(self.window, StripButton, "watch_verdict")
        self.wait(lambda: said in text(self.window, "watched_run"))
        self.wait(lambda: verdict in strip.line.text())

    @property
    def record(self) -> Record:
        return self.window.document.project.record

    @property
    def run(self) -> str:
        return action(self.window, "run").text().replace("&", "")

    def button(self, name: str) -> QPushButton:
        return find(self.window, QPushButton, f"{name}_button")

    @property
    def question(self) -> str:
        """What the bar asks; "" if it is hidden."""
        is_shown = find(self.window, NoticeBar).isVisible()
        return text(self.window, "notice_text") if is_shown else ""


@pytest.fixture
def desk(qtbot: QtBot, window: MainWindow) -> Iterator[Watched]:
    """Return a window as people open it, which finds the programs of this test alone."""
    made, found, checks = Watched(qtbot, window), window.programs, window._watched._checks
    made.wait(lambda: checks._asked is None)
    checks._runs.clear()  # another test's program has the same key
    found.start()
    yield made
    found.close()
    found.are_shown, found._other = False, None
    if folders := found._folders.directories():
        found._folders.removePaths(folders)
    find(window, NoticeBar).hide()
    for program in made.programs:
        program.die()


@pytest.fixture
def watched(desk: Watched) -> Watched:
    """Return a window that was opened for programs."""
    desk.window.await_program()
    return desk
