"""The state of the run in status bar, actions and controls."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QDoubleSpinBox
from pytestqt.qtbot import QtBot

from tests.support.snapshots import QUICK, trained
from tests.support.watched import watched_run
from tests.support.windows import Do, action, find, shown_step, text
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording, record_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import ProgramState
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.ui.keys import plain_text
from xorviz.window.bars.run_display import AWAITING, state_of
from xorviz.window.main_window import MainWindow

PAUSED, PLAYING, STEPPING = Activity.PAUSED, Activity.PLAYING, Activity.STEPPING
UNTRAINED, BEGUN = trained(RunConfig()), trained(RunConfig(), 5)
LEARNED = trained(QUICK, 1500)
RULES = StopRules(at_step=1000, at_plateau=0.025)
STOPPED = "Stopped at 1\u202f500"


def at(step: int, newest: int, beside: Snapshot | None = None) -> Snapshot:
    """Return a step of a run of some length, perhaps with another run beside it."""
    record = replace(BEGUN.record, newest=newest)
    return replace(BEGUN, step=step, record=record, beside=beside)


def halted(halt: Halt, beside: Snapshot | None = None) -> Snapshot:
    return replace(LEARNED, halt=halt, beside=beside)


def brought(weights_of: Snapshot) -> Snapshot:
    """Return step 0 of a run whose weights come from elsewhere."""
    return Recording(record_of(QUICK, weights_of.weights)).snapshot()


def second_diverged(newest: int) -> Snapshot:
    """Return a pair of which the first may be some steps ahead."""
    return at(11, newest, replace(at(11, 11), halt=Halt.DIVERGED))


def watched_that_diverged() -> Snapshot:
    return watched_run(diverged=True).snapshot()


CASES = [
    (PAUSED, UNTRAINED, "Ready", "", "Run to train."),
    (PAUSED, brought(LEARNED), "Ready", "", "continue"),
    (PAUSED, brought(trained(QUICK)), "Ready", "", "continue"),
    (PLAYING, UNTRAINED, "Running", "", ""),
    (PLAYING, halted(Halt.LEARNED), "Running", "", ""),  # it goes on after a halt
    (STEPPING, BEGUN, "Stepping", "", ""),
    (PAUSED, BEGUN, "Paused", "", "continue"),
    (PAUSED, halted(Halt.AT_STEP), STOPPED, "", "Run for 500 more"),
    (PAUSED, halted(Halt.LEARNED), STOPPED, "Has learned", "continue"),
    (PAUSED, halted(Halt.AT_LOSS), STOPPED, "The loss has", "continue"),
    (PAUSED, halted(Halt.CORRECT), STOPPED, "All four rows are correct", "continue"),
    (PAUSED, halted(Halt.PLATEAU), STOPPED, "fell by less than 2.5 %", "continue"),
    (PAUSED, halted(Halt.LONGEST), STOPPED, "longer", ""),
    (PAUSED, halted(Halt.DIVERGED), "Diverged", "Lower the learning rate", ""),
    (PAUSED, at(1200, 60_000), "Looking back", "", "branch"),
    (PAUSED, at(0, 7), "Looking back", "", "branch"),
    (PLAYING, at(1200, 60_000), "Replaying", "", "60\u202f000"),
    (PLAYING, at(60_000, 60_000), "Running", "", ""),
    (STEPPING, at(1200, 60_000), "Replaying", "", "again"),
    (PAUSED, second_diverged(11), "B diverged", "Lower", ""),
    (PAUSED, second_diverged(64), "B diverged", "Lower", ""),
    (PAUSED, at(4, 64, at(4, 11)), "Looking back", "", "branch"),
    (PAUSED, halted(Halt.LEARNED, BEGUN), STOPPED, "A has learned", "continue"),
    (PAUSED, halted(Halt.DIVERGED, BEGUN), "A diverged", "Lower", ""),
    (PAUSED, halted(Halt.AT_LOSS, LEARNED), STOPPED, "The loss of A has", "continue"),
    (PAUSED, halted(Halt.CORRECT, BEGUN), STOPPED, "rows of A are", "continue"),
    # The shorter of two runs decides.
    (PAUSED, at(0, 500, at(0, 0)), "Ready", "", "Run to train."),
    (PLAYING, at(80, 500, at(80, 80)), "Running", "", ""),
    (PAUSED, at(80, 500, at(80, 80)), "Paused", "", "continue"),
    (PAUSED, at(30, 500, at(30, 80)), "Looking back", "", "branch"),
]
WATCHED_CASES = [
    (PLAYING, 40, ProgramState.LIVE, "Following", "", ""),
    (PLAYING, 20, ProgramState.LIVE, "Following", "", ""),
    (STEPPING, 20, ProgramState.LIVE, "Stepping", "", ""),
    (PAUSED, 20, ProgramState.LIVE, "Looking back", "", "Follow"),
    (PAUSED, 20, ProgramState.ENDED, "Looking back", "", "Follow"),
    (PAUSED, 40, ProgramState.LIVE, "Paused", "", "Follow"),
    (PAUSED, 40, ProgramState.ENDED, "Ended", "Train from this state", ""),
    (PAUSED, 40, ProgramState.UNKNOWN, "Watched", "Train from this state", ""),
]


def test_each_state_has_a_word_and_where_it_is_not_plain_a_sentence_and_a_tip() -> None:
    seen = [(*case, RULES) for case in CASES]
    seen += [
        (activity, watched_run(state=state).state_at(step), word, sentence, tip, NEVER)
        for activity, step, state, word, sentence, tip in WATCHED_CASES
    ]
    diverged = watched_that_diverged()
    beside = replace(diverged, beside=replace(at(40, 40), halt=Halt.DIVERGED))
    seen += [
        (PAUSED, halted(Halt.AT_STEP), STOPPED, "", "continue", NEVER),  # now without it
        (PAUSED, diverged, "Diverged", "NaN or infinity", "", NEVER),
        (PAUSED, beside, "B diverged", "Lower", "", NEVER),
    ]
    for activity, snapshot, word, *facts, rules in seen:
        state = state_of(activity, snapshot, rules)
        assert state.word == word
        for fact, told in zip(facts, (state.sentence, state.tip), strict=True):
            assert bool(told) == bool(fact), (activity, word)
            assert fact in told


# In the window


def test_waiting_position_and_speed_are_shown_as_the_session_goes(
    window: MainWindow, do: Do
) -> None:
    window.await_program()
    assert text(window, "status_message") == AWAITING.sentence
    do(window.file.put, Project(trained(RunConfig(), 20).record, 0), None)
    assert text(window, "status_message") != AWAITING.sentence, "a trained run is shown"
    assert text(window, "status_state") == "Looking back"
    assert action(window, "to_live").isEnabled()
    do(window.session.seek, 20)
    assert not action(window, "to_live").isEnabled()
    window.session.set_speed(1)
    for state, told in (("● Running", "Pause"), ("Paused", "Run")):
        do("run") if told == "Run" else action(window, "run").trigger()
        assert (text(window, "status_state"), plain_text(action(window, "run"))) == (state, told)
    do(window.document.reset)
    assert (text(window, "status_state"), text(window, "status_message")) == ("Ready", "")


def test_what_was_refused_is_shown_as_it_was(window: MainWindow) -> None:
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
    do: Do,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the weights fell out")

    do(window.session.step, 200)
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "advance", broken)
        window.session.seek(70)
        qtbot.waitUntil(lambda: text(window, "status_state") == "Failed")
    assert "the weights fell out" in text(window, "status_message")
    assert "Traceback" in capsys.readouterr().err
    names = ("run", "step", "step_n")
    assert not any(action(window, name).isEnabled() for name in names)
    do(window.document.reset)
    assert all(action(window, name).isEnabled() for name in names)
    assert text(window, "status_state") == "Ready"
    do(window.document.undo)  # the run is not lost
    assert shown_step(window) == 200
