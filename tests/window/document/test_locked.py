"""Settings that are locked: a change is refused in one sentence, and nothing changes."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication

from tests.support.windows import CONFIG, OTHER, DocumentHarness
from xorviz.core.network import initial_weights
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.window.document.document import Document

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
def harness(harness: DocumentHarness) -> DocumentHarness:
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
    assert harness.document.refuses(CONFIG, has_weights=True)
    assert (len(harness.refused), harness.labels()) == (1, (None, None))


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
