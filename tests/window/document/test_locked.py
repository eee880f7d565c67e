"""Settings that are locked: a change is refused in one sentence, and nothing changes."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.support.windows import CONFIG, OTHER, DocumentHarness, Open, action, find, settle, text
from xorviz.core.network import initial_weights
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.engine.session import TrainingSession
from xorviz.panels.settings.controls import Controls
from xorviz.ui.forms.fields import NumberField
from xorviz.window.document.document import Document
from xorviz.window.main_window import MainWindow

FREE = "Can be changed: learning rate."
LOCKED: dict[str, tuple[Callable[[Document], object], str]] = {
    "field": (lambda d: d.change_settings(replace(CONFIG, width=5)), "width"),
    "rate, too": (lambda d: d.change_settings(replace(CONFIG, rate=1, width=5)), "width"),
    "weights": (Document.draw_seed, "seed"),
    "paste": (Document.paste_settings, "width, seed"),
    "targets": (lambda d: d.choose_targets((0, 1, 1, 0)), "targets"),
    "momentum": (lambda d: d.change_setting("momentum", 0.5), "momentum"),
    "weight": (lambda d: d.set_weight("w1", (0, 0), 0.5), "weights"),
    "weight of B": (lambda d: d.set_weight_beside("w1", (0, 0), 0.5), "weights"),
    "side by side": (lambda d: d.start_side_by_side(OTHER), "activation"),
    "what helps: anew": (lambda d: d.try_anew(OTHER, "", ""), "activation"),
    "what helps: momentum": (
        lambda d: d.try_beside(d.project.record, 0, {"momentum": 0.9}, "", ""),
        "momentum",
    ),
    "what helps: kick": (
        lambda d: d.try_beside(d.project.record, 0, initial_weights(CONFIG), "", ""),
        "weights",
    ),
}
"""Changes where only the rate is free, and what is locked in them."""


@pytest.fixture
def harness(qtbot: QtBot, session: TrainingSession) -> DocumentHarness:
    harness = DocumentHarness(qtbot, session, Document(session))
    harness.put(Project(Record(CONFIG), 0))
    harness.document.allowed = frozenset({"rate"})
    return harness


def test_a_change_of_what_is_locked_is_refused(harness: DocumentHarness) -> None:
    QGuiApplication.clipboard().setText("xorviz --width 4 --rate 0.5 --biases --seed 7")
    before = harness.document.project
    for change, locked in LOCKED.values():
        harness.do(change, harness.document)
        assert harness.refused.pop() == f"Locked here: {locked}. {FREE}"
        assert harness.document.project is before
        assert harness.session.config == CONFIG
    assert (harness.refused, harness.labels()) == ([], (None, None))


def test_what_is_free_can_be_changed_and_all_is_free_once_the_own_work_is_back(
    harness: DocumentHarness,
) -> None:
    document = harness.document
    harness.do(document.change_setting, "rate", 0.25)
    harness.do(document.reset)
    harness.do(document.change_settings, replace(document.project.record.config, rate=2.0))
    assert (harness.refused, harness.session.config.rate) == ([], 2.0)
    document.allowed = frozenset()
    harness.do(document.draw_seed)
    assert harness.refused == ["Locked here: seed. Can be changed: nothing."]
    document.allowed = None
    harness.do(document.set_aside, Project(Record(OTHER), 0), "One unit")
    document.allowed = frozenset()
    harness.do(document.bring_back)
    harness.do(document.change_settings, replace(CONFIG, width=5))
    assert harness.session.config.width == 5


@pytest.fixture
def window(reset_window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share."""
    return reset_window


def test_presets_offers_and_fields_are_refused_in_the_window(
    qtbot: QtBot, window: MainWindow
) -> None:
    config, speed = window.session.config, window.session.speed
    window.document.allowed = frozenset({"rate"})
    told: list[str] = []
    window.document.refused.connect(told.append)
    find(window, NumberField, "width").setValue(9)
    assert find(window, NumberField, "width").value() == config.width
    window._choices.choose_preset(window._tools.presets_menu.actions()[1])
    action(window, "offer_weights").trigger()
    settle(qtbot, window)
    assert len(told) == 3
    assert text(window, "status_message") == told[-1]
    assert (window.session.config, window.session.speed) == (config, speed)
    assert window.document.project.record.newest == 0
    window.document.allowed = None


@pytest.mark.thorough
def test_a_network_of_the_lab_is_not_opened(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    window._docks.need_all()
    window.document.allowed = frozenset()
    window.lab._open(replace(CONFIG, seed=5), 10)
    settle(qtbot, window)
    assert text(window, "status_message").startswith("Locked here: ")
    assert window.document.project.record.newest == 0


def test_the_fields_of_other_settings_are_hidden_or_disabled(window: MainWindow) -> None:
    controls = find(window, Controls, "controls")
    names = ("width", "rate", "seed", "loss", "momentum")

    def seen() -> list[str]:
        shown = {name: controls._fields[name] for name in names}
        return [name for name, field in shown.items() if field.isVisible() and field.isEnabled()]

    controls.show_only({"rate", "seed"})
    assert seen() == ["rate", "seed"]
    assert not controls._more.isVisible()
    controls.show_only({"rate", "momentum"})
    action(window, "more").setChecked(True)
    assert seen() == ["rate", "momentum"]
    controls.show_only({"rate"}, is_hidden=False)
    assert controls._fields["width"].isVisible()
    assert seen() == ["rate"]
    controls.show_config(window.session.config)
    assert seen() == ["rate"]
    controls.show_only(None)
    assert seen() == list(names)
