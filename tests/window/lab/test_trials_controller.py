"""Fixes, in the whole window: tried, kept with their state, and made."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.snapshots import trained
from tests.support.windows import action, find, settle, text
from tests.window.lab.conftest import Rest
from xorviz.core.analysis.curvature import kicked
from xorviz.core.network import flat
from xorviz.core.runs.project import Project
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.lab_runner import Order, Progress
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabResults
from xorviz.lab.trials import trials as trial_module
from xorviz.lab.trials.trials import NOTHING_HELPS, Trial, best_text
from xorviz.panels.registry import Workspace
from xorviz.panels.why.fixes import FixTable
from xorviz.panels.why.why import Why
from xorviz.window.dialogs.own_network.dialog import OwnNetworkDialog
from xorviz.window.lab.lab_controller import SEEDS
from xorviz.window.lab.trials_controller import NO_WAY, TrialsController
from xorviz.window.main_window import MainWindow

TRAP = RunConfig(width=2, biases=True, rate=0.5, seed=13)
"""Two rows are learned by step 2000, and no more after."""
HERE = "Tried from step 2\u202f000:"
SADDLE = RunConfig(rate=0.5, seed=3)
"""No row is learned at step 300; each faster run learns from there."""
RIGHT = RunConfig(width=4, biases=True, rate=1.0)
"""Correct by step 2000, and not yet at step 110."""


@pytest.fixture(autouse=True)
def _trials_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_module, "_SECONDS", 0.05)
    take(monkeypatch, 600)


def take(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """Let all changes take this many steps."""
    for name in ("_LEAST_STEPS", "FEWEST_STEPS", "_MOST_STEPS"):
        monkeypatch.setattr(trial_module, name, steps)


@pytest.fixture
def window(qtbot: QtBot, empty_window: MainWindow) -> Iterator[MainWindow]:
    """Return the window with a run that is stuck."""
    desk = empty_window._desk
    desk.switch(Workspace.LEARN)
    if view(empty_window).isVisible():
        desk.reset()
    open_at(qtbot, empty_window, TRAP, 2000)
    yield empty_window
    action(empty_window, "try_by_itself").setChecked(False)


def open_at(qtbot: QtBot, window: MainWindow, config: RunConfig, step: int) -> None:
    window.file.put(Project(trained(config, step).record, step), None)
    settle(qtbot, window)


def train(qtbot: QtBot, window: MainWindow, steps: int) -> None:
    window.session.step(steps)
    settle(qtbot, window)


def go_to(qtbot: QtBot, window: MainWindow, step: int) -> None:
    window.session.seek(step)
    settle(qtbot, window)


def pause(qtbot: QtBot, window: MainWindow) -> None:
    window.session.pause()
    settle(qtbot, window)


def helps(window: MainWindow) -> TrialsController:
    return window.lab.trials


def view(window: MainWindow) -> Why:
    return find(window, Why, "why")


def press(window: MainWindow) -> None:
    """Open Why? and try all changes, unless that is done."""
    if window._desk.aside != "why":
        action(window, "why").trigger()
    if (button := find(window, QPushButton, "try_all")).isVisible():
        button.click()


def about(window: MainWindow) -> str:
    """Return of which other step the tries are, if of another."""
    label = view(window).fixes._about
    return label.text() if label.isVisible() else ""


def current(window: MainWindow) -> Trial:
    """Return the trial of the state that is shown."""
    trial = helps(window).current
    assert trial is not None
    return trial


def shown_by(window: MainWindow) -> Snapshot:
    seen = view(window).snapshot
    assert seen is not None
    return seen


def says(window: MainWindow) -> str:
    return text(window, "status_message")


def names(window: MainWindow) -> list[str]:
    """Return the names of the changes from the top."""
    return [row.change.name for row in find(window, FixTable, "fix_table").shown]


def shown(window: MainWindow, button: str) -> bool:
    return find(window, QPushButton, button).isVisible()


def choose(window: MainWindow, name: str) -> None:
    """Press Enter in the row of a change."""
    table = find(window, FixTable, "fix_table")
    table.show_current(names(window).index(name))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)


@pytest.mark.thorough
def test_one_button_tries_all_and_says_of_which_step_the_results_are(
    qtbot: QtBot, window: MainWindow, rest: Rest
) -> None:
    press(window)
    assert view(window).isVisible()
    assert (shown(window, "cancel_trial"), shown(window, "try_all")) == (True, False)
    rest()
    trial = current(window)
    assert (trial.is_done, trial.subject.step) == (True, 2000)
    assert names(window) == [one.change.name for one in trial.tried]
    assert trial.tried[0].change.name in {"one more unit", "width 4"}
    assert about(window) == ""
    assert trial.tried[0].change.title in view(window).accessibleDescription()
    assert not shown(window, "try_all")  # all is tried
    train(qtbot, window, 100)
    assert helps(window).current is None
    assert about(window) == HERE
    press(window)  # there is something new to try
    rest()
    assert (about(window), current(window).subject.step) == ("", 2100)
    go_to(qtbot, window, 2000)
    press(window)  # that is known: it shows at once
    assert window.lab.runner.orders == []
    assert about(window) == ""


@pytest.mark.thorough
def test_tries_are_never_those_of_another_run_and_come_back_with_their_own(
    qtbot: QtBot, window: MainWindow, rest: Rest
) -> None:
    press(window)
    rest()
    order = names(window)
    table = find(window, FixTable, "fix_table")
    for leave in (window.document.draw_seed, window.document.reset):
        leave()
        settle(qtbot, window)
        train(qtbot, window, 200)
        action(window, "why").trigger()
        assert view(window).isVisible()
        assert not table.isVisible()
        assert about(window) == ""
        press(window)  # where all is correct, nothing is tried
        rest()
        window.document.undo()
        settle(qtbot, window)
        assert table.isVisible()
        assert (names(window), about(window)) == (order, "")
        window._desk.close_aside()


@pytest.mark.thorough
def test_a_run_that_goes_on_is_tried_at_the_step_shown_when_it_was_asked(
    qtbot: QtBot, window: MainWindow, rest: Rest
) -> None:
    window.session.play()
    qtbot.waitUntil(lambda: window.session.step_wanted > 2000)
    press(window)
    trial = helps(window)._trial
    assert trial is not None
    rest()
    assert window.session.playing
    assert 2000 < trial.subject.step < window.session.step_wanted
    done = helps(window)._trial
    assert done is not None
    assert done.is_done
    assert done.subject is trial.subject
    assert "From these weights" not in says(window)  # others are shown


@pytest.mark.thorough
def test_another_state_replaces_a_trial_and_what_comes_of_the_first_is_dropped(
    qtbot: QtBot, window: MainWindow, rest: Rest
) -> None:
    press(window)
    first, *_ = window.lab.runner.orders
    assert first is not None
    train(qtbot, window, 100)
    press(window)
    window.lab.runner.progressed.emit(Progress(first, LabResults(first.plan).snapshot()))
    rest()
    trial = current(window)
    assert trial.subject.step == 2100
    assert len(trial.tried) == len(trial.changes)


@pytest.mark.thorough
def test_cancel_keeps_what_was_found(qtbot: QtBot, window: MainWindow, rest: Rest) -> None:
    press(window)
    trial = current(window)
    order = [change.name for change in trial.changes]
    rounds = len(trial.rounds)
    qtbot.waitUntil(lambda: len(window.lab.runner.orders) < rounds)
    assert names(window) == order  # while trying, no row moves
    find(window, QPushButton, "cancel_trial").click()
    rest()
    assert text(window, "fix_message") == "Cancelled."
    trial = current(window)
    assert len(trial.before) == len(trial.rounds[0].changes)
    assert not trial.is_done
    press(window)  # it goes on, in sight
    assert view(window).isVisible()
    assert len(window.lab.runner.orders) == rounds - trial.done
    rest()
    assert current(window).is_done


@pytest.mark.thorough
def test_a_trial_waits_for_what_a_person_trains_and_ends_with_the_lab(
    qtbot: QtBot, window: MainWindow, rest: Rest
) -> None:
    runner = window.lab.runner
    runner.train(Order(SEEDS, LabPlan((TRAP,), range(40), 100_000), "40 seeds"))
    press(window)
    assert text(window, "fix_message") == "Waiting for 40 seeds to finish."
    runner.cancel(SEEDS)
    qtbot.waitUntil(lambda: "Fixes: " in text(window, "lab_progress_text"))
    action(window, "lab_cancel").trigger()
    rest()
    assert not helps(window).is_going_on
    assert view(window).fixes._state.note == "Cancelled."
    assert "Fixes" not in text(window, "lab_progress_text"), "the lab says what became of its own"


def test_of_a_run_that_is_correct_nothing_is_tried(qtbot: QtBot, window: MainWindow) -> None:
    open_at(qtbot, window, RIGHT, 2000)
    press(window)
    assert not shown(window, "try_all")
    window.lab.trials.try_all()
    assert text(window, "status_message") == "All four rows are correct."
    assert window.lab.runner.orders == []


# Changes that are made.


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["larger rate", "follow the way down"])
def test_a_certain_change_does_in_the_window_what_was_told(
    qtbot: QtBot, window: MainWindow, rest: Rest, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    take(monkeypatch, 4000)
    open_at(qtbot, window, SADDLE, 300)
    window._choices.choose_speed(None)
    press(window)
    rest()
    before = shown_by(window)
    told = next(one for one in current(window).tried if one.change.name == name)
    assert told.helped
    assert told.median_steps is not None
    choose(window, name)
    first = 300 + int(told.median_steps)
    qtbot.waitUntil(lambda: window.document.project.record.newest > first)
    pause(qtbot, window)
    seen = shown_by(window)
    found = seen.record.right.first
    assert found is not None
    assert max(found, 301) == first  # a move alone may make all rows correct
    second = seen.beside
    assert second is not None  # the run as it was goes on with it
    assert second.config == before.config
    own = Trainer(SADDLE)
    own.advance(second.step)
    assert flat(second.weights).tolist() == flat(own.snapshot().weights).tolist()
    assert {c.step for c in seen.interventions} == {300}
    window.document.undo()
    settle(qtbot, window)
    after = shown_by(window)
    assert (after.config, after.step, after.beside) == (before.config, before.step, None)
    assert flat(after.weights).tolist() == flat(before.weights).tolist()


@pytest.mark.thorough
def test_a_kick_is_one_that_was_tried(qtbot: QtBot, window: MainWindow, rest: Rest) -> None:
    open_at(qtbot, window, SADDLE, 300)
    press(window)
    rest()
    trial = current(window)
    change = trial.change("kick of 0.1")
    assert change is not None
    choose(window, "kick of 0.1")
    told = says(window)
    qtbot.waitUntil(lambda: window.document.project.record.newest > 300)
    pause(qtbot, window)
    go_to(qtbot, window, 300)
    seed = next(s for s in trial.seeds_of(change) if f"seed {s}:" in told)
    expected = kicked(trial.subject.weights, 0.1, seed)
    assert flat(shown_by(window).weights).tolist() == flat(expected).tolist()


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


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "changed"), [("another seed", {}), ("one more unit", {"width": 3})]
)
def test_a_change_that_begins_anew_pins_the_run_before(
    qtbot: QtBot, window: MainWindow, name: str, changed: dict[str, float]
) -> None:
    before = window.document.project.record
    press(window)
    choose(window, name)
    document = window.document
    qtbot.waitUntil(lambda: bool(document.project.pinned) and document.project.record.newest > 0)
    pause(qtbot, window)
    project = window.document.project
    assert [pinned.record for pinned in project.pinned] == [before]
    assert project.beside is None
    config = project.record.config
    assert (config.seed == TRAP.seed) == ("width" in changed)
    assert config == replace(TRAP, seed=config.seed, **changed)  # type: ignore[arg-type]
    assert says(window).endswith("pinned as Run 1. Undo goes back.")
    window.document.undo()
    settle(qtbot, window)
    assert window.document.project == Project(before, 2000)


@pytest.mark.thorough
def test_tries_of_an_earlier_step_are_made_at_that_step(
    qtbot: QtBot, window: MainWindow, rest: Rest
) -> None:
    press(window)
    rest()
    train(qtbot, window, 100)
    choose(window, "momentum 0.9")

    def is_trained() -> bool:
        record = window.document.project.record
        return record.newest > 2050 and [c.field for c in record.interventions] == ["momentum"]

    qtbot.waitUntil(is_trained)
    pause(qtbot, window)
    project = window.document.project
    assert project.beside is not None
    assert (project.beside.config, project.beside.interventions) == (TRAP, ())
    assert project.beside.newest >= 2100  # nothing of it is lost
    assert [change.step for change in project.record.interventions] == [2000]


@pytest.mark.thorough
def test_a_change_that_cannot_be_made_here_is_refused(qtbot: QtBot, window: MainWindow) -> None:
    press(window)
    trial = current(window)
    assert trial.change("follow the way down") is None
    before = window.document.project
    view(window).fixes.fix_requested.emit(trial, "follow the way down")
    assert says(window) == NO_WAY
    assert window.document.project is before


# The fix beside the state, and trials that begin automatically.


def offer(window: MainWindow) -> str:
    """Return the text of the button beside the state; "" if there is none."""
    button = find(window, QPushButton, "fix_it")
    return button.text() if button.isVisible() else ""


def fix(window: MainWindow) -> None:
    find(window, QPushButton, "fix_it").click()


def test_the_button_tries_all_and_then_makes_the_best(
    qtbot: QtBot, window: MainWindow, rest: Rest
) -> None:
    assert offer(window).startswith("Fix it (about ")
    fix(window)
    assert view(window).isVisible()
    assert offer(window).startswith("Fix it (about ")
    rest()
    best = current(window).best
    assert best is not None
    assert offer(window) == best.change.title
    assert view(window).fixes.pace != 1, "how long it took is measured"
    assert best_text(best) in find(window, QPushButton, "fix_it").toolTip()
    train(qtbot, window, 1)  # it goes with the state
    assert offer(window).startswith("Fix it (about ")
    go_to(qtbot, window, 2000)
    fix(window)
    assert window.session.config == replace(TRAP, **best.change.settings)
    assert window.session.playing
    for step in (0, 2000):  # it has not begun, or is correct
        open_at(qtbot, window, RIGHT, step)
        assert not offer(window)


@pytest.mark.thorough
def test_where_nothing_works_it_says_so_and_the_button_shows_what_was_tried(
    qtbot: QtBot, window: MainWindow, rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(monkeypatch, 2)
    open_at(qtbot, window, replace(TRAP, rate=1e-6), 100)
    press(window)
    rest()
    assert text(window, "fix_message") == f"{NOTHING_HELPS}."
    action(window, "why").trigger()
    assert not view(window).isVisible()
    before = window.document.project
    fix(window)
    assert view(window).isVisible()
    assert window.document.project == before


@pytest.mark.thorough
@pytest.mark.parametrize("is_chosen", [True, False])
def test_a_run_that_stops_is_helped_by_itself_if_that_is_chosen(
    qtbot: QtBot, window: MainWindow, rest: Rest, is_chosen: bool
) -> None:
    action(window, "try_by_itself").setChecked(is_chosen)
    train(qtbot, window, 10)  # steps that a person takes ask for nothing
    assert helps(window)._trial is None
    window.session.rules = StopRules(at_step=2500)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.activity is Activity.PAUSED)
    settle(qtbot, window)
    if not is_chosen:
        qtbot.wait(1)
        assert helps(window)._trial is None
        return
    qtbot.waitUntil(lambda: helps(window).is_going_on)
    assert not view(window).isVisible()
    rest()
    assert current(window).subject.step == 2500
    best = current(window).best
    assert offer(window).startswith(best.change.title if best else "Fix it (about ")


@pytest.mark.thorough
def test_neither_a_past_step_nor_a_run_that_is_reset_is_helped_by_itself(
    qtbot: QtBot, window: MainWindow
) -> None:
    action(window, "try_by_itself").setChecked(True)
    open_at(qtbot, window, RIGHT, 1000)
    window.session.rules = StopRules(at_step=1100)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.activity is Activity.PAUSED)
    go_to(qtbot, window, 110)
    window.session.set_speed(1.0)
    window.session.play()
    qtbot.waitUntil(lambda: not window.session.unanswered)
    window.document.reset()
    settle(qtbot, window)
    qtbot.wait(1)
    assert helps(window)._trial is None


@pytest.mark.thorough
def test_an_imported_network_is_trained_on_from_where_it_stands(
    qtbot: QtBot, window: MainWindow, rest: Rest
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
    find(window, QPushButton, "cancel_trial").click()
    find(window, QPushButton, "try_all").click()  # what was said is not forgotten
    rest()
    trial = current(window)
    rates = [one.config.rate for one in trial.changes if one.name.startswith("rate ")]
    assert rates == [0.01, 0.1, 0.5, 1, 10]
    assert trial.subject.weights.w1[0, 1] == -5.2
    assert view(window).isVisible()
    assert says(window).startswith("From these weights: ")
