"""The changes of a document: what each does to the runs, says, refuses, and undoes."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from tests.support.bits import assert_same_record, bits
from tests.support.screen import heard
from tests.support.snapshots import RECIPES, trained
from tests.support.windows import CONFIG, OTHER, DocumentHarness
from xorviz.core.network import initial_weights
from xorviz.core.runs.project import MOST_PINNED, Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import record_of
from xorviz.core.settings import RunConfig
from xorviz.files.arguments import command_of
from xorviz.window.document.document import LARGEST_DRAWN_SEED, Document
from xorviz.window.document.open_project import MOST_ENTRIES, Entry, History

Change = Callable[[Document], object]
IMPORTED = record_of(OTHER, initial_weights(replace(OTHER, seed=3)))

BEGINS: dict[str, Change] = {
    "settings": lambda document: document.restart(replace(CONFIG, width=5)),
    "reset": Document.reset,
    "new weights": Document.draw_seed,
    "targets": lambda document: document.choose_targets((0, 1, 1, 0)),
    "preset 28 lines": lambda document: document.restart(RunConfig(rate=5), "preset 28 lines"),
    "import network": lambda document: document.open_network(IMPORTED),
    "compare side by side": lambda document: document.start_side_by_side(OTHER),
    "open Run 1": lambda document: document.recall(0),
}
"""Changes that open another run, by their labels."""
ALTERS: dict[str, Change] = {
    "rate 0.125": lambda document: document.change_setting("rate", 0.125),
    "momentum 0.9": lambda document: document.change_setting("momentum", 0.9),
    "w1[x1→h2] -2.5": lambda document: document.set_weight("w1", (0, 1), -2.5),
}
"""Changes of the current run."""
PINNED: dict[str, Change] = {
    "pin": Document.pin,
    "rename": lambda document: document.rename(0, "the slow one"),
    "hide": lambda document: document.show_run(0, False),
    "delete Run 1": lambda document: document.delete(0),
}
"""Changes of pinned runs alone."""

State = tuple[Project, int, list[object]]


def state_of(harness: DocumentHarness) -> State:
    """Return project, step, weights (bit for bit) and losses."""
    seen, project = harness.now, harness.document.project
    both = [seen] if seen.beside is None else [seen, seen.beside]
    weights = [bits(array) for one in both for array in one.weights.arrays()]
    return project, project.step, [weights, [one.loss for one in both], seen.step]


def work(harness: DocumentHarness, step: int) -> None:
    """Pin one run, train another, and show one of its steps."""
    harness.train(80)
    harness.do(harness.document.pin)
    harness.do(harness.document.restart, replace(CONFIG, seed=5))
    harness.train(200)
    harness.do(harness.document.set_weight, "b2", (0,), 0.75)
    harness.train(40)
    harness.go_to(step)


def record_at(steps: int, config: RunConfig = CONFIG) -> Record:
    return trained(config, steps).record


def filled(record: Record) -> Project:
    """Return a project without space for another pinned run."""
    project = Project(record, record.newest)
    for seed in range(MOST_PINNED):
        project = project.pinning(Record(replace(CONFIG, seed=seed)), 0)
    return project


def test_every_change_is_undone_and_redone_bit_for_bit(harness: DocumentHarness) -> None:
    work(harness, 150)  # a past step: changes of the run branch
    told: list[tuple[str | None, str | None]] = []
    harness.document.history_changed.connect(lambda: told.append(harness.labels()))
    for label, change in (BEGINS | ALTERS | PINNED).items():
        before = state_of(harness)
        harness.do(change, harness.document)
        harness.train(70)  # redo restores this training as well
        after, run = state_of(harness), harness.now.run
        assert after != before
        assert told.pop() == harness.labels() == (label, None)
        for _ in range(2):
            harness.do(harness.document.undo)
            assert told.pop() == harness.labels() == ("b2 0.75", label)
            assert harness.noticed[-1] == f"Undone: {label}."
            if label in PINNED:
                assert harness.document.project.pinned == before[0].pinned
                assert harness.now.run == run  # training is not interrupted
            else:
                assert state_of(harness) == before, label
            assert harness.projects[-1].pinned == harness.document.project.pinned
            harness.do(harness.document.redo)
            assert state_of(harness) == after, label
            assert harness.noticed[-1] == f"Redone: {label}."
        harness.do(harness.document.undo)
    harness.put(Project(Record(OTHER), 0))
    assert told[-1] == (None, None)


def test_a_change_and_another_project_begin(harness: DocumentHarness) -> None:
    began: list[str] = []
    harness.document.began.connect(lambda: began.append("began"))
    harness.do(harness.document.change_setting, "rate", 0.25)
    assert began == ["began"]  # so that the last notice is out of date
    project = Project(record_at(0, OTHER), 0).pinning(record_at(20), 20)
    harness.put(project)
    assert (began, harness.labels()) == (["began"] * 2, (None, None))


@pytest.mark.parametrize("label", [*list(BEGINS)[:5], *ALTERS])
def test_all_changes_but_reset_keep_a_running_network_running(
    harness: DocumentHarness, label: str
) -> None:
    harness.session.play()
    (BEGINS | ALTERS)[label](harness.document)
    harness.watch(1)
    assert harness.session.playing == (label != "reset")
    harness.do(harness.session.pause)


def test_a_new_seed_is_any_other_short_one(
    harness: DocumentHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.choice", lambda seeds: seeds[-1])
    for seed in (LARGEST_DRAWN_SEED, LARGEST_DRAWN_SEED - 1):
        harness.do(harness.document.draw_seed)
        assert harness.session.config == replace(CONFIG, seed=seed)


@pytest.mark.parametrize("step", [90, 40])
@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.change_setting("rate", -1.0),
        lambda document: document.set_weight("w1", (7, 7), 1.0),
        lambda document: document.try_beside(
            document.project.record, 40, initial_weights(RunConfig(width=9)), "kick", "done"
        ),
    ],
)
def test_an_invalid_change_is_refused_and_changes_nothing(
    harness: DocumentHarness, change: Change, step: int
) -> None:
    harness.train(90)
    harness.do(harness.document.change_setting, "rate", 0.25)
    harness.do(harness.document.undo)
    harness.go_to(step)
    before, labels, noticed = state_of(harness), harness.labels(), len(harness.noticed)
    harness.do(change, harness.document)
    assert (state_of(harness), harness.labels()) == (before, labels)
    assert (len(harness.refused), len(harness.noticed)) == (1, noticed)


def test_targets_chosen_in_the_second_run_are_its_own_unless_both_share_them(
    harness: DocumentHarness,
) -> None:
    document, own, shared = harness.document, (0, 0, 0, 1), (0, 1, 1, 0)
    harness.do(document.start_side_by_side, replace(CONFIG, rate=2))
    harness.train(20)
    harness.do(document.choose_targets_beside, shared)
    assert targets_of(harness) == [shared, shared]
    assert "0 1 1 0" not in harness.noticed[-1], "in counting order"
    assert harness.noticed[-1].endswith("Undo goes back.")
    harness.do(document.start_side_by_side, replace(CONFIG, rate=2, targets=own))
    for change in (document.choose_targets_beside, document.choose_targets):
        before = state_of(harness)
        harness.do(change, (1, 1, 1, 0))
        first = (1, 1, 1, 0) if change == document.choose_targets else shared
        assert targets_of(harness) == [first, (1, 1, 1, 0) if first is shared else own]
        assert harness.now.beside is not None
        assert harness.now.beside.config.rate == 2
        harness.do(document.undo)
        assert state_of(harness) == before


def targets_of(harness: DocumentHarness) -> list[tuple[int, ...]]:
    """Return the targets of both runs."""
    assert harness.now.beside is not None
    return [seen.config.targets for seen in (harness.now, harness.now.beside)]


def test_copied_settings_can_be_pasted(harness: DocumentHarness) -> None:
    config = replace(RECIPES["tanh, −1 and 1, passes"], targets=(0, 1, 1, 0))
    harness.do(harness.document.restart, config)
    harness.train(10)
    told: list[str] = heard(harness.document.needs_file)
    harness.document.copy_command()
    assert told == []
    harness.do(harness.document.change_setting, "momentum", 0.25)
    harness.document.copy_command()
    now = replace(config, momentum=0.25)
    assert QGuiApplication.clipboard().text() == command_of(now)
    assert harness.noticed[-1] == f"Copied: {command_of(now)}"
    assert "1 change made" in told.pop()
    harness.do(harness.document.restart, RunConfig(width=1))
    harness.do(harness.document.paste_settings)
    assert (harness.now.config, harness.now.newest) == (now, 0)
    harness.do(harness.document.choose_targets, (1, 1, 1, 0))
    assert "targets 1 1 1 −1 " in harness.noticed[-1]


def test_what_is_no_command_is_not_pasted(harness: DocumentHarness) -> None:
    before, clipboard = harness.document.project, QGuiApplication.clipboard()
    picture = QMimeData()
    picture.setImageData(QImage(3, 3, QImage.Format.Format_RGB32))
    clipboard.setMimeData(picture)
    harness.document.paste_settings()
    for text in ("", "rm -rf /", "xorviz --width 65", "xorviz 'a", "\0"):
        clipboard.setText(text)
        harness.document.paste_settings()
    assert (len(harness.refused), harness.noticed) == (6, [])
    assert all(refusal.startswith("Could not paste settings: ") for refusal in harness.refused)
    assert not any("\n" in refusal for refusal in harness.refused)
    assert harness.document.project is before
    clipboard.clear()


def test_a_change_at_a_past_step_pins_the_run_once(harness: DocumentHarness) -> None:
    change = ALTERS["rate 0.125"]
    harness.train(300)
    future = harness.now.record
    harness.go_to(120)
    harness.do(change, harness.document)
    assert harness.pinned == [("Run 1", future)]
    assert harness.document.project.pinned[0].step == 120
    assert harness.noticed == ["Branched at step 120. The original is pinned as Run 1."]
    assert harness.projects[-1].pinned == harness.document.project.pinned
    harness.do(harness.document.rename, 0, "straight on")
    harness.do(harness.document.recall, 0)
    harness.do(change, harness.document)
    assert "straight on" in harness.noticed[-1]
    assert len([record for _, record in harness.pinned if record == future]) == 1


def test_without_space_a_branch_is_refused_and_the_end_of_a_pair_tells_it(
    harness: DocumentHarness,
) -> None:
    harness.put(filled(record_at(300)))
    harness.go_to(120)
    before = state_of(harness)
    for change in (*ALTERS.values(), Document.pin):
        harness.do(change, harness.document)
        assert state_of(harness) == before
    assert [str(MOST_PINNED) in refusal for refusal in harness.refused] == [True] * 4
    assert (harness.labels(), harness.projects, harness.noticed) == ((None, None), [], [])
    harness.do(harness.document.start_side_by_side, OTHER)
    harness.train(50)
    pair = state_of(harness)
    harness.do(harness.document.end_side_by_side)
    assert harness.now.beside is None
    assert harness.noticed[-1].startswith("Run B isn't pinned: ")
    harness.do(harness.document.undo)
    assert state_of(harness) == pair
    harness.do(harness.document.undo)
    harness.do(harness.document.delete, 3)
    harness.do(ALTERS["rate 0.125"], harness.document)
    assert (harness.now.newest, harness.document.project.pinned[-1].style) == (120, 3)


def test_all_undone_runs_of_the_same_start_are_pinned_once(harness: DocumentHarness) -> None:
    harness.train(100)
    for rate in (0.125, 0.0625):
        harness.do(harness.document.change_setting, "rate", rate)
        harness.train(60)
    furthest = harness.now.record
    for _ in range(2):
        harness.do(harness.document.undo)
    harness.do(harness.document.change_setting, "rate", -1.0)  # is refused: redo stays
    assert harness.labels() == (None, "rate 0.125")
    harness.do(harness.document.pin)
    assert harness.pinned == [("Run 1", furthest), ("Run 2", harness.now.record)]
    assert "The undone run is pinned as Run 1." in harness.noticed
    assert harness.labels() == ("pin", None)
    harness.do(harness.document.undo)
    assert harness.pinned == []


@pytest.mark.parametrize("is_trained", [False, True])
def test_an_undone_run_of_another_start_is_lost_with_a_notice(
    harness: DocumentHarness, is_trained: bool
) -> None:
    harness.train(100)
    harness.do(harness.document.restart, OTHER)
    if is_trained:
        harness.train(100)
    harness.do(harness.document.undo)
    harness.do(harness.document.change_setting, "rate", 0.25)
    assert harness.pinned == []
    assert ("Changes undone earlier can no longer be redone." in harness.noticed) == is_trained


def test_without_space_it_is_told_that_an_undone_run_is_not_pinned(
    harness: DocumentHarness,
) -> None:
    harness.put(filled(Record(CONFIG)))
    harness.do(harness.document.set_weight, "w1", (0, 0), 1.0)
    harness.train(60)
    harness.do(harness.document.undo)
    harness.do(harness.document.set_weight, "w1", (0, 0), 2.0)
    assert harness.noticed[-1].startswith("The undone run isn't pinned: 12 runs are")
    assert (harness.labels(), len(harness.pinned)) == (("w1[x1→h1] 2", None), MOST_PINNED)


def test_a_run_is_pinned_once_and_renamed_hidden_shown_recalled_and_deleted(
    harness: DocumentHarness,
) -> None:
    harness.train(50)
    harness.do(harness.document.pin)
    assert harness.noticed == ["Pinned as Run 1."]
    harness.do(harness.document.rename, 0, "  the\nslow   one ")
    harness.do(harness.document.show_run, 0, False)
    (run,) = harness.document.project.pinned
    assert (run.name, run.is_shown, run.step) == ("the slow one", False, 50)
    assert harness.projects[-1].pinned == (run,)
    harness.do(harness.document.show_run, 0, True)
    harness.do(harness.document.rename, 0, "the slow one")  # no change
    harness.go_to(20)  # still the same run
    harness.do(harness.document.pin)
    assert "the slow one" in harness.noticed[-1]
    assert (len(harness.pinned), harness.labels()) == (1, ("show", None))
    harness.train(31)
    project = harness.document.project
    for name in ("the slow one", "again"):
        assert harness.document.keep(project.record, project.step, name)
    assert [name for name, _ in harness.pinned] == ["the slow one", "the slow one 2"]
    harness.do(harness.document.restart, OTHER)
    harness.train(40)
    harness.do(harness.document.recall, 0)
    assert (harness.now.step, harness.now.record) == (50, run.record)
    assert harness.noticed[-1] == "The run before is pinned as Run 1. Undo goes back."
    harness.do(harness.document.undo)
    harness.do(harness.document.delete, 0)
    assert harness.noticed[-1] == "Deleted the slow one. Undo brings it back."
    assert [name for name, _ in harness.pinned] == ["the slow one 2"]


def test_other_weights_are_tried_beside_the_run(harness: DocumentHarness) -> None:
    weights = initial_weights(OTHER)
    harness.train(60)
    before = harness.document.project.record
    harness.go_to(30)
    harness.document.try_beside(before, 30, weights, "kick of 0.1", "done")
    assert harness.session.playing
    harness.do(harness.session.pause)
    assert (harness.labels(), harness.noticed) == (("kick of 0.1", None), ["done"])
    harness.go_to(30)
    assert bits(harness.now.weights.w1) == bits(weights.w1)
    assert harness.now.beside is not None
    assert harness.now.beside.record == before
    harness.do(harness.document.undo)
    assert_same_record(harness.now.record, before)
    assert harness.now.beside is None


def test_a_new_run_is_tried_alone_and_those_before_are_pinned(harness: DocumentHarness) -> None:
    harness.do(harness.document.start_side_by_side, OTHER)
    harness.train(20)
    both = harness.document.project
    for told in ("Begun.", ""):
        harness.document.open_anew(replace(CONFIG, width=6), "anew", told)
        assert harness.session.playing == bool(told)
        harness.do(harness.session.pause)
        assert harness.pinned == [("Run 1", both.record), ("Run 2", both.beside)]
        assert harness.now.config.width == 6
        harness.do(harness.document.undo)
        assert harness.document.project == both
    (told,) = [notice for notice in harness.noticed if notice.startswith("Begun.")]
    assert "Run 1" in told
    assert "Run 2" in told


def test_a_network_from_elsewhere_pins_the_run_before(harness: DocumentHarness) -> None:
    harness.train(50)
    before = harness.document.project.record
    harness.do(harness.document.open_network, IMPORTED)
    assert harness.now.record == IMPORTED
    assert harness.pinned == [("Run 1", before)]
    assert harness.noticed == ["The run before is pinned as Run 1. Undo goes back."]


def test_a_run_is_trained_longer_by_exactly_so_many_steps(harness: DocumentHarness) -> None:
    harness.train(50)
    run = harness.document.project.record
    harness.do(harness.document.try_longer, run, 50, 25, "more", "done")
    assert (harness.now.step, harness.pinned, harness.noticed) == (75, [], ["done"])
    harness.do(harness.document.restart, OTHER)
    harness.train(5)
    other = harness.document.project.record
    harness.do(harness.document.try_longer, run, 50, 10, "more", "done")
    assert (harness.now.step, harness.now.config) == (60, CONFIG)
    assert harness.pinned == [("Run 1", other)]


def entry(newest: int, step: int, moves_current_run: bool = True) -> Entry:
    return Entry(str(newest), Project(Record(RunConfig(), newest=newest), step), moves_current_run)


def test_the_oldest_entries_are_dropped() -> None:
    history = History()
    for newest in range(MOST_ENTRIES + 5):
        history.note(entry(newest, newest))
    back = []
    while (undone := history.undo(entry(10**6, 0).project)) is not None:
        back.append(undone.label)
    assert back == [str(n) for n in range(MOST_ENTRIES + 4, 4, -1)]


def test_only_changes_of_the_same_project_at_the_same_step_are_one_entry() -> None:
    history, first = History(), entry(3, 3)
    for noted in (first, entry(3, 3), entry(3, 1), entry(3, 1, moves_current_run=False)):
        history.note(noted)
    back = [history.undo(first.project) for _ in range(4)]
    assert [one and (one.project.step, one.moves_current_run) for one in back] == [
        (1, False),
        (1, True),
        (3, True),
        None,
    ]
