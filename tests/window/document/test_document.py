"""The study as it is worked on: every wish through a real session, undone and done again."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.support.bits import assert_same_record, assert_same_state, bits
from tests.support.desk import CONFIG, OTHER, Desk
from xorviz.core.config import RunConfig
from xorviz.core.network import initial_weights
from xorviz.core.runs.project import MOST_PINNED, Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.trainer import Trainer
from xorviz.engine.session import TrainingSession
from xorviz.files.weights.own_network import record_of
from xorviz.window.document.document import LARGEST_DRAWN_SEED, Document


@pytest.fixture
def desk(qtbot: QtBot, session: TrainingSession) -> Desk:
    """Return a desk with a fresh run."""
    desk = Desk(qtbot, session, Document(session))
    desk.put(Project(Record(CONFIG), 0))
    return desk


def test_at_first_there_is_the_session_s_run_and_no_way_back(session: TrainingSession) -> None:
    document = Document(session)
    assert document.project == Project(Record(RunConfig()), 0)
    assert document.history.undo_label is None


def test_the_study_is_what_was_seen_last(desk: Desk) -> None:
    desk.train(300)
    desk.go_to(120)
    project = desk.document.project
    assert (project.record.newest, project.step) == (300, 120)
    assert_same_record(project.record, desk.now.record)


def test_another_study_is_put_on_the_bench_and_the_way_back_ends(desk: Desk) -> None:
    desk.do(desk.document.change_setting, "rate", 0.25)
    desk.train(50)
    project = Project(Recording(OTHER).record(), 0, beside=Record(CONFIG)).pinning(
        desk.document.project.record, 20
    )
    desk.do(desk.document.put, project)
    assert desk.labels() == (None, None)
    assert desk.document.project == project == desk.projects[-1]
    assert desk.now.beside is not None
    assert (desk.now.config, desk.now.beside.config) == (OTHER, CONFIG)


# Every kind of change, there and back.


def restart(document: Document) -> None:
    document.restart(replace(CONFIG, width=5))


def preset(document: Document) -> None:
    document.restart(RunConfig(rate=5), "preset 28 lines")


def flip(document: Document) -> None:
    document.choose_targets((0, 1, 1, 0))


def rate(document: Document) -> None:
    document.change_setting("rate", 0.125)


def momentum(document: Document) -> None:
    document.change_setting("momentum", 0.9)


def weight(document: Document) -> None:
    document.set_weight("w1", (0, 1), -2.5)


def lock_step(document: Document) -> None:
    document.lock_step(OTHER)


MOVES: dict[str, Callable[[Document], None]] = {
    "settings": restart,
    "reset": Document.reset,
    "new seed": Document.draw_seed,
    "targets": flip,
    "preset 28 lines": preset,
    "rate 0.125": rate,
    "momentum 0.9": momentum,
    "w1[x1→h2] -2.5": weight,
    "lock step": lock_step,
    "Run 1 on the bench": lambda document: document.recall(0),
}
"""Changes of the run on the bench, by what stands behind "Undo"."""

SHELF: dict[str, Callable[[Document], None]] = {
    "keep": Document.pin,
    "name": lambda document: document.rename(0, "the slow one"),
    "hide": lambda document: document.show_run(0, False),
    "delete Run 1": lambda document: document.delete(0),
}
"""Changes of the kept runs alone."""


def state_of(desk: Desk) -> tuple[Project, int, list[object]]:
    """Return all that a person sees of a study, with its weights to the last bit."""
    seen, project = desk.now, desk.document.project
    both = [seen] if seen.beside is None else [seen, seen.beside]
    weights = [bits(array) for one in both for array in one.weights.arrays()]
    return project, project.step, [weights, [one.loss for one in both], seen.step]


def work(desk: Desk, step: int) -> None:
    """Keep one run, train another, and look at one of its steps."""
    desk.train(80)
    desk.do(desk.document.pin)
    desk.do(desk.document.restart, replace(CONFIG, seed=5))
    desk.train(200)
    desk.do(desk.document.set_weight, "b2", (0,), 0.75)
    desk.train(40)
    desk.go_to(step)
    assert desk.labels()[0] == "b2 0.75"


@pytest.mark.parametrize("step", [240, 150], ids=["at the newest step", "at a step gone by"])
@pytest.mark.parametrize("label", [*MOVES, *SHELF])
def test_every_change_is_undone_and_done_again_exactly(desk: Desk, label: str, step: int) -> None:
    work(desk, step)
    before = state_of(desk)
    desk.do((MOVES | SHELF)[label], desk.document)
    desk.train(70)  # what was trained since comes back as well
    after = state_of(desk)
    assert after != before
    assert desk.labels() == (label, None)
    run = desk.now.run
    for _ in range(2):
        desk.do(desk.document.undo)
        assert desk.labels() == ("b2 0.75", label)
        assert desk.noticed[-1] == f"Undone: {label}."
        if label in MOVES:
            assert state_of(desk) == before
        else:
            assert desk.document.project.pinned == before[0].pinned
            assert desk.now.run == run  # training is left alone
        desk.do(desk.document.redo)
        assert state_of(desk) == after
        assert desk.labels() == (label, None)
        assert desk.noticed[-1] == f"Done again: {label}."


def test_all_changes_are_undone_one_after_the_other_and_done_again(desk: Desk) -> None:
    states = []
    made = [rate, weight, Document.pin, lock_step, restart, Document.end_lock_step, flip, momentum]
    for change in made:
        states.append(state_of(desk))
        desk.do(change, desk.document)
        if change is not Document.pin:
            desk.train(30)
    states.append(state_of(desk))
    for state in reversed(states[:-1]):
        desk.do(desk.document.undo)
        assert state_of(desk) == state
    assert desk.labels()[0] is None
    desk.do(desk.document.undo)  # there is nothing to be undone
    for state in states[1:]:
        desk.do(desk.document.redo)
        assert state_of(desk) == state
    assert desk.labels()[1] is None
    desk.do(desk.document.redo)
    assert state_of(desk) == states[-1]


def test_a_run_that_was_undone_can_be_gone_on_with_exactly(desk: Desk) -> None:
    desk.train(100)
    desk.do(desk.document.change_setting, "rate", 0.125)
    desk.train(100)
    desk.do(desk.document.undo)
    desk.train(60)
    straight = Trainer(CONFIG)
    straight.advance(160)
    assert_same_state(desk.now, straight.snapshot())


def test_changes_in_the_history_are_told(desk: Desk) -> None:
    told: list[tuple[str | None, str | None]] = []
    desk.document.history_changed.connect(lambda: told.append(desk.labels()))
    desk.do(rate, desk.document)
    desk.do(desk.document.undo)
    desk.do(desk.document.redo)
    desk.do(desk.document.put, Project(Record(OTHER), 0))
    change = "rate 0.125"
    assert told == [(change, None), (None, change), (change, None), (None, None)]


@pytest.mark.parametrize("label", SHELF)
def test_what_is_done_to_kept_runs_leaves_a_running_network_alone(desk: Desk, label: str) -> None:
    work(desk, 240)
    run = desk.now.run
    desk.session.play()
    for act in (SHELF[label], Document.undo, Document.redo):
        act(desk.document)
        desk.watch(2)
        assert desk.session.playing
    assert {snapshot.run for snapshot in desk.seen if snapshot.step > 240} == {run}
    desk.do(desk.session.pause)


@pytest.mark.parametrize(("label", "goes_on"), [(n, n != "reset") for n in list(MOVES)[:8]])
def test_a_running_network_goes_on_with_what_was_changed(
    desk: Desk, label: str, goes_on: bool
) -> None:
    desk.session.play()
    MOVES[label](desk.document)
    assert desk.session.playing == goes_on
    desk.do(desk.session.pause)


# Settings and weights.


def test_a_setting_changes_from_the_next_step_on(desk: Desk) -> None:
    desk.train(100)
    desk.do(desk.document.change_setting, "rate", 0.125)
    desk.train(50)
    straight = Trainer(CONFIG)
    straight.advance(100)
    straight.intervene("rate", 0.125)
    straight.advance(50)
    assert_same_state(desk.now, straight.snapshot())
    assert desk.document.project.pinned == ()


def test_a_new_seed_is_another_one_that_can_be_said_aloud(desk: Desk) -> None:
    for _ in range(5):
        before = desk.session.config
        desk.do(desk.document.draw_seed)
        drawn = desk.session.config
        assert drawn == replace(before, seed=drawn.seed)
        assert drawn.seed != before.seed
        assert 0 <= drawn.seed <= LARGEST_DRAWN_SEED


def test_a_reset_keeps_the_settings_that_are_in_force(desk: Desk) -> None:
    desk.train(50)
    desk.do(desk.document.change_setting, "rate", 0.125)
    desk.do(desk.document.reset)
    assert desk.document.project == Project(Record(replace(CONFIG, rate=0.125)), 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.change_setting("rate", -1.0),
        lambda document: document.set_weight("w1", (7, 7), 1.0),
        lambda document: document.set_weight("w1", (0, 0), 1e7),
    ],
)
@pytest.mark.parametrize("step", [90, 40])
def test_what_cannot_be_set_is_refused_and_changes_nothing(
    desk: Desk, change: Callable[[Document], None], step: int
) -> None:
    desk.train(90)
    desk.go_to(step)
    before = state_of(desk)
    desk.do(change, desk.document)
    assert state_of(desk) == before
    assert (desk.labels(), desk.projects, desk.noticed) == ((None, None), [], [])
    assert len(desk.refused) == 1


def test_changes_that_nobody_has_seen_are_undone_at_once(desk: Desk) -> None:
    desk.train(50)
    before = state_of(desk)
    for value in (0.25, 0.125, 0.0625):
        desk.document.change_setting("rate", value)
    desk.rest()
    assert desk.session.config.rate == 0.0625
    desk.do(desk.document.undo)
    assert state_of(desk) == before
    assert desk.labels() == (None, "rate 0.0625")


# Branches.


@pytest.mark.parametrize("label", ["rate 0.125", "momentum 0.9", "w1[x1→h2] -2.5"])
def test_a_change_at_a_step_gone_by_keeps_the_old_future(desk: Desk, label: str) -> None:
    desk.train(300)
    future = desk.now.record
    desk.go_to(120)
    desk.do(MOVES[label], desk.document)
    assert desk.pinned == [("Run 1", future)]
    assert desk.document.project.pinned[0].step == 120
    assert desk.noticed == ["Branched at step 120: the run as it went on is Run 1."]
    assert (desk.now.step, desk.now.newest) == (120, 120)
    assert [change.step for change in desk.now.interventions] == [120]
    assert desk.projects[-1].pinned == desk.document.project.pinned


def test_a_future_that_is_kept_already_is_kept_once(desk: Desk) -> None:
    desk.train(300)
    desk.do(desk.document.pin)
    desk.do(desk.document.rename, 0, "straight on")
    desk.go_to(120)
    desk.do(desk.document.change_setting, "rate", 0.125)
    assert [name for name, _ in desk.pinned] == ["straight on"]
    assert desk.noticed[-1] == "Branched at step 120: the run as it went on is straight on."


def test_a_branch_is_made_where_one_is_going_to(desk: Desk) -> None:
    """Also while the session has yet to get there: else the old future would be lost."""
    trainer = Trainer(CONFIG)
    trainer.advance(20_000)
    long = trainer.record()
    ways: list[Callable[[], None]] = [
        lambda: None,
        lambda: desk.session.step(1),
        desk.session.play,
    ]
    for on_the_way in ways:
        desk.put(Project(long, 20_000))
        desk.session.seek(15_000)
        on_the_way()
        desk.document.change_setting("rate", 0.125)
        desk.do(desk.session.pause)
        assert [(c.field, c.value) for c in desk.now.interventions] == [("rate", 0.125)]
        assert desk.now.record.interventions[0].step >= 15_000
        assert desk.pinned == [("Run 1", long)]


def filled(record: Record) -> Project:
    project = Project(record, record.newest)
    for seed in range(MOST_PINNED):
        project = project.pinning(Record(replace(CONFIG, seed=seed)), 0)
    return project


def test_with_a_full_shelf_a_branch_is_refused_and_nothing_changes(desk: Desk) -> None:
    trainer = Trainer(CONFIG)
    trainer.advance(300)
    desk.put(filled(trainer.record()))
    desk.go_to(120)
    before = state_of(desk)
    for change in (rate, weight, Document.pin):
        desk.do(change, desk.document)
        assert state_of(desk) == before
    assert desk.refused == [f"{MOST_PINNED} runs are kept already. Delete one to keep another."] * 3
    assert (desk.labels(), desk.projects, desk.noticed) == ((None, None), [], [])
    desk.do(desk.document.delete, 3)
    desk.do(rate, desk.document)
    assert (desk.now.newest, desk.document.project.pinned[-1].style) == (120, 3)


# What was undone.


def test_a_change_after_undo_keeps_the_run_that_was_undone(desk: Desk) -> None:
    desk.train(100)
    desk.do(desk.document.change_setting, "rate", 0.125)
    desk.train(60)
    undone = desk.now.record
    desk.do(desk.document.undo)
    desk.do(desk.document.change_setting, "rate", 0.25)
    assert desk.pinned == [("Run 1", undone)]
    assert desk.noticed[-1] == "The run that was undone is kept as Run 1."
    assert desk.labels() == ("rate 0.25", None)
    desk.do(desk.document.undo)
    assert desk.pinned == []


def test_it_is_said_that_an_undone_run_of_another_start_is_let_go(desk: Desk) -> None:
    desk.train(100)
    desk.do(desk.document.restart, RunConfig(seed=7))
    desk.train(60)
    desk.do(desk.document.undo)
    before = len(desk.noticed)
    desk.do(desk.document.change_setting, "rate", 0.25)
    assert desk.pinned == []
    assert desk.noticed[before:] == ["What was undone before can no longer be done again."]


def test_all_that_was_undone_is_kept_but_nothing_twice(desk: Desk) -> None:
    desk.train(100)
    desk.do(desk.document.change_setting, "rate", 0.125)
    desk.train(60)
    desk.do(desk.document.change_setting, "rate", 0.0625)
    desk.train(60)
    furthest = desk.now.record
    for _ in range(2):
        desk.do(desk.document.undo)
    desk.do(desk.document.pin)  # any change ends the way forward
    assert desk.pinned == [("Run 1", furthest), ("Run 2", desk.now.record)]


def test_a_change_that_led_nowhere_is_not_kept(desk: Desk) -> None:
    desk.train(100)
    desk.do(desk.document.change_setting, "rate", 0.125)
    desk.do(desk.document.undo)
    desk.do(desk.document.change_setting, "rate", 0.25)
    assert desk.pinned == []


def test_a_run_of_another_start_is_let_go(desk: Desk) -> None:
    desk.train(100)
    desk.do(desk.document.restart, OTHER)
    desk.train(100)
    desk.do(desk.document.undo)
    desk.do(desk.document.change_setting, "rate", 0.25)
    assert desk.pinned == []
    assert desk.labels() == ("rate 0.25", None)


def test_both_runs_of_an_undone_lock_step_are_kept(desk: Desk) -> None:
    desk.do(desk.document.lock_step, OTHER)
    desk.train(100)
    both = desk.document.project
    desk.do(desk.document.undo)
    desk.do(desk.document.change_setting, "rate", 0.25)
    assert [record for _, record in desk.pinned] == [both.record, both.beside]


def test_a_run_that_was_kept_by_an_undone_change_is_kept_again(desk: Desk) -> None:
    desk.train(100)
    desk.do(desk.document.change_setting, "rate", 0.125)
    desk.train(60)
    undone = desk.now.record
    desk.do(desk.document.undo)
    desk.do(desk.document.restart, OTHER)  # keeps it
    desk.do(desk.document.undo)
    assert desk.pinned == []
    desk.do(desk.document.change_setting, "rate", 0.25)
    assert [record for _, record in desk.pinned] == [undone]


def test_where_there_is_no_room_it_is_said_that_a_run_is_not_kept(desk: Desk) -> None:
    desk.put(filled(Record(CONFIG)))
    desk.do(desk.document.set_weight, "w1", (0, 0), 1.0)
    desk.train(60)
    desk.do(desk.document.undo)
    desk.do(desk.document.set_weight, "w1", (0, 0), 2.0)
    assert desk.noticed[-1].startswith("The run that was undone is not kept: 12 runs are kept")
    assert desk.labels() == ("w1[x1→h1] 2", None)
    assert len(desk.pinned) == MOST_PINNED


def test_after_a_refusal_the_way_forward_is_still_there(desk: Desk) -> None:
    desk.train(100)
    desk.do(desk.document.change_setting, "rate", 0.125)
    desk.train(60)
    after = state_of(desk)
    desk.do(desk.document.undo)
    desk.do(desk.document.change_setting, "rate", -1.0)
    assert desk.pinned == []
    desk.do(desk.document.redo)
    assert state_of(desk) == after


# The runs that are kept.


def test_a_run_is_kept_as_it_is_while_it_goes_on(desk: Desk) -> None:
    desk.session.play()
    desk.qtbot.waitUntil(lambda: desk.now.step > 100, timeout=10_000)
    desk.document.pin()
    pinned = desk.now.record
    assert desk.session.playing
    assert desk.pinned == [("Run 1", pinned)]
    assert desk.noticed == ["Kept as Run 1."]
    desk.do(desk.session.pause)
    assert desk.pinned == [("Run 1", pinned)]


def test_a_run_that_is_kept_already_is_not_kept_again(desk: Desk) -> None:
    desk.train(50)
    desk.do(desk.document.pin)
    desk.do(desk.document.rename, 0, "mine")
    labels = desk.labels()
    desk.go_to(20)  # to look elsewhere makes no other run
    desk.do(desk.document.pin)
    assert desk.noticed[-1] == "This run is kept already, as mine."
    assert len(desk.pinned) == 1
    assert desk.labels() == labels
    desk.train(31)
    desk.do(desk.document.pin)
    assert [name for name, _ in desk.pinned] == ["mine", "Run 1"]


def test_both_of_two_runs_are_kept(desk: Desk) -> None:
    desk.do(desk.document.lock_step, OTHER)
    desk.train(50)
    desk.do(desk.document.pin)
    both = desk.document.project
    assert desk.pinned == [("Run 1", both.record), ("Run 2", both.beside)]
    assert desk.noticed[-1] == "Kept as Run 1 and Run 2."
    desk.do(desk.document.undo)
    assert desk.pinned == []


def test_a_kept_run_is_named_and_hidden_and_shown(desk: Desk) -> None:
    desk.train(50)
    desk.do(desk.document.pin)
    desk.do(desk.document.rename, 0, "  the\nslow   one ")
    desk.do(desk.document.show_run, 0, False)
    (run,) = desk.document.project.pinned
    assert (run.name, run.is_shown) == ("the slow one", False)
    assert desk.projects[-1].pinned == (run,)
    desk.do(desk.document.show_run, 0, True)
    assert desk.labels() == ("show", None)
    desk.do(desk.document.rename, 0, "the slow one")  # is no change
    assert desk.labels() == ("show", None)


def test_a_deleted_run_comes_back(desk: Desk) -> None:
    desk.train(50)
    desk.do(desk.document.pin)
    before = desk.document.project.pinned
    desk.do(desk.document.delete, 0)
    assert desk.pinned == []
    assert desk.noticed[-1] == "Run 1 is deleted. Ctrl+Z brings it back."
    desk.do(desk.document.undo)
    assert desk.document.project.pinned == before


def test_a_recalled_run_stands_where_it_was_looked_at(desk: Desk) -> None:
    desk.train(300)
    desk.go_to(120)
    expected = desk.now
    desk.do(desk.document.pin)
    desk.do(desk.document.restart, OTHER)
    desk.train(40)
    other = desk.now
    desk.do(desk.document.recall, 0)
    assert_same_state(desk.now, expected)
    assert_same_record(desk.now.record, expected.record)
    assert desk.noticed[-1] == "The run that was there is kept as Run 2."
    desk.do(desk.document.undo)
    assert_same_state(desk.now, other)


# Lock step.


def test_two_runs_start_from_the_same_weights(desk: Desk) -> None:
    desk.do(desk.document.set_weight, "w1", (1, 1), 3.0)
    desk.do(desk.document.set_weight, "b2", (0,), 2.0)
    desk.train(100)
    first = desk.now.record
    second = replace(CONFIG, rate=0.1, biases=False)
    desk.do(desk.document.lock_step, second)
    seen = desk.now
    assert seen.beside is not None
    assert (seen.step, seen.beside.step, seen.beside.newest) == (0, 0, 0)
    assert seen.record == first
    assert seen.beside.config == second
    assert bits(seen.weights.w1) == bits(seen.beside.weights.w1)
    assert seen.beside.weights.w1[1, 1] == 3.0
    assert seen.beside.weights.b2 is None


def test_a_weight_of_the_second_run_is_set_and_branches_it_alone(desk: Desk) -> None:
    desk.do(desk.document.lock_step, OTHER)
    desk.train(100)
    first, second = desk.document.project.record, desk.document.project.beside
    desk.go_to(30)
    desk.do(desk.document.set_weight_beside, "w2", (1, 0), -1.5)
    assert desk.labels() == ("B: w2[h2→o] -1.5", None)
    assert desk.pinned == [("Run 1", second)]
    assert desk.now.record == first
    assert desk.now.beside is not None
    assert (desk.now.beside.newest, desk.now.beside.weights.w2[1, 0]) == (30, -1.5)
    desk.do(desk.document.undo)
    assert desk.document.project.beside == second


def test_a_restart_keeps_what_sets_two_runs_apart(desk: Desk) -> None:
    desk.do(desk.document.lock_step, OTHER)
    desk.train(30)
    desk.do(desk.document.restart, replace(CONFIG, width=5, seed=7))
    project = desk.document.project
    assert project.beside is not None
    assert project.record.config == replace(CONFIG, width=5, seed=7)
    assert project.beside.config == replace(OTHER, width=5, seed=7)
    desk.do(desk.document.restart, replace(project.record.config, activation="relu"))
    assert desk.document.project.beside == project.beside  # they did not share it


def test_a_restart_goes_by_the_settings_in_force(desk: Desk) -> None:
    changed = Recording(OTHER)
    changed.advance(20)
    changed.intervene("momentum", 0.5)
    changed.advance(20)
    desk.put(Project(Recording(CONFIG).record(), 0, beside=changed.record()))
    desk.train(30)
    desk.do(desk.document.reset)
    assert desk.document.project.beside == Record(replace(OTHER, momentum=0.5))


def test_a_reset_leaves_each_of_two_runs_its_settings(desk: Desk) -> None:
    desk.do(desk.document.lock_step, OTHER)
    desk.train(30)
    desk.do(desk.document.change_setting, "rate", 0.125)  # of the first one alone
    desk.train(30)
    desk.do(desk.document.reset)
    project = desk.document.project
    assert project.record == Record(replace(CONFIG, rate=0.125))
    assert project.beside == Record(OTHER)


def test_the_end_of_lock_step_keeps_the_second_run(desk: Desk) -> None:
    desk.do(desk.document.end_lock_step)  # there is none
    assert desk.labels() == (None, None)
    desk.do(desk.document.lock_step, OTHER)
    desk.train(50)
    desk.go_to(20)
    first, second = desk.document.project.record, desk.document.project.beside
    desk.do(desk.document.end_lock_step)
    assert desk.now.beside is None
    assert (desk.now.step, desk.now.record) == (20, first)
    assert desk.pinned == [("Run 1", second)]


def test_a_second_run_that_was_never_trained_is_not_kept(desk: Desk) -> None:
    desk.do(desk.document.lock_step, OTHER)
    desk.do(desk.document.end_lock_step)
    assert desk.pinned == []


def test_with_a_full_shelf_lock_step_ends_and_says_so(desk: Desk) -> None:
    desk.put(filled(Record(CONFIG)))
    desk.do(desk.document.lock_step, OTHER)
    desk.train(50)
    pair = state_of(desk)
    desk.do(desk.document.end_lock_step)
    assert desk.now.beside is None
    assert desk.noticed[-1].startswith("B is not kept, but Ctrl+Z brings it back: ")
    desk.do(desk.document.undo)
    assert state_of(desk) == pair


def test_all_weights_are_one_change(desk: Desk) -> None:
    weights = initial_weights(OTHER)
    desk.train(60)
    before = desk.document.project.record
    desk.go_to(30)
    desk.do(desk.document.set_weights, weights, "kick 0.1, seed 1")
    assert desk.labels() == ("kick 0.1, seed 1", None)
    assert bits(desk.now.weights.w1) == bits(weights.w1)
    assert [run.record for run in desk.document.project.pinned] == [before]
    desk.do(desk.document.undo)
    assert_same_record(desk.now.record, before)
    assert not desk.document.project.pinned


def test_weights_of_another_network_are_refused_and_nothing_changes(desk: Desk) -> None:
    before = desk.document.project
    refusals: list[str] = []
    desk.document.refused.connect(refusals.append)
    desk.do(desk.document.set_weights, initial_weights(RunConfig(width=9)), "kick")
    assert len(refusals) == 1
    assert desk.document.project == before
    assert desk.labels() == (None, None)


def test_a_run_from_elsewhere_can_be_taken_back(desk: Desk) -> None:
    brought = record_of(OTHER, initial_weights(replace(OTHER, seed=3)))
    desk.do(desk.document.bring, brought)
    assert desk.document.project.record == brought
    assert desk.labels() == ("own network", None)
    desk.do(desk.document.undo)
    assert desk.now.config == CONFIG
