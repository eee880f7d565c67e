"""Saved settings are restored; invalid ones read as the default."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.commands import ROOT
from tests.support.screen import ShortcutWindow, shown
from xorviz.core.rules import Choice, Real, Rule, Switch
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine.pace import SPEED
from xorviz.panels.registry import Workspace
from xorviz.window.document.settings import CURRENT_RUN, LAB_RECIPE, MOST_RECENT, Settings

THEMES = Choice(("system", "light", "dark"))

CHOICES: list[tuple[Rule, Any, list[Any]]] = [
    (Switch(), True, [True, False]),
    (THEMES, "system", ["light", "dark"]),
    (SPEED, 2000.0, [1.0, 55.5, 100_000.0, None]),
    (Real(1, 1_000_000), 100, [1.0, 1_000_000.0]),
]
"""A rule, the default, and values that the rule allows."""

EXOTIC = RunConfig(
    width=17,
    rate=0.123456789012345678,
    seed=4_294_967_295,
    activation="tanh",
    loss="half-mse",
    biases=True,
    momentum=0.9999999999999999,
    init_range=5e-324,
    targets=(0, 1, 1, 0),
)

GARBAGE: list[Any] = [
    "",
    "rubbish",
    "NaN",
    "1e999",
    "[]",
    '"',
    "[" * 9_000,
    '{"a":' * 1_500,
    "[" * 50_000,
    "9" * 100_000,
    "@Invalid()",
    "@Variant(\0\0\0\x7f)",
    "\0\x01\xff",
    ["a", "list"],
    {"a": 1},
    12,
    QByteArray(b"\0\x80rubbish"),
    b"bytes",
]


@pytest.fixture
def reopen(tmp_path: Path) -> Callable[[], QSettings]:
    """Return a function that opens the same store again."""

    def open_store() -> QSettings:
        return QSettings(str(tmp_path / "store.ini"), QSettings.Format.IniFormat)

    return open_store


@pytest.fixture
def store(reopen: Callable[[], QSettings]) -> QSettings:
    return reopen()


def test_an_empty_store_has_the_defaults(store: QSettings, tmp_path: Path) -> None:
    assert_defaults(store)
    assert Settings(store).folder == tmp_path


@pytest.mark.parametrize("config", some([RunConfig(), EXOTIC], 1), ids=["default", "exotic"])
def test_settings_of_a_run_are_restored(reopen: Callable[[], QSettings], config: RunConfig) -> None:
    store = reopen()
    Settings(store).set_config(CURRENT_RUN, config)
    store.sync()
    assert Settings(reopen()).config(CURRENT_RUN) == config


def test_settings_of_version_0_5_0_are_read(tmp_path: Path) -> None:
    written = ROOT / "tests" / "files" / "written_by_0_5_0" / "settings.ini"
    path = tmp_path / "settings.ini"
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
    assert Workspace.INSIDE in remembered.layouts()


@pytest.mark.parametrize("recipe", some([None, EXOTIC], 2), ids=["the bench's", "its own"])
def test_the_lab_s_own_recipe_is_restored(
    reopen: Callable[[], QSettings], recipe: RunConfig | None
) -> None:
    store = reopen()
    Settings(store).set_config(LAB_RECIPE, RunConfig(width=7))
    Settings(store).set_config(LAB_RECIPE, recipe)
    store.sync()
    assert Settings(reopen()).config(LAB_RECIPE) == recipe


@pytest.mark.parametrize("at_step", some([None, 1, 10**12], 1))
@pytest.mark.parametrize("when_learned", some([False, True], 1))
@pytest.mark.parametrize("at_loss", some([None, 1e-300, 0.25], 1))
def test_stop_rules_are_restored(
    reopen: Callable[[], QSettings], at_step: int | None, when_learned: bool, at_loss: float | None
) -> None:
    rules = StopRules(at_step, when_learned, at_loss)
    store = reopen()
    Settings(store).set_rules(rules)
    store.sync()
    assert Settings(reopen()).rules() == rules


@pytest.mark.parametrize(("rule", "default", "values"), some(CHOICES, 1))
def test_choices_are_restored(
    reopen: Callable[[], QSettings], rule: Rule, default: Any, values: list[Any]
) -> None:
    for value in values:
        store = reopen()
        Settings(store).set_choice("key", value)
        store.sync()
        assert Settings(reopen()).choice("key", rule, default) == value


@pytest.mark.parametrize(
    "names",
    some(
        [
            [],
            ["/runs/a.xorviz"],
            ["/runs/ä β 走.xorviz", "/runs/\udcff.xorviz", '/runs/"quoted", \\.xorviz'],
            [f"/{number}.xorviz" for number in range(MOST_RECENT)],
        ],
        2,
    ),
    ids=["none", "one", "odd", "most"],
)
def test_recent_files_are_restored(reopen: Callable[[], QSettings], names: list[str]) -> None:
    paths = [Path(name) for name in names]
    store = reopen()
    Settings(store).set_recent(paths)
    store.sync()
    assert Settings(reopen()).recent() == paths


def test_the_newest_files_are_saved_as_far_as_they_fit(store: QSettings) -> None:
    paths = [Path(f"/{number}.xorviz") for number in range(100)]
    Settings(store).set_recent(paths)
    assert Settings(store).recent() == paths[:MOST_RECENT]
    paths = [Path(f"/{'走' * 400}/{number}.xorviz") for number in range(MOST_RECENT)]
    Settings(store).set_recent(paths)
    pinned = Settings(store).recent()
    assert len(pinned) >= 3
    assert pinned == paths[: len(pinned)]
    Settings(store).set_recent([Path("/a" * 9000)])
    assert Settings(store).recent() == []


@pytest.mark.parametrize(
    "value", some([[3, None, "/a.xorviz", ["b"], {}], ["", "/", ".", "/a.xorviz"]], 1)
)
def test_invalid_paths_are_left_out(store: QSettings, value: list[Any]) -> None:
    store.setValue("files/recent", json.dumps(value))
    assert Settings(store).recent() == [Path("/a.xorviz")]


def assert_defaults(store: QSettings) -> None:
    remembered = Settings(store)
    assert remembered.config(CURRENT_RUN) is None
    assert remembered.rules() == StopRules()
    assert remembered.recent() == []
    assert remembered.config(LAB_RECIPE) is None
    for rule, default, _ in CHOICES:
        assert remembered.choice("key", rule, default) == default


KEYS = (*("run/config", "run/stop", "choices/key", "window/geometry", "files/recent"), "lab/recipe")
LAYOUTS = tuple(f"window/layout_{space}" for space in Workspace)


def fill(store: QSettings, value: Any) -> None:
    for key in (*KEYS, *LAYOUTS):
        store.setValue(key, value)


def name_of(value: Any) -> str:
    return repr(value)[:24]


@pytest.mark.parametrize("garbage", some(GARBAGE, 1), ids=name_of)
def test_garbage_reads_as_the_default(reopen: Callable[[], QSettings], garbage: Any) -> None:
    store = reopen()
    fill(store, garbage)
    assert_defaults(store)
    store.sync()
    assert_defaults(reopen())


@pytest.mark.parametrize(
    ("key", "text"),
    some(
        [
            ("run/config", '{"width": 3.5}'),
            ("run/config", '{"rate": 1e999}'),
            ("run/config", '{"targets": [1, 0, 1, [0]]}'),
            ("run/config", '{"unknown": 1}'),
            ("run/config", '{"self": 1}'),
            ("run/stop", '{"at_step": 1.5}'),
            ("run/stop", '{"when_learned": 1}'),
            ("run/stop", '{"at_loss": "0.1"}'),
            ("run/stop", '{"self": 1}'),
            ("choices/key", '{"max": 1}'),
        ],
        4,
    ),
)
def test_an_invalid_value_reads_as_the_default(store: QSettings, key: str, text: str) -> None:
    store.setValue(key, text)
    assert_defaults(store)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
settings_like = st.dictionaries(
    st.sampled_from(["width", "rate", "targets", "biases", "at_step", "when_learned", "at_loss"]),
    json_values,
)


@given(value=json_values | settings_like)
def test_any_json_reads_as_something_allowed(store: QSettings, value: Any) -> None:
    fill(store, json.dumps(value))
    remembered = Settings(store)
    for key in (CURRENT_RUN, LAB_RECIPE):
        config = remembered.config(key)
        assert config is None or RunConfig.from_dict(config.to_dict()) == config
    rules = remembered.rules()
    assert StopRules(rules.at_step, rules.when_learned, rules.at_loss) == rules
    assert isinstance(rules.when_learned, bool)
    assert all(path.name for path in remembered.recent())
    assert len(remembered.recent()) <= MOST_RECENT
    for rule, default, _ in CHOICES:
        rule.check(remembered.choice("key", rule, default))


@pytest.mark.qt_log_ignore("QVariant::load: unknown user type", extend=True)
@pytest.mark.parametrize(
    "text",
    some(
        [
            '[run]\nconfig={"width": 4, "rate": 1}\n',
            "[run]\nconfig=@Variant(\\0\\0\\0\\x7f\\0)\nstop=@ByteArray(x)\n",
            "[choices]\nkey=a, b, c\n[window]\nstate=x\ngeometry=1, 2\n",
            "[choices\nkey=\n=\n[]\n",
        ],
        2,
    ),
)
def test_an_edited_file_reads_as_the_default(tmp_path: Path, text: str) -> None:
    path = tmp_path / "edited.ini"
    path.write_text(text)
    assert_defaults(QSettings(str(path), QSettings.Format.IniFormat))


def test_other_entries_survive_a_broken_one(store: QSettings) -> None:
    remembered = Settings(store)
    remembered.set_choice("more", value=True)
    remembered.set_config(CURRENT_RUN, EXOTIC)
    store.setValue("choices/theme", "rubbish")
    assert remembered.choice("theme", THEMES, "system") == "system"
    assert remembered.choice("more", Switch(), False) is True
    assert remembered.config(CURRENT_RUN) == EXOTIC


class Chooser(QObject):
    """An object that emits choices."""

    chosen = Signal(object)


def test_a_choice_is_shown_and_each_new_one_saved(
    qtbot: QtBot, reopen: Callable[[], QSettings]
) -> None:
    store, chooser = reopen(), Chooser()
    shown_values: list[Any] = []
    Settings(store).keep("theme", THEMES, "system", shown_values.append, chooser.chosen)
    chooser.chosen.emit("dark")
    store.sync()
    again = Chooser()
    Settings(reopen()).keep("theme", THEMES, "system", shown_values.append, again.chosen)
    assert shown_values == ["system", "dark"]


def window_with_docks() -> QMainWindow:
    window = ShortcutWindow(QDockWidget())
    for name in ("left_panel", "right_panel"):
        dock = QDockWidget(name)
        dock.setObjectName(name)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    return window


def test_size_and_docks_of_a_window_are_restored(
    qtbot: QtBot, reopen: Callable[[], QSettings]
) -> None:
    store = reopen()
    first = shown(qtbot, window_with_docks(), 611, 422)
    dock = first.findChild(QDockWidget, "right_panel")
    assert dock is not None
    dock.hide()
    layouts: dict[str, QByteArray] = {Workspace.INSIDE: first.saveState(1)}
    Settings(store).save_window(first, layouts)
    store.sync()
    second = window_with_docks()
    qtbot.addWidget(second)
    remembered = Settings(reopen())
    assert remembered.restore_geometry(second)
    assert second.restoreState(remembered.layouts()[Workspace.INSIDE], 1)
    assert (second.width(), second.height()) == (611, 422)
    restored = second.findChild(QDockWidget, "right_panel")
    assert restored is not None
    assert restored.isHidden()


@pytest.mark.parametrize("garbage", some(GARBAGE, 1), ids=name_of)
def test_an_invalid_layout_is_not_restored(qtbot: QtBot, store: QSettings, garbage: Any) -> None:
    fill(store, garbage)
    window = window_with_docks()
    qtbot.addWidget(window)
    remembered = Settings(store)
    assert not remembered.restore_geometry(window)
    assert remembered.workspace() is Workspace.LEARN
    assert not any(window.restoreState(layout) for layout in remembered.layouts().values())
