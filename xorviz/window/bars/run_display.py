"""Shows the state of the run in the status bar, actions, controls and title."""

import sys
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Slot

from xorviz.core import numerals
from xorviz.core.kernels import compiler
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import ProgramState, WatchedSource
from xorviz.core.runs.stopping import Halt, StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Failure
from xorviz.engine.session import TrainingSession
from xorviz.files import assets
from xorviz.panels.settings.controls import Controls
from xorviz.window.bars.actions import Actions
from xorviz.window.bars.status_bar import StatusBar
from xorviz.window.bars.tool_bar import ToolBar
from xorviz.window.document.document import Document
from xorviz.window.document.project_file import ProjectFile
from xorviz.window.layout.desk import Desk


class State(NamedTuple):
    """What training is doing, in a word or two."""

    word: str
    sentence: str = ""
    """What has happened, where that isn't plain."""
    tip: str = ""
    """What can be done."""


_AGAIN = "Training again what was trained before."
_RUN, _MORE = "Press Run to train.", "Press Run to continue."
_BACK = "Run replays from here. Changing the rate or a weight starts a branch."
_WATCHED_BACK = "Follow shows the newest state. A change trains from this one."
_CONTINUE = "Train from this state continues it in xorviz."
AWAITING = State("Waiting", "Waiting for a program that calls xorviz.watch.")
_COMPILING = State("Compiling", "A few seconds, once on this computer. Then training begins.")


def state_of(activity: Activity, snapshot: Snapshot, rules: StopRules) -> State:
    """Return the state of a run shown at this snapshot."""
    is_watched, second = snapshot.record.source is not None, snapshot.beside
    if activity is Activity.STEPPING:
        is_again = snapshot.is_past and not is_watched
        return State("Replaying", tip=_AGAIN) if is_again else State("Stepping")
    if activity is Activity.PLAYING:
        if snapshot.is_past and not is_watched:
            newest = snapshot.config.named(snapshot.newest)
            return State("Replaying", tip=f"{_AGAIN[:-1]}, up to {newest}.")
        return State("Following" if is_watched else "Running")
    if snapshot.is_past:
        return State("Looking back", tip=_WATCHED_BACK if is_watched else _BACK)
    if second is not None and second.halt is Halt.DIVERGED:
        return _halted(second, Halt.DIVERGED, rules, "B")
    source = snapshot.record.source
    return _at_rest(snapshot, rules) if source is None else _watched_at_rest(snapshot, source)


def _watched_at_rest(snapshot: Snapshot, source: WatchedSource) -> State:
    if snapshot.halt is Halt.DIVERGED:
        return State("Diverged", "The program then produced NaN or infinity.")
    match source.state:
        case ProgramState.LIVE:
            return State("Paused", tip="The program continues. Follow shows what it does.")
        case ProgramState.UNKNOWN:
            return State("Watched", f"No program trains this run now. {_CONTINUE}")
        case ProgramState.LOST:
            return State("Ended", f"The program stopped before its end. {_CONTINUE}")
        case ProgramState.ENDED:
            return State("Ended", f"The run has ended. {_CONTINUE}")


def _at_rest(snapshot: Snapshot, rules: StopRules) -> State:
    if snapshot.halt is not None:
        return _halted(snapshot, snapshot.halt, rules, "A" if snapshot.beside else "")
    if snapshot.step == 0:
        return State("Ready", tip=_RUN if snapshot.is_untrained else _MORE)
    return State("Paused", tip=_MORE)


def _halted(snapshot: Snapshot, halt: Halt, rules: StopRules, run: str = "") -> State:
    """Return what ended a run, which has a name if there are two."""
    stopped, word = f"Stopped at {numerals.whole(snapshot.step)}", snapshot.config.step_word
    of = f" of {run}" if run else ""
    met = {
        Halt.CORRECT: f"All four rows{of} are correct.",
        Halt.LEARNED: f"{run} has learned.".lstrip().capitalize(),
        Halt.AT_LOSS: f"The loss{of} has reached the limit.",
        Halt.PLATEAU: _plateau(rules, of, word),
    }
    match halt:
        case Halt.AT_STEP:
            limit = rules.next_limit(snapshot.step)
            left = "" if limit is None else numerals.whole(limit - snapshot.step)
            more = f"Press Run for {left} more {numerals.plural(word)}." if left else _MORE
            return State(stopped, tip=more)
        case Halt.CORRECT | Halt.LEARNED | Halt.AT_LOSS | Halt.PLATEAU:
            return State(stopped, met[halt], _MORE)
        case Halt.LONGEST:
            return State(stopped, "A run can't be longer.")
        case Halt.DIVERGED:
            return State(
                f"{run} diverged".lstrip().capitalize(),
                f"The next {word} gives NaN or infinity. Lower the learning rate.",
            )


def _plateau(rules: StopRules, of: str, word: str) -> str:
    if rules.at_plateau is None:  # switched off since
        return f"The loss{of} hardly fell."
    share, steps = numerals.plain(100 * rules.at_plateau), rules.plateau_steps
    return f"The loss{of} fell by less than {share} % in {numerals.counted(steps, word)}."


def kernel_text(kernel: str) -> str:
    """Return a description of a kernel, and how to use the other one."""
    if kernel == NUMBA:
        return (
            "The kernel numba computes the training steps in a loop compiled by Numba. "
            "To use NumPy instead: xorviz --kernel numpy"
        )
    is_there = compiler.chosen() == NUMBA
    how = "xorviz --kernel numba" if is_there else "pip install 'xorviz[fast]'"
    return (
        "The kernel numpy computes the training steps with NumPy. "
        f"Numba is many times as fast: {how}"
    )


