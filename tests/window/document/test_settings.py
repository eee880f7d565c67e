"""Saved settings are restored; invalid ones read as the default."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PySide6.QtCore import QByteArray, QObject, QSettings
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from tests.support.commands import ROOT
from tests.support.screen import shown
from tests.support.windows import close, find, opened
from xorviz.core.rules import Choice, Real, Rule, Switch
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine.pace import SPEED
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.window.document.settings import CURRENT_RUN, LAB_RECIPE, MOST_RECENT, Settings

THEMES = Choice(("system", "light", "dark"))
CHOICES: list[tuple[Rule, Any, list[Any]]] = [
    (Switch(), True, [True, False]),
    (THEMES, "system", ["light", "dark"]),
    (SPEED, 2000.0, [1.0, 55.5, 100_000.0, None]),
    (Real(1, 1_000_000), 100, [1.0, 1_000_000.0]),
]
"""A rule, the default, and values that the rule allows."""
EXOTIC = RunConfig(17, 0.123456789012345678, 4_294_967_295, biases=True, targets=(0, 1, 1, 0))
KEYS = ["window/layouts", CURRENT_RUN, LAB_RECIPE, "run/stop", "choices/key", "window/geometry"]
KEYS += ["files/recent", "lessons/done"]
GARBAGE: list[Any] = [
    *("", "rubbish", "NaN", "1e999", "[]", '"', "[" * 9_000, '{"a":' * 1_500, "[" * 50_000),
    *("9" * 100_000, "@Invalid()", "@Variant(\0\0\0\x7f)", "\0\x01\xff", ["a", "list"], {"a": 1}),
    *(12, QByteArray(b"\0\x80rubbish"), b"bytes"),
]
INVALID = [
    ("run/config", {"width": 3.5}),
    ("run/config", {"rate": math.inf}),
    ("run/config", {"targets": [1, 0, 1, [0]]}),
    ("run/config", {"self": 1}),
    ("run/stop", {"at_step": 1.5}),
    ("run/stop", {"when_learned": 1}),
    ("run/stop", {"at_loss": "0.1"}),
    ("run/stop", {"self": 1}),
    ("choices/key", {"max": 1}),
]
EDITED = [
    '[run]\nconfig={"width": 4, "rate": 1}\n',
    "[run]\nconfig=@Variant(\\0\\0\\0\\x7f\\0)\nstop=@ByteArray(x)\n",
    "[choices]\nkey=a, b, c\n[window]\nstate=x\ngeometry=1, 2\n",
    "[choices\nkey=\n=\n[]\n",
]

Reopen = Callable[[], Settings]


@pytest.fixture
def path(qapp: object, tmp_path: Path) -> Path:
    return tmp_path / "store.ini"


@pytest.fixture
def store(path: Path) -> QSettings:
    return QSettings(str(path), QSettings.Format.IniFormat)


@pytest.fixture
def reopen(path: Path, store: QSettings) -> Reopen:
    """Return a function that reads the file of the store as the next start does."""

    def read() -> Settings:
        store.sync()
        return Settings(QSettings(str(path), QSettings.Format.IniFormat))

    return read


def assert_defaults(remembered: Settings) -> None:
    assert remembered.config(CURRENT_RUN) is None
    assert remembered.config(LAB_RECIPE) is None
    assert remembered.rules() == StopRules()
    assert remembered.recent() == []
    assert remembered.lessons_done() == set()
    for rule, default, _ in CHOICES:
        assert remembered.choice("key", rule, default) == default


def test_what_is_saved_is_restored(store: QSettings, reopen: Reopen, tmp_path: Path) -> None:
    assert_defaults(reopen())
    assert reopen().folder == tmp_path
    saved = Settings(store)
    for config in (EXOTIC, RunConfig()):
        saved.set_config(CURRENT_RUN, config)
        assert reopen().config(CURRENT_RUN) == config
    for recipe in (EXOTIC, None):
        saved.set_config(LAB_RECIPE, recipe)
        assert reopen().config(LAB_RECIPE) == recipe
    for rules in (StopRules(None, True, 1e-300), StopRules(10**12, False, 0.25), StopRules(1)):
        saved.set_rules(rules)
        assert reopen().rules() == rules
    for rule, default, values in CHOICES:
        for value in values:
            saved.set_choice("key", value)
            assert reopen().choice("key", rule, default) == value
    saved.set_lessons_done({"b", "a"})
    assert reopen().lessons_done() == {"a", "b"}


def test_the_introduction_is_for_those_without_a_run_before(
    store: QSettings, reopen: Reopen
) -> None:
    assert not reopen().is_introduced
    Settings(store).set_config(CURRENT_RUN, RunConfig())
    assert reopen().is_introduced
    store.clear()
    Settings(store).set_choice("introduced", True)
    assert reopen().is_introduced


def test_settings_of_version_0_5_0_are_read(path: Path) -> None:
    written = ROOT / "tests" / "files" / "written_by_0_5_0" / "settings.ini"
    path.write_bytes(written.read_bytes())
    remembered = Settings(QSettings(str(path), QSettings.Format.IniFormat))
    assert remembered.config(CURRENT_RUN) == RunConfig(
        width=5,
        rate=0.25,
        seed=77,
        activation="tanh",
        loss="mse",
        biases=True,
        momentum=0.9,
        init_range=0.5,
        targets=(0, 1, 1, 0),
        init="zero",
    )
    assert remembered.rules() == StopRules(5000, True, 0.001)
    assert remembered.recent() == [Path("/runs/second.xorviz"), Path("/runs/first ä.xorviz")]
    assert remembered.config(LAB_RECIPE) == RunConfig(width=4, rate=2.0)
    assert remembered.choice("theme", THEMES, "system") == "dark"
    assert remembered.choice("speed", SPEED, 2000.0) == 55.5
    assert remembered.workspace() is Workspace.INSIDE
    assert remembered.layouts() == {}  # those were Qt's own


def test_recent_files_are_restored_as_far_as_they_fit(store: QSettings, reopen: Reopen) -> None:
    odd = ["/runs/ä β 走.xorviz", "/runs/\udcff.xorviz", '/runs/"quoted", \\.xorviz']
    long = [f"/{'走' * 400}/{number}.xorviz" for number in range(MOST_RECENT)]
    for names in ([], odd, [f"/{number}.xorviz" for number in range(100)], long, ["/a" * 9000]):
        paths = [Path(name) for name in names]
        Settings(store).set_recent(paths)
        kept = reopen().recent()
        assert kept == paths[: len(kept)]
        fitting = 0 if names == ["/a" * 9000] else 3 if names is long else len(names)
        assert min(fitting, MOST_RECENT) <= len(kept) <= MOST_RECENT
    invalid: list[list[Any]] = [[3, None, "/a.xorviz", ["b"], {}], ["", "/", ".", "/a.xorviz"]]
    for value in invalid:
        store.setValue("files/recent", json.dumps(value))
        assert reopen().recent() == [Path("/a.xorviz")]


def test_garbage_reads_as_the_default(qtbot: QtBot, store: QSettings, reopen: Reopen) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    for garbage in GARBAGE:
        for key in KEYS:
            store.setValue(key, garbage)
        for remembered in (Settings(store), reopen()):
            assert_defaults(remembered)
            assert not remembered.restore_geometry(window)
            assert remembered.workspace() is Workspace.LEARN
            assert remembered.layouts() == {}


@pytest.mark.qt_log_ignore("QVariant::load: unknown user type", extend=True)
def test_an_invalid_value_reads_as_the_default_and_leaves_the_others(
    store: QSettings, tmp_path: Path
) -> None:
    remembered = Settings(store)
    for key, value in INVALID:
        store.clear()
        store.setValue(key, json.dumps(value))
        assert_defaults(remembered)
        remembered.set_choice("more", value=True)
        remembered.set_config("other/config", EXOTIC)
        assert remembered.choice("more", Switch(), False) is True
        assert remembered.config("other/config") == EXOTIC
    for number, text in enumerate(EDITED):
        path = tmp_path / f"{number}.ini"
        path.write_text(text)
        assert_defaults(Settings(QSettings(str(path), QSettings.Format.IniFormat)))


def switches(parent: QObject) -> list[QAction]:
    """Return three switches; of the first two, one alone is on."""
    group = QActionGroup(parent)
    made = [QAction(name, parent, checkable=True) for name in "abc"]
    for one in made:
        one.setObjectName(one.text())
    for one in made[:2]:
        group.addAction(one)
    made[0].setChecked(True)
    return made


def test_switches_are_restored_also_in_a_group(qtbot: QtBot, reopen: Reopen) -> None:
    parent = QObject()
    first, second = switches(parent), switches(parent)
    reopen().keep_switches(first)
    first[1].setChecked(True)
    first[2].setChecked(True)
    reopen().keep_switches(second)
    assert [one.isChecked() for one in second] == [False, True, True]


def test_size_and_layouts_of_a_window_are_restored_and_forgotten(
    qtbot: QtBot, store: QSettings, reopen: Reopen
) -> None:
    first = shown(qtbot, QMainWindow(), 611, 422)
    first.move(30, 3)  # nearer to the top than a title bar of Qt's style is high
    saved = Settings(store)
    saved.save_window(first, {Workspace.LAB: {}})
    saved.save_window(first, {Workspace.INSIDE: {"columns": []}})
    second = QMainWindow()
    qtbot.addWidget(second)
    remembered = reopen()
    assert remembered.restore_geometry(second)
    assert remembered.layouts() == {Workspace.INSIDE: {"columns": []}}
    assert second.geometry() == first.geometry()
    assert (second.width(), second.height()) == (611, 422)
    saved.forget_window()
    assert (reopen().layouts(), reopen().restore_geometry(second)) == ({}, False)


HOSTILE: list[Any] = [
    *(10**400, -(10**400), 1e300, 1e-300, math.nan, math.inf, -1, 0, True, None, "", "x", "\0"),
    *(
        [],
        {},
        [[]],
        [10**400],
        {"width": 10**400},
        ["runs", "runs"],
        "controls",
        ["/" + "a" * 5000],
    ),
]


def changed(random: Random, value: Any) -> Any:
    """Return a value of JSON with a part of it that is hostile, or missing."""
    if not isinstance(value, list | dict) or not value or random.random() < 0.2:
        return random.choice(HOSTILE)
    copied: Any = value.copy()
    key = random.choice(list(value) if isinstance(value, dict) else range(len(value)))
    if random.random() < 0.1:
        del copied[key]
    else:
        copied[key] = changed(random, value[key])
    return copied


def mutated(random: Random, saved: Any) -> Any:
    """Return a stored entry with damage: of its value, or of its text or bytes."""
    if not isinstance(saved, str):
        at, byte = random.randrange(saved.size()), random.randbytes(1)
        return random.choice([saved.left(at), saved.replace(at, 1, byte), *GARBAGE])
    cut = saved[: random.randrange(len(saved) + 1)]
    return random.choice([*4 * [json.dumps(changed(random, json.loads(saved)))], cut, *GARBAGE[:6]])


def notice_at_start(qtbot: QtBot, path: Path) -> str:
    """Return the notice of a window that begins with these settings."""
    window = opened(path)
    bar = find(window, NoticeBar)
    qtbot.waitUntil(bar.isVisible)
    notice = bar.accessibleName()
    close(window)
    return notice


@pytest.mark.qt_log_ignore("QVariant::load: unknown user type", extend=True)
@pytest.mark.parametrize("count", [9, pytest.param(5000, marks=pytest.mark.thorough)])
def test_the_window_starts_with_any_settings_and_says_what_it_left_out(
    qtbot: QtBot, path: Path, store: QSettings, count: int
) -> None:
    first = opened(path)
    first._desk.move_panel("weight_heatmap", "truth_table", is_below=True)
    first._settings.set_recent([Path("/runs/a.xorviz"), Path("/runs/b.xorviz")])
    first._settings.set_lessons_done({"a", "b"})
    first._settings.set_rules(StopRules(5000, True, 0.1))
    close(first)
    valid = {key: store.value(key) for key in store.allKeys()}
    for number in range(count):
        random = Random(number)
        damaged = random.sample(sorted(valid), random.choice([1, 2, len(valid)]))
        for key, value in valid.items():
            store.setValue(key, mutated(random, value) if key in damaged else value)
        read = Settings(store)
        read.config(CURRENT_RUN), read.recent(), read.lessons_done()
        assert read.left_out <= set(damaged)
        if number % 25 == 1:  # a start takes half a second
            store.setValue("choices/zoom", "broken")
            store.sync()
            assert "zoom" in notice_at_start(qtbot, path)
