"""The state of the run in status bar, actions and controls."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QDoubleSpinBox
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.snapshots import QUICK, trained
from tests.support.watched import watched_run
from tests.support.windows import Open, action, find, settle, text
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.files.weights.own_network import record_of
from xorviz.ui.forms.fields import NumberField
from xorviz.window.bars.run_display import RunDisplay, state_of
from xorviz.window.main_window import MainWindow

PAUSED, PLAYING = Activity.PAUSED, Activity.PLAYING

UNTRAINED, BEGUN = trained(RunConfig()), trained(RunConfig(), 5)
LEARNED = trained(QUICK, 1500)
TRAIN_ON = "Press Run to train on."
AGAIN = "Showing again what was trained, up to step 60\u202f000."
LOOKING = "Run replays from here. Changing the rate or a weight starts a branch."
STOPPED = "Stopped at step 1\u202f500"
RULES = StopRules(at_step=1000)


def at(step: int, newest: int, beside: Snapshot | None = None) -> Snapshot:
    """Return a step of a run of some length, perhaps with another run beside it."""
    record = replace(BEGUN.record, newest=newest)
    return replace(BEGUN, step=step, record=record, beside=beside)


def halted(halt: Halt) -> Snapshot:
    return replace(LEARNED, halt=halt)


def brought(weights_of: Snapshot) -> Snapshot:
    """Return step 0 of a run whose weights come from elsewhere."""
    return Recording(record_of(QUICK, weights_of.weights)).snapshot()


def second_diverged(newest: int) -> Snapshot:
    """Return a pair of which the first may be some steps ahead."""
    return at(11, newest, replace(at(11, 11), halt=Halt.DIVERGED))


CASES = [
    (PAUSED, UNTRAINED, "Ready", "Press Run to train."),
    (PLAYING, UNTRAINED, "Running", ""),
    (PAUSED, brought(LEARNED), "Ready", TRAIN_ON),
    (PAUSED, brought(trained(QUICK)), "Ready", TRAIN_ON),
    (PLAYING, BEGUN, "Running", ""),
    (Activity.STEPPING, BEGUN, "Stepping", ""),
    (PAUSED, BEGUN, "Paused", ""),
    (PLAYING, LEARNED, "Running", ""),
    (PAUSED, LEARNED, "Paused", ""),
    (PAUSED, halted(Halt.AT_STEP), "Step limit", f"{STOPPED}. Press Run for 500 more."),
    (PAUSED, halted(Halt.LEARNED), "Learned", f"{STOPPED}. {TRAIN_ON}"),
    (PAUSED, halted(Halt.AT_LOSS), "Loss limit", f"{STOPPED}: the loss has fallen to the limit."),
    (PAUSED, halted(Halt.LONGEST), "Longest run", f"{STOPPED}, the most that a run can have."),
    (PAUSED, halted(Halt.DIVERGED), "Diverged",
     f"{STOPPED}: after the next one the loss or a weight would no longer be finite. Lower the"),
    (PAUSED, replace(UNTRAINED, halt=Halt.DIVERGED), "Diverged", "Stopped at step 0: after"),
    (PLAYING, halted(Halt.LEARNED), "Running", ""),  # it goes on after a halt
    (PAUSED, at(1200, 60_000), "Looking back", LOOKING),
    (PAUSED, at(0, 7), "Looking back", LOOKING),
    (PLAYING, at(1200, 60_000), "Replaying", AGAIN),
    (PLAYING, at(60_000, 60_000), "Running", ""),
    (PAUSED, second_diverged(11), "B diverged", "Stopped at step 11: after the next"),
    (PAUSED, second_diverged(64), "B diverged", "Stopped at step 11: after the next"),
    (PAUSED, at(4, 64, at(4, 11)), "Looking back", LOOKING),
    (PAUSED, replace(halted(Halt.LEARNED), beside=BEGUN), "A learned", STOPPED),
    (PAUSED, replace(halted(Halt.DIVERGED), beside=BEGUN), "A diverged", f"{STOPPED}: after"),
    (PAUSED, replace(halted(Halt.AT_LOSS), beside=LEARNED), "Loss limit",
     f"{STOPPED}: the loss of A has fallen"),
    # The shorter of two runs decides.
    (PAUSED, at(0, 500, at(0, 0)), "Ready", ""),
    (PLAYING, at(80, 500, at(80, 80)), "Running", ""),
    (PAUSED, at(80, 500, at(80, 80)), "Paused", ""),
    (PAUSED, at(30, 500, at(30, 80)), "Looking back", LOOKING),
]  # fmt: skip


@pytest.mark.parametrize(("activity", "snapshot", "word", "sentence"), CASES)
def test_each_state_has_a_word_and_a_sentence(
    activity: Activity, snapshot: Snapshot, word: str, sentence: str
) -> None:
    state = state_of(activity, snapshot, RULES)
    assert state.word == word
    assert state.sentence.startswith(sentence)
    assert bool(state.sentence) == bool(sentence) or snapshot.step == 0


@pytest.mark.parametrize("halt", [None, *Halt])
@pytest.mark.parametrize("activity", list(Activity))
def test_every_combination_has_a_word(activity: Activity, halt: Halt | None) -> None:
    assert state_of(activity, replace(BEGUN, halt=halt), RULES).word


def test_without_a_limit_run_just_goes_on() -> None:
    """The rule may have been switched off after it stopped the run."""
    assert state_of(PAUSED, halted(Halt.AT_STEP), NEVER).sentence == f"{STOPPED}. {TRAIN_ON}"


CONTINUE = "Continue here trains on from the state shown."
FOLLOW = "Follow shows the newest state. A change continues here."


@pytest.mark.parametrize(
    ("activity", "step", "is_live", "word", "sentence"),
    [
        (PLAYING, 40, True, "Following", ""),
        (PLAYING, 20, True, "Following", ""),
        (Activity.STEPPING, 20, True, "Stepping", ""),
        (PAUSED, 20, True, "Looking back", FOLLOW),
        (PAUSED, 20, False, "Looking back", FOLLOW),
        (PAUSED, 40, True, "Paused", "The program goes on. Follow shows what it does."),
        (PAUSED, 40, False, "Ended", f"The run has ended. {CONTINUE}"),
        (PAUSED, 40, None, "Watched", f"No program trains this run now. {CONTINUE}"),
    ],
)
def test_a_watched_run_is_followed(
    activity: Activity, step: int, is_live: bool | None, word: str, sentence: str
) -> None:
    seen = watched_run().state_at(step)
    assert state_of(activity, seen, NEVER, is_live) == (word, sentence)


def test_that_a_watched_run_or_correct_code_beside_it_has_diverged_is_said() -> None:
    run = watched_run()
    run.diverge()
    assert state_of(PAUSED, run.snapshot(), NEVER, False).word == "Diverged"
    pair = replace(run.snapshot(), beside=replace(at(40, 40), halt=Halt.DIVERGED))
    assert state_of(PAUSED, pair, NEVER, True).word == "B diverged"


PAIR = Project(Record(RunConfig()), 0, beside=Record(RunConfig(rate=0.5)))


@pytest.fixture
def window(reset_window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share."""
    return reset_window


