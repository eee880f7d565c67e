"""A folder of its own in which windows are found, and no window that a test has not opened."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.watching.stub_window import StubWindow
from xorviz.watching import search, sender, telling

Opened = Callable[..., StubWindow]


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of windows. Its path is short, as those of sockets must be."""
    with tempfile.TemporaryDirectory(prefix="xv") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        monkeypatch.delenv("XORVIZ_WATCH", raising=False)
        monkeypatch.setattr(search, "obstacle", lambda: "this is a test")
        monkeypatch.setattr(search, "_LOOK_SECONDS", 0.01)
        monkeypatch.setattr(sender.Sender, "_was_closed", False)
        monkeypatch.setattr(telling, "_told", set())
        yield Path(folder) / "xorviz"


@pytest.fixture
def open_stub() -> Iterator[Opened]:
    """Return a function that opens a stub of a window; it is closed after the test."""
    opened: list[StubWindow] = []

    def open_one(**options: object) -> StubWindow:
        opened.append(StubWindow(len(opened) + 1, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for window in opened:
        window.close()
