"""Shows where things stand in the parts that are no views: status, actions, controls, title."""

import sys

from PySide6.QtCore import QObject, Slot

from xorviz.core.config import RunConfig
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.runs.snapshot import Snapshot
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Failure
from xorviz.engine.session import TrainingSession
from xorviz.files import assets
from xorviz.panels.settings.controls import Controls
from xorviz.window.bars.actions import Actions
from xorviz.window.bars.states import state_of
from xorviz.window.bars.status_bar import StatusBar
from xorviz.window.docks.docks import Panels
from xorviz.window.document.document import Document
from xorviz.window.document.open_save import Filing


class Display(QObject):
    """Turns what the session and the document tell into what the window says of itself."""

    def __init__(
        self,
        session: TrainingSession,
        document: Document,
        status: StatusBar,
        actions: Actions,
        controls: Controls,
        panels: Panels,
        filing: Filing,
    ) -> None:
        super().__init__(document)
        self.snapshot: Snapshot | None = None
        self._session, self._document = session, document
        self._status, self._actions = status, actions
        self._controls, self._panels, self._filing = controls, panels, filing
        self._was_playing = False
        self._shown: tuple[RunConfig, bool] | None = None
        session.activity_changed.connect(self.show_activity)
        session.progressed.connect(self.show_progress)
        session.failed.connect(self.show_failure)
        session.preparation.compiling_changed.connect(self.show_kernel)
        document.history_changed.connect(self.show_history)
        document.refused.connect(self.show_config_again)
        self.show_history()
        self.show_kernel()

    def seen(self) -> Snapshot:
        """Return what is on the screen; there must be something."""
        assert self.snapshot is not None
        return self.snapshot

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show where the run stands."""
        self.snapshot = snapshot
        self._show_config()
        self._status.show_snapshot(snapshot)
        self._status.show_speed(self._session.gauge.steps_per_second)
        self._actions.show_place(snapshot.step, snapshot.newest)
        is_pair = snapshot.beside is not None
        if is_pair != self._actions["lock_step"].isChecked():
            self._actions["lock_step"].setChecked(is_pair)
            self._panels.show_beside(is_pair)
        self._filing.show_title()
        self._show_state()

    @Slot()
    def show_history(self) -> None:
        """Say what could be undone."""
        history = self._document.history
        self._actions.show_history(history.undo_label, history.redo_label)

    @Slot(object)
    def show_activity(self, activity: Activity) -> None:
        """Say what training is doing."""
        self._actions.show_active(activity in {Activity.PLAYING, Activity.STEPPING})
        if activity not in {Activity.STEPPING, Activity.SEEKING}:
            self._status.hide_progress()
        for name in ("run", "step", "step_n"):
            self._actions[name].setEnabled(activity is not Activity.FAILED)
        if activity is not Activity.PLAYING:
            self._status.show_speed(None)
        if self._was_playing and activity is Activity.PAUSED:
            self._filing.copy_for_recovery()
        self._was_playing = activity is Activity.PLAYING
        if activity is not Activity.SEEKING:  # most steps are found at once
            self._show_state()

    @Slot(object)
    def show_progress(self, progress: tuple[int, int]) -> None:
        """Say how far steps have come, or the way to one."""
        self._status.show_progress(progress)
        self._show_state()

    @Slot(object)
    def show_failure(self, failure: Failure) -> None:
        """Say that training has failed, or cannot even begin, and why."""
        sys.stderr.write(failure.details)
        word, sentence = "Failed", f"Training failed: {failure.message}. Reset begins again."
        if not self._session.preparation.is_done:
            way = f"Use xorviz --kernel {NUMPY}, or Reset to try again"
            word, sentence = "No kernel", f"{way}: {failure.message}"
        self._status.show_state(word, is_active=False)
        self._status.show_text(sentence, f"{sentence}\n\n{failure.details}")

    @Slot()
    def show_kernel(self) -> None:
        """Say what takes the steps, or that it is still being compiled."""
        preparation = self._session.preparation
        self._status.show_kernel(preparation.kernel, preparation.is_compiling)

    @Slot()
    def show_config_again(self) -> None:
        """Put back into the controls what is in force, after something else was refused."""
        self._shown = None
        self._show_config()

    def _show_config(self) -> None:
        """Show the settings in force, and why a preset is worth looking at while it is one."""
        config = self._session.config
        is_preset = self.snapshot is None or not self.snapshot.interventions
        if (config, is_preset) != self._shown:
            self._shown = (config, is_preset)
            presets = assets.presets() if is_preset else ()
            preset = next((p for p in presets if p.config == config), None)
            self._controls.show_config(config, f"{preset.name}. {preset.why}" if preset else "")

    def _show_state(self) -> None:
        activity = self._session.activity
        if self.snapshot is not None and activity is not Activity.FAILED:
            state = state_of(activity, self.snapshot)
            self._status.show_state(state.word, state.is_active)
            self._status.show_text(state.sentence)