def display(window: MainWindow) -> RunDisplay:
    return find(window, RunDisplay)


def offered(window: MainWindow) -> tuple[tuple[str, bool], tuple[str, bool]]:
    undo, redo = action(window, "undo"), action(window, "redo")
    return (undo.text(), undo.isEnabled()), (redo.text(), redo.isEnabled())


def test_undo_and_redo_are_labelled_with_their_change(qtbot: QtBot, window: MainWindow) -> None:
    nothing = (("&Undo", False), ("&Redo", False))
    assert offered(window) == nothing
    window.document.change_setting("rate", 0.5)
    settle(qtbot, window)
    assert offered(window) == (("&Undo rate 0.5", True), ("&Redo", False))
    window.document.draw_seed()
    settle(qtbot, window)
    assert offered(window) == (("&Undo new weights", True), ("&Redo", False))
    window.document.undo()
    settle(qtbot, window)
    assert offered(window) == (("&Undo rate 0.5", True), ("&Redo new weights", True))
    window.document.put(Project(Record(RunConfig()), 0))
    settle(qtbot, window)
    assert offered(window) == nothing


def test_a_program_is_waited_for_until_a_run_is_trained(qtbot: QtBot, window: MainWindow) -> None:
    window.await_program()
    assert text(window, "status_message") == "Waiting for a program that calls xorviz.watch."
    window.session.step(2)
    settle(qtbot, window)
    window.document.reset()
    settle(qtbot, window)
    assert text(window, "status_message") == "Press Run to train."


