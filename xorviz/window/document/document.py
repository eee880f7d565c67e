"""The project as a document: every change goes through the session and can be undone."""

import random
from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication

from xorviz.core import numerals
from xorviz.core.diagnosis.words import number_of
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.project import (
    SAME_BESIDE,
    SHAPING,
    continued,
    differing,
    following,
    restarted,
    started_alike,
)
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.core.runs.record import Intervention, Record, at_step, setting, weight_name
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.watched import by_passes
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.core.truth_table import COUNTED, FUNCTIONS
from xorviz.engine.activity import Activity
from xorviz.engine.session import in_turn
from xorviz.files.arguments import command_of, config_of
from xorviz.window.document.open_project import GOES_BACK, OpenProject

Index = tuple[int, ...]

LARGEST_DRAWN_SEED = 9999
"""Short enough to be read out in a classroom."""


class Document(OpenProject):
    """The open project, with all changes that the user can make.

    It may hold watched runs: those of other programs, which xorviz does not train. Training or
    changing one starts a run of xorviz's from its state, and pins the watched run.
    """

    needs_file = Signal(str)
    """What a command cannot carry, and a run file can."""

    @Slot(object)
    @in_turn
    def restart(
        self, config: RunConfig, label: str = "settings", second: RunConfig | None = None
    ) -> None:
        """Start another run, and keep running if the last one was.

        Of two runs side by side, the second gets its own settings, or changes in those that both
        shared. A watched run is pinned, with one beside it.
        """
        was_playing, project, beside = self._session.playing, self._project, None
        with self._change(label):
            if self.watched is not None:
                self._begin(f"A new run from seed {numerals.plain(config.seed)}.", Record(config))
            else:
                if project.beside is not None:
                    there = project.beside.config_at(project.step)
                    beside = Record(second or following(there, self._session.config, config))
                self._open_run(restarted(project.record, config), 0, beside)
        if was_playing:
            self._session.play()

    @Slot(object)
    @in_turn
    def change_settings(self, config: RunConfig, label: str = "settings") -> None:
        """Start a run with other settings; a watched run continues with them if its weights fit."""
        watched = None if self.watched is None else self.watched.config
        if watched is not None and not set(differing((watched, config))) & set(SHAPING):
            self._continue(label, config)
        else:
            self.restart(config, label)

    @Slot()
    @in_turn
    def reset(self) -> None:
        """Return to step 0 and the same initial weights, and pause."""
        self._session.pause()
        if self.watched is not None:
            if self._session.activity is Activity.FAILED:
                self._open_run(self.watched, 0)
            self._session.seek(0)
            return
        self.restart(self._session.config, "reset")

    @Slot()
    @in_turn
    def draw_seed(self) -> None:
        """Restart with another random seed."""
        config = self._session.config
        seeds = [seed for seed in range(LARGEST_DRAWN_SEED + 1) if seed != config.seed]
        self.restart(replace(config, seed=random.choice(seeds)), "new weights")

    @Slot()
    def copy_command(self) -> None:
        """Copy the current settings as a command; say what of the run it cannot carry."""
        command = command_of(self._session.config)
        QGuiApplication.clipboard().setText(command)
        record = self._project.record
        changes = sum(change.step > 0 for change in record.interventions)
        missing = [f"{numerals.counted(changes, 'change')} made on the way"] if changes else []
        if any(change.step == 0 for change in record.interventions) or record.source is not None:
            missing.append("its initial weights")
        self.noticed.emit(f"Copied: {command}")
        if missing:
            lacking = numerals.listed(missing)
            self.needs_file.emit(
                f"The copied command lacks {lacking}. A run file has the whole run."
            )

    @Slot()
    def paste_settings(self) -> None:
        """Start a run with the settings of a copied command."""
        try:
            config = config_of(QGuiApplication.clipboard().text())
        except SettingError as error:
            self.refused.emit(f"Could not paste settings: {error}")
        else:
            self.restart(config)

    @Slot(object)
    @in_turn
    def choose_targets(self, targets: tuple[int, ...]) -> None:
        """Start a run with other targets, and say how to undo that."""
        is_ours = self.watched is None
        config = replace(self._session.config, targets=targets)
        self.change_settings(config, "targets")
        if is_ours:  # else a notice says where it continues
            self.noticed.emit(_new_targets(config))

    @Slot(object)
    @in_turn
    def choose_targets_beside(self, targets: tuple[int, ...]) -> None:
        """Start again with other targets for the second run; for both if they share them."""
        first, second = self._session.config, self._project.beside
        if second is None or second.config.targets == first.targets:
            self.choose_targets(targets)
            return
        config = replace(second.config_at(self._project.step), targets=targets)
        self.restart(first, "B: targets", config)
        self.noticed.emit(f"B: {_new_targets(config)}")

    @Slot(str, float)
    def change_setting(self, name: str, value: float) -> None:
        """Change the rate or the momentum from the next step on."""
        self.set_weight(name, (), value)

    @Slot(str, object, float)
    @in_turn
    def set_weight(self, field: str, index: Index, value: float, beside: bool = False) -> None:
        """Change a weight, or a setting without an index, or continue a watched run with that.

        Before its newest step, pin the run as it is, and branch.
        """
        name = weight_name(field, index) if index else field
        label = f"{'B: ' * beside}{name} {numerals.plain(value)}"
        if self.watched is not None and not beside:
            self._continue(label, self.watched.config, (field, value, index))
            return
        step, second = self._session.step_wanted, self._project.beside
        run = second if beside and second is not None else self._project.record
        with self._change(label):
            name = self._pin(run, step) if step < run.newest else ""
            self._session.intervene(field, value, index, beside)
            if name:
                at = run.config.named(step)
                self.noticed.emit(f"Branched at {at}. The original is pinned as {name}.")

    @in_turn
    def open_alone(self, record: Record, label: str, step: int = 0) -> None:
        """Open a run of the lab at a step, alone; a watched run is pinned.

        Other runs aren't: who looks at many networks would pin each of them.
        """
        with self._change(label):
            if self.watched is not None:
                self._pin_others()
            self._open_run(record, step)

    @in_turn
    def open_network(self, record: Record) -> None:
        """Open a network of another program, alone, and pin what was trained before."""
        with self._change("import network"):
            self._begin("", record, record.newest)

    def keep(self, record: Record, step: int, name: str) -> bool:
        """Pin any run under a name, if there is space; return whether it is pinned now."""
        if not any(pinned.record == record for pinned in self._project.pinned):
            with self._change("pin", moves_current_run=False):
                self._project = self._project.pinning(record, step, self._unused(name))
        return any(pinned.record == record for pinned in self._project.pinned)

    @in_turn
    def open_anew(self, config: RunConfig, label: str, done: str = "") -> None:
        """Pin the trained runs, and open a new run alone; with a notice of it, train it."""
        with self._change(label):
            self._begin(done, Record(config))
            if done:
                self._session.play()

    @in_turn
    def try_beside(
        self, run: Record, step: int, changes: Mapping[str, float] | Weights, label: str, done: str
    ) -> None:
        """Change settings or weights of a run at a step, beside the run as it is; train both."""
        before = self._project
        with self._change(label):
            run, step = self._at_hand(run, step)
            self._pin_others(run)
            self._open_run(run, step, run)
            try:
                if isinstance(changes, Weights):
                    self._session.change(setting(changes, step))
                else:
                    self._session.change(Intervention(step, *one) for one in changes.items())
            except SettingError:
                self._open_run(before.record, before.step, before.beside)
                raise
            self.noticed.emit(done)
            self._session.play()

    @in_turn
    def try_longer(self, run: Record, step: int, steps: int, label: str, done: str) -> None:
        """Train a run on from a step for exactly so many steps."""
        with self._change(label):
            run, step = self._at_hand(run, step)
            if run is not self._project.record or step != self._session.step_wanted:
                self._pin_others(run)
                self._open_run(run, step)
            self.noticed.emit(done)
            self._session.step(steps)

    @Slot(object)
    @in_turn
    def start_side_by_side(self, config: RunConfig) -> None:
        """Start a second run beside the first, both at step 0 and from the same weights.

        A run whose settings changed on the way is pinned, and begins again with those it has now:
        else the two would differ in more than what was chosen.
        """
        record, step = self._project.record, self._project.step
        with self._change("compare side by side"):
            if any(change.step and not change.index for change in record.interventions):
                self.noticed.emit(self._kept("The branched run", record, step) + GOES_BACK)
                record = started_alike(record, self._session.config)
            # The settings may have been chosen before the run had changed.
            shared = {name: getattr(record.config, name) for name in SAME_BESIDE}
            self._open_run(record, 0, started_alike(record, replace(config, **shared)))

    @Slot()
    @in_turn
    def end_side_by_side(self) -> None:
        """Close the second run; pin it if there is space."""
        project = self._project
        if project.beside is None:
            return
        with self._change("end side by side"):
            if project.beside.newest > 0:
                told = self._kept("Run B", project.beside, project.step)
                self.noticed.emit(told + GOES_BACK)
            self._open_run(project.record, project.step)

    @Slot()
    @in_turn
    def pin(self) -> None:
        """Pin the current run, or both runs side by side."""
        project = self._project
        names = {pinned.record: pinned.name for pinned in project.pinned}
        fresh = [r for r in (project.record, project.beside) if r is not None and r not in names]
        if not fresh:
            self.noticed.emit(f"This run is already pinned as {names[project.record]}.")
            return
        with self._change("pin", moves_current_run=False):
            pinned = " and ".join([self._pin(record, project.step) for record in fresh])
            self.noticed.emit(f"Pinned as {pinned}.")

    @Slot(int, str)
    def rename(self, style: int, name: str) -> None:
        with self._change("rename", moves_current_run=False):
            self._project = self._project.changing(style, name=name)

    @Slot(int, bool)
    def show_run(self, style: int, is_shown: bool) -> None:
        with self._change("show" if is_shown else "hide", moves_current_run=False):
            self._project = self._project.changing(style, is_shown=is_shown)

    @Slot(int)
    @in_turn
    def delete(self, style: int) -> None:
        name = self._project.pinned_as(style).name
        with self._change(f"delete {name}", moves_current_run=False):
            self._project = self._project.without(style)
        self.noticed.emit(f"Deleted {name}. Undo brings it back.")

    @Slot(int)
    @in_turn
    def recall(self, style: int) -> None:
        """Make a pinned run the current one, at the step it was pinned at, or follow its program.

        What was trained before is pinned if it is not already.
        """
        run = self._project.pinned_as(style)
        with self._change(f"open {run.name}"):
            self._begin("", run.record, run.step)
            source = run.record.source
            if source is not None and source.is_live:
                self._session.play()

    @property
    def watched(self) -> Record | None:
        """The current run, if another program trains it."""
        record = self._project.record
        return record if record.source is not None else None

    @in_turn
    def watch(self, record: Record) -> None:
        """Make a watched run the current one and follow it; pin what was trained before."""
        assert record.source is not None
        name = record.source.name
        with self._change(f"watch {name}"):
            self._begin(f"Watching {name}.", record, record.newest)
            self._session.play()

    @Slot()
    @in_turn
    def continue_here(self) -> None:
        """Open the state shown as a run trained by xorviz, which waits for Run."""
        if self.watched is not None:
            self._session.pause()
            self._continue("train from this state", self.watched.config)

    @Slot()
    @in_turn
    def train_twin(self) -> None:
        """Train what correct code does with the recipe, from the first state, side by side."""
        record = self.watched
        if record is None or record.source is None:
            return
        source, record = record.source, by_passes(record)
        with self._change("compare with a correct copy"):
            if (second := self._project.beside) is not None and second.newest > 0:
                self._pin(second, self._project.step)
            self._open_run(record, 0, continued(record, 0))
            assumed = (f"{SETTINGS[one].short} assumed" for one in source.assumed)
            recipe = joined((*recipe_parts(record.config).values(), *assumed))
            self.noticed.emit(
                f"A is {source.name}, B is correct code from the same first state: {recipe}."
            )
            self._session.play()

    def _continue(
        self, label: str, config: RunConfig, change: tuple[str, float, Index] | None = None
    ) -> None:
        """Begin a run of xorviz's from the state shown, with other settings, or one change.

        Train it if the watched run was followed.
        """
        record, step = self._project.record, self._session.step_wanted
        step = record.towards(step, step + 1)  # the kept one
        is_played = self._session.playing
        with self._change(label):
            begun = Recording(continued(record, step, config))
            if change is not None:
                begun.intervene(*change)
            at = record.config.named(step)
            self._begin(f"Continued from {at} of the watched run.", begun.record())
            if is_played:
                self._session.play()

    def _at_hand(self, run: Record, step: int) -> tuple[Record, int]:
        """Return a run and its step, with its later steps if it's the current one or beside that.

        For a watched run, return one of xorviz's that continues it there.
        """
        if run.source is not None:
            return continued(run, step), 0
        made = at_step(run.interventions, step)
        for other in (self._project.record, self._project.beside):
            is_whole = other is not None and run.is_part_of(other)
            if other and is_whole and at_step(other.interventions, step) == made:
                return other, step
        return run, step


def _new_targets(config: RunConfig) -> str:
    """Return the notice that a run starts again with its targets."""
    shown = " ".join(number_of(config.targets[row], config) for row in COUNTED)
    name = FUNCTIONS["".join(map(str, config.targets))]
    return f"The run starts again with targets {shown} ({name}).{GOES_BACK}"