class RunDisplay(QObject):
    """Updates the parts of the window that are not views from session and document."""

    def __init__(
        self,
        session: TrainingSession,
        document: Document,
        tools: ToolBar,
        status: StatusBar,
        actions: Actions,
        controls: Controls,
        panels: Desk,
        file: ProjectFile,
    ) -> None:
        super().__init__(document)
        self.snapshot: Snapshot | None = None
        self._session, self._document = session, document
        self._tools, self._status, self._actions = tools, status, actions
        self._controls, self._panels, self._file = controls, panels, file
        self._was_playing = self._awaits_program = False
        status.step_at_rest = lambda: None if session.activity.is_training else session.step_wanted
        self._shown: tuple[RunConfig, bool, bool, WatchedSource | None] | None = None
        session.activity_changed.connect(self.show_activity)
        session.progressed.connect(self.show_progress)
        session.failed.connect(self.show_failure)
        session.preparation.compiling_changed.connect(self.show_kernel)
        session.preparation.fell_back.connect(self.show_kernel)
        session.preparation.fell_back.connect(file.show_fallback)
        # Later: by then the session has the new rules.
        controls.rules_requested.connect(self.show_state, Qt.ConnectionType.QueuedConnection)
        document.history_changed.connect(self.show_history)
        document.refused.connect(self.show_config_again)
        self.show_history()
        self.show_kernel()

    def seen(self) -> Snapshot:
        """Return the snapshot shown; there must be one."""
        assert self.snapshot is not None
        return self.snapshot

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._show_config()
        self._status.show_snapshot(snapshot)
        self._tools.show_reached(self._session.gauge.steps_per_second)
        self._actions.show_position(snapshot.step, snapshot.newest)
        is_pair = snapshot.beside is not None
        self._actions.show_watched(snapshot.record.source is not None)
        if is_pair != self._actions["side_by_side"].isChecked():
            self._actions["side_by_side"].setChecked(is_pair)
            self._panels.show_beside(is_pair)
        self._file.show_title()
        self.show_state()

    @Slot()
    def show_history(self) -> None:
        self._actions.show_history(*self._document.history.labels)

    @Slot(object)
    def show_activity(self, activity: Activity) -> None:
        self._actions.show_active(activity.is_training)
        if activity is not Activity.STEPPING:
            self._status.hide_progress()
        self._actions.show_trainable(activity is not Activity.FAILED)
        if activity is not Activity.PLAYING:
            self._tools.show_reached(None)
        if self._was_playing and activity is Activity.PAUSED:
            self._file.autosave.copy_soon()
        self._was_playing = activity is Activity.PLAYING
        self.show_state()

    @Slot(object)
    def show_progress(self, progress: tuple[int, int]) -> None:
        """Show the progress of steps taken."""
        self._status.show_progress(progress)
        self.show_state()

    @Slot(object)
    def show_failure(self, failure: Failure) -> None:
        sys.stderr.write(failure.details)
        sentence = f"Training failed: {failure.message.rstrip('.')}. Reset begins again."
        details = f"{sentence}\n\n{failure.details}"
        self._status.show_state("Failed", sentence, is_active=False, details=details)

    @Slot()
    def show_kernel(self) -> None:
        """Say in the speed's tip what takes the steps; a run that waits for it says so, too."""
        preparation = self._session.preparation
        self._tools.explain_kernel(preparation.trouble or kernel_text(preparation.kernel))
        self.show_state()

    @Slot()
    def show_config_again(self) -> None:
        """Show the current settings again after a change was refused."""
        self._shown = None
        self._show_config()

    def _show_config(self) -> None:
        """Show the current settings, with the note of the preset if they are one."""
        config, seen = self._session.config, self.snapshot
        source = None if seen is None else seen.record.source
        is_preset = seen is None or not (seen.interventions or source)
        is_given = seen is not None and seen.record.is_given
        if (config, is_preset, is_given, source) != self._shown:
            self._shown = (config, is_preset, is_given, source)
            self._controls.show_source(source, is_given)
            presets = assets.presets() if is_preset else ()
            preset = next((p for p in presets if p.config == config), None)
            named = (preset.name, preset.why) if preset else ()
            self._controls.show_config(config, *named)

    @Slot()
    def show_state(self) -> None:
        """Show what training is doing."""
        activity = self._session.activity
        if activity is not Activity.FAILED and self.snapshot is not None:
            word, sentence, tip = self._state(activity, self.snapshot)
            self._status.show_state(word, sentence, activity is not Activity.PAUSED, tip)

    def await_program(self) -> None:
        """Say that a program is waited for, until a run is shown that is trained."""
        self._awaits_program = True
        self.show_state()

    @Slot()
    def end_waiting(self) -> None:
        """Wait for no program any longer: one is shown in a window of its own."""
        self._awaits_program = False
        self.show_state()

    def _state(self, activity: Activity, snapshot: Snapshot) -> State:
        self._awaits_program &= snapshot.is_untrained and snapshot.newest == 0
        if self._awaits_program and activity is Activity.PAUSED:
            return AWAITING
        if self._session.preparation.is_compiling and activity is Activity.PLAYING:
            return _COMPILING
        return state_of(activity, snapshot, self._session.rules)
