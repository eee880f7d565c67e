"""Fixtures for tests of connections to other programs."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.engine.watching.program import Program
from xorviz.engine.watching.news import News
from xorviz.engine.watching.program_server import ProgramServer
from xorviz.watching import places

Connect = Callable[..., Program]


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder in which windows are found; a socket's path must be short."""
    runtime = Path(tempfile.mkdtemp(prefix="x"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    yield runtime / "xorviz"
    shutil.rmtree(runtime)


class Server(ProgramServer):
    """What the training thread has, in the test's own; keeps its news."""

    def __init__(self) -> None:
        self.news: list[News] = []
        super().__init__(self._take)

    def _take(self, news: News) -> None:
        self.news.append(news)
        self.news_sender.took(news.key)

    @property
    def told(self) -> list[tuple[int, bool, bool]]:
        """The newest step of each news, whether the run was live, and whether it was lost."""
        return [(news.record.newest, news.is_live, news.is_lost) for news in self.news]

    @property
    def last(self) -> tuple[int, bool, bool] | None:
        """The same of the last news."""
        return self.told[-1] if self.news else None


@pytest.fixture
def server(qtbot: QtBot) -> Iterator[Server]:
    """Return a server that listens."""
    server = Server()
    assert server.listen() == ""
    yield server
    server.close()


@pytest.fixture
def connect(server: Server) -> Iterator[Connect]:
    """Return a function that connects a program to the server."""
    programs = []

    def connect(name: str = "my network") -> Program:
        programs.append(Program(next(places.published()), name))
        return programs[-1]

    yield connect
    for program in programs:
        program.die()
