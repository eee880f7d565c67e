"""Watched runs in a document: what would change one continues it as a run of ours."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.watched import SHOWN, watched_record
from tests.support.windows import CONFIG, DocumentHarness
from xorviz.core.network import flat
from xorviz.core.runs.project import MOST_PINNED, Project, continued
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Failure
from xorviz.window.document.document import Document

KEPT = (0, 1, 2, 5, 9, 40)
WATCHED = watched_record(steps=KEPT)


@pytest.fixture
def harness(harness: DocumentHarness) -> DocumentHarness:
    """Return a harness that shows step 9 of a watched run."""
    harness.put(Project(WATCHED, 9))
    return harness


CONTINUES: list[tuple[str, Callable[[Document], object], dict[str, object]]] = [
    ("train from this state", Document.continue_here, {}),
    ("rate 0.25", lambda document: document.change_setting("rate", 0.25), {"rate": 0.25}),
    ("settings", lambda document: document.change_settings(replace(SHOWN, activation="tanh")),
     {"activation": "tanh"}),
    ("targets", lambda document: document.choose_targets((0, 1, 1, 0)), {"targets": (0, 1, 1, 0)}),
    ("w1[x1→h2] -2.5", lambda document: document.set_weight("w1", (0, 1), -2.5), {}),
]  # fmt: skip
"""Changes of a watched run by their labels, with the settings that differ after them."""


@pytest.mark.parametrize(("label", "change", "others"), some(CONTINUES, 3))
def test_a_change_continues_from_the_state_that_is_shown(
    harness: DocumentHarness,
    label: str,
    change: Callable[[Document], object],
    others: dict[str, object],
) -> None:
    change(harness.document)
    harness.session.pause()
    harness.rest()
    record, wanted = harness.now.record, WATCHED.checkpoints[4].parameters.copy()
    if label.startswith("w1"):
        wanted[1] = -2.5
    assert record.source is None
    assert record.config == replace(SHOWN, **others)  # type: ignore[arg-type]
    assert np.array_equal(flat(Recording(record).state_at(0).weights), wanted)
    assert harness.pinned == [("my network", WATCHED)]
    told = "step 9 of the watched run. my network is pinned. Undo goes back."
    assert harness.noticed[-1].endswith(told)
    assert harness.labels() == (label, None)
    harness.do(harness.document.undo)
    assert (harness.now.record, harness.now.step, harness.pinned) == (WATCHED, 9, [])


@pytest.mark.parametrize(
    "change",
    some(
        [
            lambda document: document.change_settings(replace(SHOWN, width=5)),
            Document.draw_seed,
            lambda document: document.restart(CONFIG, "preset"),
        ],
        1,
    ),
)
def test_what_its_weights_do_not_fit_begins_from_weights_of_its_own(
    harness: DocumentHarness, change: Callable[[Document], None]
) -> None:
    harness.do(change, harness.document)
    assert harness.now.record == Record(harness.now.config)
    assert harness.pinned == [("my network", WATCHED)]
    assert "A new run from seed" in harness.noticed[-1]


def test_without_space_it_is_told_that_it_is_not_pinned(harness: DocumentHarness) -> None:
    project = Project(WATCHED, 9)
    for seed in range(MOST_PINNED):
        project = project.pinning(Record(replace(CONFIG, seed=seed)), 0)
    harness.put(project)
    harness.do(harness.document.change_setting, "rate", 0.25)
    assert "my network isn't pinned: 12 runs are" in harness.noticed[-1]
    assert harness.now.record.source is None
    harness.do(harness.document.undo)
    assert (harness.now.record, harness.now.step) == (WATCHED, 9)


def test_reset_shows_its_first_state_and_begins_again_after_a_failure(
    harness: DocumentHarness,
) -> None:
    harness.do(harness.document.reset)
    assert (harness.now.record, harness.now.step) == (WATCHED, 0)
    assert harness.labels() == (None, None)
    harness.session._fail(Failure("the disk is gone", ""))
    harness.do(harness.document.reset)
    assert (harness.now.step, harness.session.activity) == (0, Activity.PAUSED)
    assert harness.now.record == WATCHED


def test_another_program_s_run_replaces_what_was_trained_which_is_pinned(
    harness: DocumentHarness,
) -> None:
    harness.put(Project(Record(CONFIG), 0))
    harness.train(30)
    before = harness.document.project.record
    harness.do(harness.document.watch, WATCHED)
    assert (harness.now.record, harness.now.step) == (WATCHED, 40)
    assert harness.pinned == [("Run 1", before)]
    assert "The run before is pinned as Run 1." in harness.noticed[-1]
    harness.do(harness.document.undo)
    assert (harness.now.record, harness.now.step, harness.pinned) == (before, 30, [])
    harness.do(harness.document.restart, CONFIG)  # the undone run cannot be trained again here
    assert harness.pinned == [("my network", WATCHED)]
    harness.put(Project(WATCHED, 40))
    harness.do(harness.document.watch, watched_record(name="another"))
    assert harness.noticed[-1] == "Watching another. my network is pinned. Undo goes back."


def test_a_run_is_pinned_once_and_of_equal_names_the_second_has_a_number(
    harness: DocumentHarness,
) -> None:
    assert WATCHED.source is not None
    other = replace(WATCHED, source=replace(WATCHED.source, key="f" * 32))
    grown = watched_record(steps=(*KEPT, 41))
    for record in (WATCHED, grown, other):
        harness.do(harness.document.watch, record)
        harness.document.pin()
    assert harness.pinned == [("my network", grown), ("my network 2", other)]


def test_correct_code_is_trained_beside_it_from_its_first_state(harness: DocumentHarness) -> None:
    harness.document.train_twin()
    harness.qtbot.waitUntil(lambda: bool(harness.seen) and harness.now.step == 40)
    harness.session.pause()
    harness.rest()
    second = harness.now.beside
    assert second is not None
    assert replace(second.record, newest=0).config == SHOWN
    assert np.allclose(flat(second.weights), WATCHED.checkpoints[-1].parameters, rtol=1e-9)
    assert harness.now.parted_at is None
    harness.do(harness.document.set_weight, "w1", (0, 0), -2.0, True)
    assert (harness.labels()[0], harness.now.record.source) == ("B: w1[x1→h1] -2", WATCHED.source)
    harness.do(harness.document.undo)
    harness.do(harness.document.start_side_by_side, replace(SHOWN, rate=0.25))  # is no twin
    harness.train(40)
    harness.do(harness.document.pin)
    assert [name for name, _ in harness.pinned] == ["my network", "Run 1"]
    for _ in range(2):
        harness.do(harness.document.undo)
    harness.document.continue_here()
    harness.session.pause()
    harness.rest()
    assert [name for name, _ in harness.pinned] == ["my network", "my network, correct copy"]


def test_what_helps_is_made_of_a_run_that_continues_it(harness: DocumentHarness) -> None:
    harness.document.try_beside(WATCHED, 9, {"rate": 2.0}, "rate 2", "done")
    harness.session.pause()
    harness.rest()
    beside = harness.now.beside
    assert beside is not None
    assert beside.record.config == continued(WATCHED, 9).config
    assert (harness.now.config.rate, beside.config.rate) == (2.0, 0.7)
    assert ("my network", WATCHED) in harness.pinned
    harness.do(harness.document.undo)
    harness.do(harness.document.try_longer, WATCHED, 9, 25, "more", "done")
    assert (harness.now.step, harness.now.record.source) == (25, None)
