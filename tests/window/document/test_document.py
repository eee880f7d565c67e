"""The document with a real session: every change, undone and redone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support.bits import assert_same_record, assert_same_state, bits
from tests.support.cases import some
from tests.support.windows import CONFIG, OTHER, DocumentHarness
from xorviz.core.network import initial_weights
from xorviz.core.runs.project import MOST_PINNED, Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.files.weights.own_network import record_of
from xorviz.window.document.document import LARGEST_DRAWN_SEED, Document


def test_opening_a_project_clears_the_history(harness: DocumentHarness) -> None:
    harness.do(harness.document.change_setting, "rate", 0.25)
    harness.train(50)
    project = Project(Recording(OTHER).record(), 0, beside=Record(CONFIG)).pinning(
        harness.document.project.record, 20
    )
    harness.do(harness.document.put, project)
    assert harness.labels() == (None, None)
    assert harness.document.project == project == harness.projects[-1]
    assert harness.now.beside is not None
    assert (harness.now.config, harness.now.beside.config) == (OTHER, CONFIG)


# Every kind of change, undone and redone.


MOVES: dict[str, Callable[[Document], object]] = {
    "settings": lambda document: document.restart(replace(CONFIG, width=5)),
    "reset": Document.reset,
    "new weights": Document.draw_seed,
    "targets": lambda document: document.choose_targets((0, 1, 1, 0)),
    "preset 28 lines": lambda document: document.restart(RunConfig(rate=5), "preset 28 lines"),
    "rate 0.125": lambda document: document.change_setting("rate", 0.125),
    "momentum 0.9": lambda document: document.change_setting("momentum", 0.9),
    "w1[x1→h2] -2.5": lambda document: document.set_weight("w1", (0, 1), -2.5),
    "compare side by side": lambda document: document.start_side_by_side(OTHER),
    "open Run 1": lambda document: document.recall(0),
}
"""Changes of the current run, by their labels."""

PINNED: dict[str, Callable[[Document], None]] = {
    "pin": Document.pin,
    "rename": lambda document: document.rename(0, "the slow one"),
    "hide": lambda document: document.show_run(0, False),
    "delete Run 1": lambda document: document.delete(0),
}
"""Changes of pinned runs alone."""


TRIED = {"settings", "rate 0.125", "compare side by side", "open Run 1", "delete Run 1"}
LABELS = [
    pytest.param(label, marks=() if label in TRIED else pytest.mark.thorough)
    for label in (*MOVES, *PINNED)
]


def state_of(harness: DocumentHarness) -> tuple[Project, int, list[object]]:
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
    assert harness.labels()[0] == "b2 0.75"


@pytest.mark.parametrize("step", some([240, 150], 1), ids=["newest step", "past step"])
@pytest.mark.parametrize("label", LABELS)
def test_every_change_is_undone_and_redone_bit_for_bit(
    harness: DocumentHarness, label: str, step: int
) -> None:
    work(harness, step)
    before = state_of(harness)
    harness.do((MOVES | PINNED)[label], harness.document)
    harness.train(70)  # redo restores this training as well
    after = state_of(harness)
    assert after != before
    assert harness.labels() == (label, None)
    run = harness.now.run
    for _ in range(2):
        harness.do(harness.document.undo)
        assert harness.labels() == ("b2 0.75", label)
        assert harness.noticed[-1] == f"Undone: {label}."
        if label in MOVES:
            assert state_of(harness) == before
        else:
            assert harness.document.project.pinned == before[0].pinned
            assert harness.now.run == run  # training is not interrupted
        harness.do(harness.document.redo)
        assert state_of(harness) == after
        assert harness.labels() == (label, None)
        assert harness.noticed[-1] == f"Redone: {label}."


def test_several_changes_are_undone_and_redone_in_order(harness: DocumentHarness) -> None:
    states = []
    made = [
        *(
            MOVES["rate 0.125"],
            MOVES["w1[x1→h2] -2.5"],
            Document.pin,
            MOVES["compare side by side"],
        ),
        *(MOVES["settings"], Document.end_side_by_side, MOVES["targets"], MOVES["momentum 0.9"]),
    ]
    for change in made:
        states.append(state_of(harness))
        harness.do(change, harness.document)
        if change is not Document.pin:
            harness.train(30)
    states.append(state_of(harness))
    for state in reversed(states[:-1]):
        harness.do(harness.document.undo)
        assert state_of(harness) == state
    assert harness.labels()[0] is None
    harness.do(harness.document.undo)  # nothing to undo
    for state in states[1:]:
        harness.do(harness.document.redo)
        assert state_of(harness) == state
    assert harness.labels()[1] is None
    harness.do(harness.document.redo)
    assert state_of(harness) == states[-1]


@pytest.mark.thorough
def test_training_after_undo_continues_bit_for_bit(harness: DocumentHarness) -> None:
    harness.train(100)
    harness.do(harness.document.change_setting, "rate", 0.125)
    harness.train(100)
    harness.do(harness.document.undo)
    harness.train(60)
    straight = Trainer(CONFIG)
    straight.advance(160)
    assert_same_state(harness.now, straight.snapshot())


def test_history_changed_is_emitted(harness: DocumentHarness) -> None:
    told: list[tuple[str | None, str | None]] = []
    harness.document.history_changed.connect(lambda: told.append(harness.labels()))
    harness.do(MOVES["rate 0.125"], harness.document)
    harness.do(harness.document.undo)
    harness.do(harness.document.redo)
    harness.do(harness.document.put, Project(Record(OTHER), 0))
    change = "rate 0.125"
    assert told == [(change, None), (None, change), (change, None), (None, None)]


@pytest.mark.parametrize("label", some(PINNED, 1))
def test_changes_of_pinned_runs_do_not_interrupt_training(
    harness: DocumentHarness, label: str
) -> None:
    work(harness, 240)
    run = harness.now.run
    harness.session.play()
    for act in (PINNED[label], Document.undo, Document.redo):
        act(harness.document)
        harness.watch(2)
        assert harness.session.playing
    assert {snapshot.run for snapshot in harness.seen if snapshot.step > 240} == {run}
    harness.do(harness.session.pause)


@pytest.mark.parametrize(
    ("label", "goes_on"), some([(n, n != "reset") for n in list(MOVES)[:8]], 3)
)
def test_a_change_keeps_a_running_network_running(
    harness: DocumentHarness, label: str, goes_on: bool
) -> None:
    harness.session.play()
    MOVES[label](harness.document)
    assert harness.session.playing == goes_on
    harness.do(harness.session.pause)


# Settings and weights.


def test_a_new_seed_is_another_short_one(harness: DocumentHarness) -> None:
    for _ in range(5):
        before = harness.session.config
        harness.do(harness.document.draw_seed)
        drawn = harness.session.config
        assert drawn == replace(before, seed=drawn.seed)
        assert drawn.seed != before.seed
        assert 0 <= drawn.seed <= LARGEST_DRAWN_SEED


@pytest.mark.parametrize(
    "change",
    some(
        [
            lambda document: document.change_setting("rate", -1.0),
            lambda document: document.set_weight("w1", (7, 7), 1.0),
            lambda document: document.set_weight("w1", (0, 0), 1e7),
            lambda document: document.try_beside(
                document.project.record, 40, initial_weights(RunConfig(width=9)), "kick", "done"
            ),
        ],
        1,
    ),
)
@pytest.mark.parametrize("step", some([90, 40], 2))
def test_an_invalid_change_is_refused_and_changes_nothing(
    harness: DocumentHarness, change: Callable[[Document], None], step: int
) -> None:
    harness.train(90)
    harness.go_to(step)
    before = state_of(harness)
    harness.do(change, harness.document)
    assert state_of(harness) == before
    assert (harness.labels(), harness.projects, harness.noticed) == ((None, None), [], [])
    assert len(harness.refused) == 1


@pytest.mark.thorough
def test_changes_before_the_next_snapshot_are_undone_together(harness: DocumentHarness) -> None:
    harness.train(50)
    before = state_of(harness)
    for value in (0.25, 0.125, 0.0625):
        harness.document.change_setting("rate", value)
    harness.rest()
    assert harness.session.config.rate == 0.0625
    harness.do(harness.document.undo)
    assert state_of(harness) == before
    assert harness.labels() == (None, "rate 0.0625")


# Branches.


@pytest.mark.parametrize("label", some(["rate 0.125", "momentum 0.9", "w1[x1→h2] -2.5"], 2))
def test_a_change_at_a_past_step_pins_the_old_run(harness: DocumentHarness, label: str) -> None:
    harness.train(300)
    future = harness.now.record
    harness.go_to(120)
    harness.do(MOVES[label], harness.document)
    assert harness.pinned == [("Run 1", future)]
    assert harness.document.project.pinned[0].step == 120
    assert harness.noticed == ["Branched at step 120. The original is pinned as Run 1."]
    assert (harness.now.step, harness.now.newest) == (120, 120)
    assert [change.step for change in harness.now.interventions] == [120]
    assert harness.projects[-1].pinned == harness.document.project.pinned


@pytest.mark.thorough
def test_a_run_that_is_pinned_already_is_not_pinned_by_a_branch(harness: DocumentHarness) -> None:
    harness.train(300)
    harness.do(harness.document.pin)
    harness.do(harness.document.rename, 0, "straight on")
    harness.go_to(120)
    harness.do(harness.document.change_setting, "rate", 0.125)
    assert [name for name, _ in harness.pinned] == ["straight on"]
    assert harness.noticed[-1] == "Branched at step 120. The original is pinned as straight on."


def test_a_change_while_seeking_branches_at_the_step_sought(harness: DocumentHarness) -> None:
    """Also before the session has arrived there: else the old run would be lost."""
    trainer = Trainer(CONFIG)
    trainer.advance(6_000)
    long = trainer.record()
    ways: list[tuple[Callable[[], None], Callable[[], None]]] = [
        (lambda: None, lambda: None),
        (lambda: harness.session.step(1), harness.session.pause),
        (harness.session.play, harness.session.pause),
    ]
    for on_the_way, end in ways:
        harness.put(Project(long, 6_000))
        harness.session.seek(4_000)
        on_the_way()
        harness.document.change_setting("rate", 0.125)
        harness.do(end)
        assert [(c.field, c.value) for c in harness.now.interventions] == [("rate", 0.125)]
        assert harness.now.record.interventions[0].step >= 4_000
        assert harness.pinned == [("Run 1", long)]


def filled(record: Record) -> Project:
    project = Project(record, record.newest)
    for seed in range(MOST_PINNED):
        project = project.pinning(Record(replace(CONFIG, seed=seed)), 0)
    return project


def test_without_space_a_branch_is_refused_and_changes_nothing(harness: DocumentHarness) -> None:
    trainer = Trainer(CONFIG)
    trainer.advance(300)
    harness.put(filled(trainer.record()))
    harness.go_to(120)
    before = state_of(harness)
    for change in (MOVES["rate 0.125"], MOVES["w1[x1→h2] -2.5"], Document.pin):
        harness.do(change, harness.document)
        assert state_of(harness) == before
    assert harness.refused == [f"{MOST_PINNED} runs are pinned already. Delete one first."] * 3
    assert (harness.labels(), harness.projects, harness.noticed) == ((None, None), [], [])
    harness.do(harness.document.delete, 3)
    harness.do(MOVES["rate 0.125"], harness.document)
    assert (harness.now.newest, harness.document.project.pinned[-1].style) == (120, 3)


# What was undone.


def test_a_change_after_undo_pins_the_undone_run(harness: DocumentHarness) -> None:
    harness.train(100)
    harness.do(harness.document.change_setting, "rate", 0.125)
    harness.train(60)
    undone = harness.now.record
    harness.do(harness.document.undo)
    harness.do(harness.document.change_setting, "rate", 0.25)
    assert harness.pinned == [("Run 1", undone)]
    assert harness.noticed[-1] == "Pinned the undone run as Run 1."
    assert harness.labels() == ("rate 0.25", None)
    harness.do(harness.document.undo)
    assert harness.pinned == []


def test_all_undone_runs_are_pinned_once(harness: DocumentHarness) -> None:
    harness.train(100)
    harness.do(harness.document.change_setting, "rate", 0.125)
    harness.train(60)
    harness.do(harness.document.change_setting, "rate", 0.0625)
    harness.train(60)
    furthest = harness.now.record
    for _ in range(2):
        harness.do(harness.document.undo)
    harness.do(harness.document.pin)  # any change discards redo
    assert harness.pinned == [("Run 1", furthest), ("Run 2", harness.now.record)]


@pytest.mark.thorough
def test_an_undone_change_without_training_is_not_pinned(harness: DocumentHarness) -> None:
    harness.train(100)
    harness.do(harness.document.change_setting, "rate", 0.125)
    harness.do(harness.document.undo)
    harness.do(harness.document.change_setting, "rate", 0.25)
    assert harness.pinned == []


@pytest.mark.thorough
def test_an_undone_run_of_another_start_is_lost_with_a_notice(harness: DocumentHarness) -> None:
    harness.train(100)
    harness.do(harness.document.restart, OTHER)
    harness.train(100)
    harness.do(harness.document.undo)
    harness.do(harness.document.change_setting, "rate", 0.25)
    assert harness.pinned == []
    assert harness.noticed[-1] == "Changes undone earlier can no longer be redone."
    assert harness.labels() == ("rate 0.25", None)


@pytest.mark.thorough
def test_both_undone_runs_side_by_side_are_pinned(harness: DocumentHarness) -> None:
    harness.do(harness.document.start_side_by_side, OTHER)
    harness.train(100)
    both = harness.document.project
    harness.do(harness.document.undo)
    harness.do(harness.document.change_setting, "rate", 0.25)
    assert [record for _, record in harness.pinned] == [both.record, both.beside]


@pytest.mark.thorough
def test_a_run_pinned_by_an_undone_change_is_pinned_again(harness: DocumentHarness) -> None:
    harness.train(100)
    harness.do(harness.document.change_setting, "rate", 0.125)
    harness.train(60)
    undone = harness.now.record
    harness.do(harness.document.undo)
    harness.do(harness.document.restart, OTHER)  # pins it
    harness.do(harness.document.undo)
    assert harness.pinned == []
    harness.do(harness.document.change_setting, "rate", 0.25)
    assert [record for _, record in harness.pinned] == [undone]


def test_without_space_it_is_reported_that_a_run_is_not_pinned(harness: DocumentHarness) -> None:
    harness.put(filled(Record(CONFIG)))
    harness.do(harness.document.set_weight, "w1", (0, 0), 1.0)
    harness.train(60)
    harness.do(harness.document.undo)
    harness.do(harness.document.set_weight, "w1", (0, 0), 2.0)
    assert harness.noticed[-1].startswith("Could not pin the undone run: 12 runs are pinned")
    assert harness.labels() == ("w1[x1→h1] 2", None)
    assert len(harness.pinned) == MOST_PINNED


def test_a_refused_change_keeps_redo(harness: DocumentHarness) -> None:
    harness.train(100)
    harness.do(harness.document.change_setting, "rate", 0.125)
    harness.train(60)
    after = state_of(harness)
    harness.do(harness.document.undo)
    harness.do(harness.document.change_setting, "rate", -1.0)
    assert harness.pinned == []
    harness.do(harness.document.redo)
    assert state_of(harness) == after


# Pinned runs.


def test_a_pinned_run_is_not_pinned_again(harness: DocumentHarness) -> None:
    harness.train(50)
    harness.do(harness.document.pin)
    harness.do(harness.document.rename, 0, "mine")
    labels = harness.labels()
    harness.go_to(20)  # still the same run
    harness.do(harness.document.pin)
    assert harness.noticed[-1] == "This run is already pinned as mine."
    assert len(harness.pinned) == 1
    assert harness.labels() == labels
    harness.train(31)
    harness.do(harness.document.pin)
    assert [name for name, _ in harness.pinned] == ["mine", "Run 1"]


@pytest.mark.thorough
def test_both_runs_side_by_side_are_pinned(harness: DocumentHarness) -> None:
    harness.do(harness.document.start_side_by_side, OTHER)
    harness.train(50)
    harness.do(harness.document.pin)
    both = harness.document.project
    assert harness.pinned == [("Run 1", both.record), ("Run 2", both.beside)]
    assert harness.noticed[-1] == "Pinned as Run 1 and Run 2."
    harness.do(harness.document.undo)
    assert harness.pinned == []


def test_a_pinned_run_is_renamed_hidden_and_shown(harness: DocumentHarness) -> None:
    harness.train(50)
    harness.do(harness.document.pin)
    harness.do(harness.document.rename, 0, "  the\nslow   one ")
    harness.do(harness.document.show_run, 0, False)
    (run,) = harness.document.project.pinned
    assert (run.name, run.is_shown) == ("the slow one", False)
    assert harness.projects[-1].pinned == (run,)
    harness.do(harness.document.show_run, 0, True)
    assert harness.labels() == ("show", None)
    harness.do(harness.document.rename, 0, "the slow one")  # no change
    assert harness.labels() == ("show", None)


def test_a_deleted_run_is_restored_by_undo(harness: DocumentHarness) -> None:
    harness.train(50)
    harness.do(harness.document.pin)
    before = harness.document.project.pinned
    harness.do(harness.document.delete, 0)
    assert harness.pinned == []
    assert harness.noticed[-1] == "Deleted Run 1. Undo brings it back."
    harness.do(harness.document.undo)
    assert harness.document.project.pinned == before


def test_a_recalled_run_is_shown_at_its_pinned_step(harness: DocumentHarness) -> None:
    harness.train(300)
    harness.go_to(120)
    expected = harness.now
    harness.do(harness.document.pin)
    harness.do(harness.document.restart, OTHER)
    harness.train(40)
    other = harness.now
    harness.do(harness.document.recall, 0)
    assert_same_state(harness.now, expected)
    assert_same_record(harness.now.record, expected.record)
    assert harness.noticed[-1] == "Pinned the previous run as Run 2."
    harness.do(harness.document.undo)
    assert_same_state(harness.now, other)


# Two runs side by side.


def test_two_runs_start_from_the_same_weights(harness: DocumentHarness) -> None:
    harness.do(harness.document.set_weight, "w1", (1, 1), 3.0)
    harness.do(harness.document.set_weight, "b2", (0,), 2.0)
    harness.train(100)
    first = harness.now.record
    second = replace(CONFIG, rate=0.1, biases=False)
    harness.do(harness.document.start_side_by_side, second)
    seen = harness.now
    assert seen.beside is not None
    assert (seen.step, seen.beside.step, seen.beside.newest) == (0, 0, 0)
    assert seen.record == first
    assert seen.beside.config == second
    assert bits(seen.weights.w1) == bits(seen.beside.weights.w1)
    assert seen.beside.weights.w1[1, 1] == 3.0
    assert seen.beside.weights.b2 is None


def test_a_weight_of_the_second_run_branches_only_that_run(harness: DocumentHarness) -> None:
    harness.do(harness.document.start_side_by_side, OTHER)
    harness.train(100)
    first, second = harness.document.project.record, harness.document.project.beside
    harness.go_to(30)
    harness.do(harness.document.set_weight_beside, "w2", (1, 0), -1.5)
    assert harness.labels() == ("B: w2[h2→o] -1.5", None)
    assert harness.pinned == [("Run 1", second)]
    assert harness.now.record == first
    assert harness.now.beside is not None
    assert (harness.now.beside.newest, harness.now.beside.weights.w2[1, 0]) == (30, -1.5)
    harness.do(harness.document.undo)
    assert harness.document.project.beside == second


def test_a_restart_keeps_the_differences_of_two_runs(harness: DocumentHarness) -> None:
    harness.do(harness.document.start_side_by_side, OTHER)
    harness.train(30)
    harness.do(harness.document.restart, replace(CONFIG, width=5, seed=7))
    project = harness.document.project
    assert project.beside is not None
    assert project.record.config == replace(CONFIG, width=5, seed=7)
    assert project.beside.config == replace(OTHER, width=5, seed=7)
    harness.do(harness.document.restart, replace(project.record.config, activation="relu"))
    assert harness.document.project.beside == project.beside  # not a shared setting


def test_a_reset_keeps_the_current_settings_of_both_runs(harness: DocumentHarness) -> None:
    changed = Recording(OTHER)
    changed.advance(20)
    changed.intervene("momentum", 0.5)
    changed.advance(20)
    harness.put(Project(Recording(CONFIG).record(), 0, beside=changed.record()))
    harness.train(30)
    harness.do(harness.document.change_setting, "rate", 0.125)  # only of the first run
    harness.do(harness.document.reset)
    project = harness.document.project
    assert project.record == Record(replace(CONFIG, rate=0.125))
    assert project.beside == Record(replace(OTHER, momentum=0.5))


def test_ending_side_by_side_pins_the_second_run(harness: DocumentHarness) -> None:
    harness.do(harness.document.end_side_by_side)  # no second run
    assert harness.labels() == (None, None)
    harness.do(harness.document.start_side_by_side, OTHER)
    harness.do(harness.document.end_side_by_side)
    assert harness.pinned == []  # it was not trained
    harness.do(harness.document.start_side_by_side, OTHER)
    harness.train(50)
    harness.go_to(20)
    first, second = harness.document.project.record, harness.document.project.beside
    harness.do(harness.document.end_side_by_side)
    assert harness.now.beside is None
    assert (harness.now.step, harness.now.record) == (20, first)
    assert harness.pinned == [("Run 1", second)]


@pytest.mark.thorough
def test_without_space_side_by_side_ends_and_reports_it(harness: DocumentHarness) -> None:
    harness.put(filled(Record(CONFIG)))
    harness.do(harness.document.start_side_by_side, OTHER)
    harness.train(50)
    pair = state_of(harness)
    harness.do(harness.document.end_side_by_side)
    assert harness.now.beside is None
    assert harness.noticed[-1].startswith("Could not pin run B: ")
    harness.do(harness.document.undo)
    assert state_of(harness) == pair


def test_all_weights_are_one_change(harness: DocumentHarness) -> None:
    weights = initial_weights(OTHER)
    harness.train(60)
    before = harness.document.project.record
    harness.go_to(30)
    harness.document.try_beside(before, 30, weights, "kick of 0.1", "done")
    harness.document._session.pause()
    harness.rest()
    assert harness.labels() == ("kick of 0.1", None)
    assert harness.noticed == ["done"]
    harness.go_to(30)
    assert bits(harness.now.weights.w1) == bits(weights.w1)
    assert harness.now.beside is not None
    assert harness.now.beside.record == before
    harness.do(harness.document.undo)
    assert_same_record(harness.now.record, before)
    assert harness.now.beside is None


def test_an_imported_run_can_be_undone(harness: DocumentHarness) -> None:
    brought = record_of(OTHER, initial_weights(replace(OTHER, seed=3)))
    harness.do(harness.document.open_alone, brought, "own network")
    assert harness.document.project.record == brought
    assert harness.labels() == ("own network", None)
    harness.do(harness.document.undo)
    assert harness.now.config == CONFIG