@pytest.mark.thorough
def test_the_side_by_side_action_is_checked_while_there_are_two_runs(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window()
    for project, is_checked in ((PAIR, True), (Project(Record(RunConfig()), 0), False)):
        window.document.put(project)
        settle(qtbot, window)
        assert action(window, "side_by_side").isChecked() == is_checked


def test_a_refused_value_is_replaced_in_the_controls(qtbot: QtBot, window: MainWindow) -> None:
    rate = find(window, QDoubleSpinBox, "rate")
    was_blocked = rate.blockSignals(True)
    rate.setValue(0.75)  # as if just chosen
    rate.blockSignals(was_blocked)
    window.document.refused.emit("There is no room.")
    assert rate.value() == 0.01
    assert text(window, "status_message") == "There is no room."


def test_a_failure_is_shown_and_disables_running(
    qtbot: QtBot,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the weights fell out")

    window.session.step(200)
    settle(qtbot, window)
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "advance", broken)
        window.session.seek(70)
        qtbot.waitUntil(lambda: text(window, "status_state") == "Failed", timeout=10_000)
    assert "the weights fell out" in text(window, "status_message")
    assert "Traceback" in capsys.readouterr().err
    names = ("run", "step", "step_n")
    assert [action(window, name).isEnabled() for name in names] == [False] * 3
    window.document.reset()
    settle(qtbot, window)
    assert [action(window, name).isEnabled() for name in names] == [True] * 3
    assert text(window, "status_state") == "Ready"
    window.document.undo()  # the run is not lost
    settle(qtbot, window)
    assert text(window, "status_step") == "step 200"


def test_a_paused_run_is_saved_for_recovery(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr(window.file.autosave, "copy_soon", lambda: copied.append("copy"))
    window.session.step(5)
    settle(qtbot, window)
    assert copied == []
    window.session.play()
    window.session.pause()
    assert copied == ["copy"]
    settle(qtbot, window)


WHY = "First lock your prediction."
TRAINING = ("run", "step", "step_n", "lab_run")


def test_what_takes_steps_is_disabled_while_that_is_held_and_says_why(
    qtbot: QtBot, window: MainWindow
) -> None:
    tips = [action(window, name).statusTip() for name in TRAINING]
    window.session.step(5)
    window.session.hold.set(WHY)
    settle(qtbot, window)
    window.session.seek(2)
    settle(qtbot, window)
    for name in TRAINING:
        assert not action(window, name).isEnabled()
        assert action(window, name).statusTip() == WHY
        assert WHY in action(window, name).toolTip()
    assert action(window, "step_back").isEnabled()
    assert text(window, "status_message") == WHY
    window.session.play()
    window.session.hold.set("")
    assert text(window, "status_message") != WHY
    assert all(action(window, name).isEnabled() for name in TRAINING)
    assert [action(window, name).statusTip() for name in TRAINING] == tips


@pytest.mark.parametrize("way", some(["offer_weights", "what_helps", "lab", "seeds"], 1))
def test_other_ways_to_train_say_why_it_is_held(qtbot: QtBot, window: MainWindow, way: str) -> None:
    window.session.hold.set(WHY)
    ways = {
        "offer_weights": action(window, "offer_weights").trigger,
        "what_helps": action(window, "what_helps").trigger,
        "lab": window._line.lab_requested.emit,
    }
    if way != "offer_weights":
        window._docks.need_all()
        ways["seeds"] = window.lab.seeds.run_requested.emit
    ways[way]()
    settle(qtbot, window)
    assert text(window, "status_message") == WHY
    assert window.document.project.record.newest == 0
    window.session.hold.set("")


def test_presets_offers_and_fields_of_locked_settings_are_refused(
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
