"""What helps, in the whole window."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.windows import Open, action, find, settle, text
from xorviz.core.analysis.curvature import kicked
from xorviz.core.network import flat
from xorviz.core.runs.project import Project
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine import lab_runner
from xorviz.engine.activity import Activity
from xorviz.engine.lab_runner import Order, Progress
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabResults
from xorviz.lab.trials import trials as trial_module
from xorviz.lab.trials.trials import NOTHING_HELPS, Trial, best_text
from xorviz.lab.workers.workers import Workers
from xorviz.panels.learn.what_helps import HelpTable, WhatHelps
from xorviz.panels.registry import Workspace
from xorviz.window.dialogs.own_network.dialog import OwnNetworkDialog
from xorviz.window.lab.lab_controller import SEEDS
from xorviz.window.lab.trials_controller import NO_WAY, TrialsController
from xorviz.window.main_window import MainWindow

TRAP = RunConfig(width=2, biases=True, rate=0.5, seed=13)
"""Two rows are learned by step 2000, and no more after."""
HERE = "t step 2\u202f000 (width 2, rate 0.5, seed 13)"


def in_threads() -> Workers:
    """Return a worker thread, which starts faster than processes."""
    return Workers(lambda: ThreadPoolExecutor(1), 1)


@pytest.fixture
def window(qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """Return a window with a run that is stuck, where trials take few steps."""
    monkeypatch.setattr(lab_runner, "worker_processes", in_threads)
    monkeypatch.setattr(trial_module, "_SECONDS", 0.05)
    for name in ("_LEAST_STEPS", "FEWEST_STEPS", "_MOST_STEPS"):
        monkeypatch.setattr(trial_module, name, 600)
    window = open_window(TRAP)
    train(qtbot, window, 2000)
    return window


def train(qtbot: QtBot, window: MainWindow, steps: int) -> None:
    window.session.step(steps)
    settle(qtbot, window)


def helps(window: MainWindow) -> TrialsController:
    return window.lab.trials


def view(window: MainWindow) -> WhatHelps:
    return find(window, WhatHelps, "what_helps")


def press(window: MainWindow) -> None:
    action(window, "what_helps").trigger()


def rest(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.lab.runner.names, timeout=60_000)


def current(window: MainWindow) -> Trial:
    """Return the trial of the state that is shown."""
    trial = helps(window).current
    assert trial is not None
    return trial


def shown_by(window: MainWindow) -> Snapshot:
    seen = view(window).snapshot
    assert seen is not None
    return seen


def try_all(qtbot: QtBot, window: MainWindow) -> Trial:
    """Try what helps by its key, and return what was found."""
    press(window)
    rest(qtbot, window)
    return current(window)


def names(window: MainWindow) -> list[str]:
    """Return the names of the changes from the top."""
    return [row.change.name for row in find(window, HelpTable, "helps_table").shown]


def shown(window: MainWindow, button: str) -> bool:
    return find(window, QPushButton, f"{button}_button").isVisible()


def test_one_key_shows_the_panel_and_tries_all(qtbot: QtBot, window: MainWindow) -> None:
    press(window)
    assert view(window).isVisible()
    assert shown(window, "cancel_trial")
    assert not shown(window, "try_all")
    assert text(window, "helps_message").startswith("Trying: ")
    rest(qtbot, window)
    trial = current(window)
    assert trial.is_done
    assert trial.subject.step == 2000
    assert names(window) == [one.change.name for one in trial.tried]
    assert trial.tried[0].change.name in {"one more unit", "width 4"}
    assert text(window, "helps_about") == f"A{HERE}."
    assert " would help: " in text(window, "helps_message")
    assert " would help: " in view(window).accessibleDescription()
    assert not shown(window, "try_all")  # all is tried
    press(window)  # with nothing new to try, the key puts the panel back
    assert not view(window).isVisible()


@pytest.mark.thorough
def test_results_stay_and_say_that_they_are_out_of_date(qtbot: QtBot, window: MainWindow) -> None:
    trial = try_all(qtbot, window)
    train(qtbot, window, 100)
    assert helps(window).current is None
    assert text(window, "helps_about") == f"Out of date: a{HERE}."
    assert names(window) == [one.change.name for one in trial.tried]
    press(window)  # there is something new to try, and the panel stays
    assert view(window).isVisible()
    rest(qtbot, window)
    assert text(window, "helps_about").startswith("At step 2\u202f100")
    window.session.seek(2000)
    settle(qtbot, window)
    press(window)  # that is known: it shows at once
    assert window.lab.runner.names == ()
    assert text(window, "helps_about") == f"A{HERE}."


@pytest.mark.thorough
def test_a_run_that_goes_on_is_tried_at_the_step_shown_when_it_was_asked(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.play()
    qtbot.waitUntil(lambda: window.session.step_wanted > 2000)
    press(window)
    trial = helps(window)._trial
    assert trial is not None
    rest(qtbot, window)
    assert window.session.playing
    assert 2000 < trial.subject.step < window.session.step_wanted
    done = helps(window)._trial
    assert done is not None
    assert done.is_done
    assert done.subject is trial.subject
    assert text(window, "helps_about").startswith("Out of date: at step ")
    assert "From these weights" not in text(window, "status_message")  # others are shown


@pytest.mark.thorough
def test_another_state_replaces_a_trial_and_what_comes_of_the_first_is_dropped(
    qtbot: QtBot, window: MainWindow
) -> None:
    press(window)
    first = window.lab.runner.under_way
    assert first is not None
    train(qtbot, window, 100)
    press(window)
    progressed = window.lab.runner.progressed
    progressed.emit(Progress(first, LabResults(first.plan).snapshot()))
    rest(qtbot, window)
    trial = current(window)
    assert trial.subject.step == 2100
    assert len(trial.tried) == len(trial.changes)


@pytest.mark.thorough
def test_cancel_keeps_what_was_found(qtbot: QtBot, window: MainWindow) -> None:
    press(window)
    trial = current(window)
    order = [change.name for change in trial.changes]
    rounds = len(trial.rounds)
    qtbot.waitUntil(lambda: len(window.lab.runner.names) < rounds, timeout=30_000)
    assert names(window) == order  # while trying, no row moves
    find(window, QPushButton, "cancel_trial_button").click()
    rest(qtbot, window)
    assert text(window, "helps_message") == "Cancelled."
    trial = current(window)
    assert len(trial.before) == len(trial.rounds[0].changes)
    assert not trial.is_done
    press(window)  # it goes on, in sight
    assert view(window).isVisible()
    assert len(window.lab.runner.names) == rounds - trial.done
    rest(qtbot, window)
    assert current(window).is_done


@pytest.mark.thorough
def test_a_trial_waits_for_what_a_person_trains_and_says_so(
    qtbot: QtBot, window: MainWindow
) -> None:
    window._docks.all  # noqa: B018 makes the panels
    plan = LabPlan((TRAP,), range(40), 100_000)
    window.lab.runner.run(Order(SEEDS, plan, "40 seeds"))
    press(window)
    assert text(window, "helps_message") == "Waiting for the end of 40 seeds."
    window.lab.runner.cancel(SEEDS)
    rest(qtbot, window)
    assert current(window).is_done


@pytest.mark.thorough
def test_cancelling_the_lab_cancels_a_trial_and_the_lab_names_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    press(window)
    window._docks.switch(Workspace.LAB)
    qtbot.waitUntil(lambda: "What helps: " in text(window, "lab_progress_text"))
    action(window, "lab_cancel").trigger()
    rest(qtbot, window)
    assert not helps(window).is_going_on
    assert view(window)._state.trouble == "Cancelled."


def test_of_a_run_that_is_correct_nothing_is_tried(qtbot: QtBot, window: MainWindow) -> None:
    window.document.restart(RunConfig(width=4, biases=True, rate=1.0))
    train(qtbot, window, 2000)
    press(window)
    for place in ("status_message", "helps_message"):
        assert text(window, place) == "All four rows are correct: nothing needs to help."
    assert window.lab.runner.names == ()
    assert not shown(window, "try_all")


def choose(window: MainWindow, name: str) -> None:
    """Press Try in the row of a change."""
    table = find(window, HelpTable, "helps_table")
    table.show_current(names(window).index(name))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)


def state_of(seen: Snapshot) -> tuple[object, ...]:
    return seen.config, seen.step, flat(seen.weights).tolist()


SADDLE = RunConfig(rate=0.5, seed=3)
"""No row is learned at step 300; each faster run learns from there."""


@pytest.fixture
def saddle(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """Return a window with a run that any push helps, tried for longer."""
    for name in ("FEWEST_STEPS", "_MOST_STEPS"):
        monkeypatch.setattr(trial_module, name, 4000)
    window.document.restart(SADDLE)
    train(qtbot, window, 300)
    window._choices.choose_speed(None)
    return window


@pytest.mark.parametrize("name", some(["momentum 0.9", "larger rate", "follow the way down"], 1))
def test_a_certain_change_does_in_the_window_what_was_told(
    qtbot: QtBot, saddle: MainWindow, name: str
) -> None:
    trial = try_all(qtbot, saddle)
    before = shown_by(saddle)
    told = next(one for one in trial.tried if one.change.name == name)
    assert told.helped
    assert told.median_steps is not None
    choose(saddle, name)
    first = 300 + int(told.median_steps)
    qtbot.waitUntil(lambda: saddle.document.project.record.newest > first, timeout=30_000)
    saddle.session.pause()
    settle(qtbot, saddle)
    seen = shown_by(saddle)
    found = seen.record.right.first
    assert found is not None
    assert max(found, 301) == first  # a move alone may make all rows correct
    second = seen.beside
    assert second is not None  # the run as it was goes on with it
    assert second.config == before.config
    own = Trainer(SADDLE)
    own.advance(second.step)
    assert flat(second.weights).tolist() == flat(own.snapshot().weights).tolist()
    assert [c.step for c in seen.interventions] == [300] * len(seen.interventions)
    saddle.document.undo()
    settle(qtbot, saddle)
    after = shown_by(saddle)
    assert state_of(after) == state_of(before)
    assert after.beside is None


@pytest.mark.thorough
def test_a_kick_is_one_that_was_tried(qtbot: QtBot, saddle: MainWindow) -> None:
    trial = try_all(qtbot, saddle)
    change = trial.change("kick of 0.1")
    assert change is not None
    choose(saddle, "kick of 0.1")
    told = text(saddle, "status_message")
    qtbot.waitUntil(lambda: saddle.document.project.record.newest > 300)
    saddle.session.pause()
    settle(qtbot, saddle)
    saddle.session.seek(300)
    settle(qtbot, saddle)
    seen = shown_by(saddle)
    seed = next(s for s in trial.seeds_of(change) if f"seed {s}:" in told)
    expected = kicked(trial.subject.weights, 0.1, seed)
    assert flat(seen.weights).tolist() == flat(expected).tolist()


@pytest.mark.thorough
def test_a_longer_run_trains_on(qtbot: QtBot, window: MainWindow) -> None:
    press(window)
    choose(window, "run longer")  # before anything is known of it
    settle(qtbot, window)
    record = window.document.project.record
    assert (record.config, record.newest, record.interventions) == (TRAP, 2600, ())
    window.document.undo()
    settle(qtbot, window)
    assert window.document.project.record.newest == 2000


@pytest.mark.parametrize(
    ("name", "config"),
    some(
        [
            ("another seed", None),
            ("one more unit", replace(TRAP, width=3)),
            ("cross-entropy", replace(TRAP, loss="cross-entropy")),
            ("larger rate, anew", None),
        ],
        1,
    ),
)
def test_a_change_that_begins_anew_pins_the_run_before(
    qtbot: QtBot, window: MainWindow, name: str, config: RunConfig | None
) -> None:
    before = window.document.project.record
    press(window)
    choose(window, name)
    qtbot.waitUntil(lambda: 0 < window.document.project.record.newest < 2000)
    window.session.pause()
    settle(qtbot, window)
    project = window.document.project
    assert [pinned.record for pinned in project.pinned] == [before]
    assert project.beside is None
    if config is not None:
        assert project.record.config == config
    else:
        assert project.record.config.seed != TRAP.seed
        assert project.record.config.rate == (2.5 if name.startswith("larger") else 0.5)
    assert text(window, "status_message").endswith("pinned as Run 1. Undo goes back.")
    window.document.undo()
    settle(qtbot, window)
    assert window.document.project == Project(before, 2000)


@pytest.mark.thorough
def test_results_that_are_out_of_date_are_tried_at_their_own_step(
    qtbot: QtBot, window: MainWindow
) -> None:
    try_all(qtbot, window)
    train(qtbot, window, 100)
    for name, field in (("momentum 0.9", "momentum"), ("smaller rate", "rate")):
        choose(window, name)

        def is_trained(field: str = field) -> bool:
            record = window.document.project.record
            return record.newest > 2050 and [c.field for c in record.interventions] == [field]

        qtbot.waitUntil(is_trained, timeout=30_000)
        window.session.pause()
        settle(qtbot, window)
        project = window.document.project
        assert project.beside is not None
        assert (project.beside.config, project.beside.interventions) == (TRAP, ())
        assert project.beside.newest >= 2100  # nothing of it is lost
        assert [change.step for change in project.record.interventions] == [2000]
    (first,) = project.pinned  # the change that was tried before
    assert first.record.interventions[0].field == "momentum"
    choose(window, "width 4")
    told = text(window, "status_message")
    assert told.endswith("Run A is pinned as Run 2. Run B is pinned as Run 3. Undo goes back.")


@pytest.mark.thorough
def test_a_change_that_cannot_be_made_here_is_refused(qtbot: QtBot, window: MainWindow) -> None:
    press(window)
    trial = current(window)
    assert trial.change("follow the way down") is None
    before = window.document.project
    view(window).try_requested.emit(trial, "follow the way down")
    assert text(window, "status_message") == NO_WAY
    assert window.document.project is before


# The offer beside the diagnosis.


def offer(window: MainWindow) -> str | None:
    """Return the text of the offer, or None if there is none."""
    found = action(window, "offer_help")
    return found.text() if found.isVisible() else None


def test_a_run_at_rest_that_is_not_correct_is_offered_help(
    qtbot: QtBot, window: MainWindow
) -> None:
    assert offer(window) == "What helps?"
    window.session.play()
    assert offer(window) is None
    window.session.pause()
    settle(qtbot, window)
    assert offer(window) == "What helps?"
    window.document.restart(RunConfig(width=4, biases=True, rate=1.0))
    settle(qtbot, window)
    assert offer(window) is None  # it has not begun
    train(qtbot, window, 2000)
    assert offer(window) is None  # it is correct


def test_the_offer_names_the_best_and_makes_it(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "offer_help").trigger()
    assert view(window).isVisible()
    assert offer(window) == "Trying what helps…"
    rest(qtbot, window)
    trial = current(window)
    said = best_text(trial.best)
    assert offer(window) == said
    assert " would help: " in said
    assert action(window, "offer_help").toolTip().startswith("Begin a new run with this change")
    train(qtbot, window, 1)  # it goes with the state
    assert offer(window) == "What helps?"
    window.session.seek(2000)
    settle(qtbot, window)
    assert offer(window) == said
    action(window, "offer_help").trigger()
    settings = trial.tried[0].change.settings
    assert window.session.config == replace(TRAP, **settings)
    assert window.session.playing


@pytest.mark.thorough
def test_where_nothing_helps_the_offer_says_so_and_shows_what_was_tried(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_LEAST_STEPS", "FEWEST_STEPS", "_MOST_STEPS"):
        monkeypatch.setattr(trial_module, name, 2)
    window.document.restart(replace(TRAP, rate=1e-6))
    train(qtbot, window, 100)
    press(window)
    rest(qtbot, window)
    assert offer(window) == NOTHING_HELPS
    press(window)
    assert not view(window).isVisible()
    before = window.document.project
    action(window, "offer_help").trigger()
    assert view(window).isVisible()
    assert window.document.project == before


@pytest.mark.parametrize("is_chosen", [True, False])
def test_a_run_that_stops_is_helped_by_itself_if_that_is_chosen(
    qtbot: QtBot, window: MainWindow, is_chosen: bool
) -> None:
    by_itself = action(window, "try_by_itself")
    assert not by_itself.isChecked()
    by_itself.setChecked(is_chosen)
    train(qtbot, window, 10)  # steps that a person takes ask for nothing
    assert window._lab is None
    window.session.rules = StopRules(at_step=2500)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.activity is Activity.PAUSED, timeout=30_000)
    settle(qtbot, window)
    if not is_chosen:
        qtbot.wait(1)
        assert window._lab is None
    else:
        qtbot.waitUntil(lambda: window._lab is not None and helps(window).is_going_on)
        assert not view(window).isVisible()
        rest(qtbot, window)
        trial = current(window)
        assert trial.subject.step == 2500
        assert offer(window) == best_text(trial.best)


@pytest.mark.thorough
def test_a_past_step_of_a_run_that_was_learned_is_not_helped_by_itself(
    qtbot: QtBot, window: MainWindow
) -> None:
    action(window, "try_by_itself").setChecked(True)
    window.document.restart(RunConfig(width=4, biases=True, rate=1.0))
    window.session.rules = StopRules(at_step=2000)
    window._choices.choose_speed(None)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.activity is Activity.PAUSED, timeout=30_000)
    settle(qtbot, window)
    window.session.seek(110)
    settle(qtbot, window)
    assert offer(window) == "What helps?"
    qtbot.wait(1)
    assert window._lab is None


@pytest.mark.thorough
def test_a_run_that_is_reset_is_not_helped_by_itself(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "try_by_itself").setChecked(True)
    window.session.set_speed(1.0)
    window.session.play()
    qtbot.waitUntil(lambda: not window.session.unanswered)
    window.document.reset()
    settle(qtbot, window)
    qtbot.wait(1)
    assert window._lab is None


@pytest.mark.thorough
def test_an_imported_network_is_trained_on_from_where_it_stands(
    qtbot: QtBot, window: MainWindow
) -> None:
    """What its program did not say is tried widely, and what becomes of it is told."""
    press(window)  # a second network leaves the panel in sight
    action(window, "own_network").trigger()
    dialog = find(window, OwnNetworkDialog, "own_network")
    find(dialog, QPlainTextEdit, "own_text").setPlainText(
        "w1 = [[4.0, -5.2, 1], [3.9, -5.1, 1]], b1 = [-5.9, 1.6, 0], w2 = [3.1, -4.2, 1], b2 = 1"
    )
    dialog.accept()
    settle(qtbot, window)
    assert current(window).subject.step == 0
    find(window, QPushButton, "cancel_trial_button").click()
    find(window, QPushButton, "try_all_button").click()  # what was said is not forgotten
    rest(qtbot, window)
    trial = current(window)
    rates = [one.config.rate for one in trial.changes if one.name.startswith("rate ")]
    assert rates == [0.01, 0.1, 0.5, 1, 10]
    assert trial.subject.weights.w1[0, 1] == -5.2
    assert view(window).isVisible()
    assert text(window, "status_message").startswith("From these weights, ")


@pytest.mark.thorough
def test_where_no_seed_changes_the_weights_a_new_run_keeps_its_seed(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.document.restart(RunConfig(width=2, rate=0.5, init="equal"))
    train(qtbot, window, 200)
    press(window)
    choose(window, "larger rate, anew")
    qtbot.waitUntil(lambda: window.document.project.record.config.rate == 2.5)
    window.session.pause()
    settle(qtbot, window)
    config = window.document.project.record.config
    assert (config.rate, config.seed, config.init) == (2.5, RunConfig().seed, "equal")
