"""README and guide: what they say of panels, settings, keys and commands is so; they run."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QAction

import xorviz
from tests.support.commands import ROOT
from xorviz.cli.parser import command_line
from xorviz.core.arrays import Array
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.settings import SETTINGS
from xorviz.files.arguments import option_of
from xorviz.files.weights.check_step import check_step
from xorviz.panels import registry
from xorviz.window.dialogs.help import sections
from xorviz.window.main_window import MainWindow

README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "resources" / "guide.md").read_text(encoding="utf-8")
PAGES = [
    ROOT / "README.md",
    ROOT / ".github" / "CONTRIBUTING.md",
    ROOT / "tests" / "perf" / "README.md",
    *sorted((ROOT / "resources").glob("*.md")),
    *sorted((ROOT / "xorviz").rglob("*.md")),
]
COMMANDS = re.findall(r"\w+", command_line(()).format_usage().partition("{")[2].partition("}")[0])


def section(title: str) -> str:
    """Return a section of the guide as the program shows it."""
    return {found.title: found.text for found in sections()}[title]


def rows(title: str) -> list[list[str]]:
    """Return the rows of the tables in a section of the guide."""
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def code(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page, re.DOTALL)


def anchors(page: str) -> set[str]:
    """Return the names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


def test_the_readme_fits_on_a_page_and_has_its_commands() -> None:
    assert len(README.splitlines()) <= 130
    assert "\npython3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/xorviz\n" in README
    assert README.count("&& .venv/bin/pytest\n") == 1
    assert README.count("sudo apt-get install -y --no-install-recommends ") == 1
    assert len(re.findall(r"^!\[", README, re.MULTILINE)) == 1


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_and_picture_leads_somewhere(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page):
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


def test_the_guide_explains_every_panel() -> None:
    titles = re.findall(r"^### (.*)", section("Panels"), re.MULTILINE)
    wanted = [entry.title for entry in registry.PANELS]
    assert titles == wanted, "a section ### for each panel, in the order of the registry"


def test_what_is_this_is_two_sentences_and_its_links_are_in_the_guide() -> None:
    texts = [entry.kind.explanation for entry in registry.PANELS]
    texts += [setting.help for setting in SETTINGS.values()]
    assert [text for text in texts if len(re.findall(r"[.!?](?= \W*[A-Z]|$)", text)) > 2] == []
    assert max(map(len, texts)) < 240
    linked = {anchor for page in (ROOT / "xorviz").rglob("*.py")
              for anchor in re.findall(r'tell\([^)]*, "([\w-]+)"\)', page.read_text())}  # fmt: skip
    assert linked
    assert linked <= anchors(GUIDE)


def test_the_guide_has_every_setting_with_its_option() -> None:
    told = [(row[0], row[2]) for row in rows("Settings")[1:]]
    assert told == [(setting.label, f"`{option_of(name)}`") for name, setting in SETTINGS.items()]


def test_the_guide_has_every_key_and_no_other(window: MainWindow) -> None:
    told = {key for row in rows("Keys")[1:] for key in row[0].split(", ")}
    found = {
        action.shortcut().toString()
        for action in window.findChildren(QAction)
        if not action.shortcut().isEmpty()
    }
    assert told - {"Right"} == found | {"Esc", "Shift+F1"}


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_guide_has_every_option_of_a_command(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command_line(COMMANDS).parse_args([command, "--help"] if command else ["--help"])
    taken = set(re.findall(r"^  (?:-h, )?(--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    table = rows("Commands")
    assert any(row[0].startswith(f"`xorviz {command}".strip()) for row in table)
    told = {
        option
        for row in table
        if len(row) == 3 and (command or "the window") in row[1].split(", ")
        for option in re.findall(r"`(--[a-z-]+)`", row[0])
    }
    settings = {*map(option_of, SETTINGS)}  # of a program elsewhere, some are explained again
    assert told - settings == taken - {"--help", *settings}
    assert told <= taken


def test_the_guide_names_the_states_as_the_program_does() -> None:
    told = [row[0] for row in rows("Why it gets stuck")]
    assert told[1:5] == list(NAMES)


@pytest.mark.parametrize("page", [README, GUIDE], ids=["README", "guide"])
def test_its_first_program_runs(page: str) -> None:
    exec(code(page)[0], {})


def test_the_step_that_the_readme_shows_is_correct(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    draw = np.random.default_rng(1).uniform
    names: dict[str, Any] = {
        "np": np,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "X": np.array([[0, 0], [0, 1], [1, 0], [1, 1]]),
        "t": np.array([[0], [1], [1], [0]]),
        "rate": 0.5,
        "w1": draw(-1, 1, (2, 3)),
        "b1": draw(-1, 1, 3),
        "w2": draw(-1, 1, (3, 1)),
        "b2": draw(-1, 1, 1),
    }
    start = names["w1"].copy()
    exec(code(README)[1], names)
    assert check_step("before.npz", "after.npz").verdict == "correct"
    assert names["step"] > 0
    assert np.array_equal(np.load("before.npz")["w1"], start)  # not in every pass


class Net:
    """Two hidden layers, of which each array is in a list."""

    def __init__(self) -> None:
        draw = np.random.default_rng(1).normal
        self.w = [draw(size=shape) for shape in ((2, 4), (4, 3), (3, 1))]

    def forward(self, x: Array) -> Array:
        self.h = [np.atleast_2d(x)]
        for w in self.w:
            self.h.append(np.tanh(self.h[-1] @ w))
        return self.h[-1]

    def train(self, x: Array, t: Array) -> None:
        back = self.forward(x) - t
        for w, h, y in zip(self.w[::-1], self.h[-2::-1], self.h[:0:-1], strict=True):
            delta = back * (1 - y**2)
            back = delta @ w.T
            w[...] = w - 0.1 * h.T @ delta


def test_the_network_that_the_readme_checks_is_correct() -> None:
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    line = next(text for text in code(README) if "check_code" in text)
    exec(line, {"xorviz": xorviz, "net": Net(), "X": x, "t": x[:, :1] != x[:, 1:]})


def test_the_loop_that_the_readme_shows_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XORVIZ_WATCH", "off")
    weights = {"w1": np.zeros((2, 2)), "b1": np.zeros(2), "w2": np.zeros(2), "b2": np.zeros(1)}
    loop = next(text for text in code(README) if "xorviz.watch" in text)
    exec(loop.replace("20_000", "20"), weights)
