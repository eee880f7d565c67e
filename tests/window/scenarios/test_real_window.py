"""A real X11 window on a virtual screen with real keys. Needs Xvfb, xdotool and ImageMagick."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.support.commands import line_that_starts_with, talking_program

pytestmark = pytest.mark.display


@dataclass(frozen=True)
class Screen:
    """A virtual screen with one window, which has the focus."""

    display: str
    process: subprocess.Popen[str]
    window: str

    def run(self, *command: str) -> str:
        """Run a command on this screen."""
        environment = os.environ | {"DISPLAY": self.display}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True, timeout=30
        )
        return done.stdout

    def key(self, name: str) -> None:
        """Press a key."""
        self.run("xdotool", "key", name)

    def drag_with_key(self, start: tuple[int, int], end: tuple[int, int], key: str) -> None:
        """Drag with the mouse at a person's pace, and press a key in the middle."""
        words = ["mousemove", *start, "mousedown", 1]
        for part in range(1, 11):
            at = [a + (b - a) * part // 10 for a, b in zip(start, end, strict=True)]
            words += ["mousemove", *at, "sleep", 0.02]
            if part == 6:
                words += ["key", key, "sleep", 0.2]
        self.run("xdotool", *map(str, [*words, "sleep", 0.2, "mouseup", 1]))

    def said(self, word: str) -> str:
        """Wait until the program prints a line that starts with a word."""
        return line_that_starts_with(word, self.process)

    def picture(self, path: Path, is_painted: Callable[[QImage], bool]) -> QImage:
        """Take pictures of the screen until one is painted; return the last in any case."""
        for _ in range(60):
            self.run("import", "-window", "root", str(path))
            picture = QImage(str(path))
            if is_painted(picture):
                break
        return picture


@contextmanager
def virtual_display(width: int, height: int) -> Iterator[str]:
    """Start an X server; it writes its display's number when it is ready."""
    reader, writer = os.pipe()
    geometry = ["-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), *geometry], pass_fds=[writer], stderr=subprocess.DEVNULL
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def screen(home: Path, *arguments: str, size: tuple[int, int] = (1280, 800)) -> Iterator[Screen]:
    """Show the program on a screen of its own and give it the focus."""
    with virtual_display(*size) as display:
        more = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        with talking_program(home, "signal", *arguments, **more) as process:
            shown = Screen(display, process, "")
            search = ["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(process.pid)]
            window = shown.run(*search).split()[-1]
            shown.run("xdotool", "windowfocus", "--sync", window)
            yield Screen(display, process, window)


def test_keys_run_pause_and_step(tmp_path: Path) -> None:
    with screen(tmp_path) as shown:
        shown.key("space")
        assert shown.said("now") == "now running"
        shown.key("space")
        assert shown.said("now") == "now paused"
        for key in ("s", "Right"):
            shown.key(key)
            assert shown.said("now") == "now stepping"
            assert shown.said("now") == "now paused"


def test_ctrl_q_ends_the_program(tmp_path: Path) -> None:
    with screen(tmp_path, "--run") as shown:
        shown.key("ctrl+q")
        assert shown.process.wait(timeout=30) == 0


@pytest.mark.parametrize(("key", "then"), [("ctrl+1", "ctrl+3"), ("ctrl+0", "ctrl+1"), ("d", "d")])
def test_a_key_in_the_middle_of_a_drag_changes_the_layout_after_it(
    tmp_path: Path, key: str, then: str
) -> None:
    with screen(tmp_path) as shown:
        shown.key("ctrl+3")
        for goal in ((640, 300), (90, 300), (1100, 600), (980, 250)):
            shown.drag_with_key((60, 118), goal, key)
            shown.key(then)
        shown.key("space")
        assert shown.said("now") == "now running"


@pytest.mark.parametrize("size", [(1280, 800), (1024, 700)])
@pytest.mark.parametrize(("theme", "ground"), [("light", "#f4f5f7"), ("dark", "#14171c")])
def test_the_window_fills_the_screen_in_both_themes(
    tmp_path: Path, size: tuple[int, int], theme: str, ground: str
) -> None:
    learned = ["--run", "--speed", "20000", "--width", "8", "--biases", "--rate", "1"]
    with screen(tmp_path, "--theme", theme, *learned, size=size) as shown:
        geometry = shown.run("xdotool", "getwindowgeometry", "--shell", shown.window)
        place = dict(line.split("=") for line in geometry.split())
        assert (int(place["WIDTH"]), int(place["HEIGHT"])) == size

        def margin(picture: QImage) -> str:
            return picture.pixelColor(3, size[1] // 2).name()

        def middle(picture: QImage) -> set[int]:
            return {picture.pixel(x, size[1] // 2) for x in range(size[0] // 3, size[0] // 2)}

        picture = shown.picture(
            tmp_path / "screen.png", lambda p: margin(p) == ground and len(middle(p)) > 20
        )
        assert (picture.width(), picture.height()) == size
        assert margin(picture) == ground
        assert len(middle(picture)) > 20, "the decision surface is not there"
