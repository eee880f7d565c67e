"""Tries changes that may fix the current run, by the lab's workers."""

import random
import time
from collections.abc import Hashable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core import numerals
from xorviz.core.network import weights_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.engine.lab_runner import LabRunner, Order, Progress
from xorviz.files.weights.known import Known
from xorviz.lab.trials.trials import Change, Trial, best_text, key_of, outlook, trial_of
from xorviz.panels.why.fixes import ALL_CORRECT, AT_REST, Trying, effect
from xorviz.panels.why.why import Why
from xorviz.window.document.document import Document

_MOST_KEPT = 32
"""Trials whose results are kept."""
_ENOUGH = 0.3
"""Share of a trial that its pace is measured over at least."""
_ORDERS = "fixes "
"""The beginning of the names of orders, before a number."""


class TrialsController(QObject):
    """Has one trial at a time trained, and shows it; another state's replaces it.

    A trial is about the step at which it was asked for, whatever the run does meanwhile. The
    results of each state are kept, and shown at once when it is asked for again.
    """

    changed = Signal()
    """There are new results, or another state of the lab's work on them."""
    noticed = Signal(str)

    def __init__(self, runner: LabRunner, document: Document, view: Why) -> None:
        super().__init__(runner)
        self._runner, self._document, self._view = runner, document, view
        self._trial: Trial | None = None
        self._orders: tuple[Order, ...] = ()
        """Those of the trial that are not carried out yet."""
        self._state = AT_REST
        self._kept: dict[Hashable, Trial] = {}
        self._begun: tuple[float, float] | None = None
        """When the first results came, and the share that was done then."""
        runner.progressed.connect(self._show_progress)
        runner.changed.connect(self._show_orders)
        view.fixes.all_requested.connect(self.try_all)
        view.fixes.cancel_requested.connect(self.cancel)
        view.fixes.fix_requested.connect(self.make)
        view.shown.connect(self._recall)

    @property
    def is_going_on(self) -> bool:
        """Whether a trial is in training or waiting."""
        return bool(self._orders)

    @property
    def current(self) -> Trial | None:
        """The trial of the very state that is shown, if there is one."""
        seen = self._view.snapshot
        return None if seen is None else self.of(seen)

    @property
    def is_known(self) -> bool:
        """Whether all is tried, or being tried, for the very state that is shown."""
        return self.current is not None and (self.current.is_done or self.is_going_on)

    def of(self, seen: Snapshot) -> Trial | None:
        """Return the trial of this very state, if it is the one that is shown."""
        trial = self._trial
        return trial if trial is not None and trial.is_about(seen) else None

    def best_fix(self, seen: Snapshot) -> tuple[str, str] | None:
        """Return the change that is known to work best in a state, and what it does."""
        trial = self.of(seen)
        if trial is None or not trial.is_done or (best := trial.best) is None:
            return None
        return best.change.title, f"{best_text(best)}: {effect(best.change)}"

    def make_best(self) -> bool:
        """Make the change that works best in the state that is shown, if one does."""
        trial = self.current
        if trial is None or not trial.is_done or (best := trial.best) is None:
            return False
        make_change(self._document, trial, best.change)
        return True

    @Slot()
    def try_all(self, known: Known | None = None) -> None:
        """Try all changes to the run at the step that is shown, unless that is done.

        Of another program's network its steps may be ``known``, and its rate may not. A trial that
        was cancelled continues.
        """
        if (seen := self._view.snapshot) is None:
            return
        if seen.right.all():
            self.noticed.emit(ALL_CORRECT)
            return
        if self.is_known:
            return
        self._drop()
        asked = (None if known else self.current) or self._kept.get(key_of(seen))
        if asked is None:
            asked = trial_of(seen, known.steps, known.knows_rate) if known else trial_of(seen)
        self._trial, self._state, self._begun = asked, AT_REST, None
        self._orders = tuple(
            Order(f"{_ORDERS}{number}", one.plan, "Fixes")
            for number, one in enumerate(asked.rounds[asked.done :])
        )
        for order in self._orders:
            self._runner.train(order)
        self._show()

    @Slot()
    def _recall(self) -> None:
        """Show what was tried before of a run that is shown again, as after Undo."""
        seen, trial = self._view.snapshot, self._trial
        if seen is None or self._orders or (trial and trial.subject.run == seen.run):
            return
        if self._kept and (known := self._kept.get(key_of(seen))) not in (None, trial):
            self._trial, self._state = known, AT_REST
            self._show()

    @Slot()
    def cancel(self) -> None:
        """Stop the trial, and keep the results so far."""
        if self._orders:
            self._stop("Cancelled.")

    @Slot(object, str)
    def make(self, trial: Trial, name: str) -> None:
        """Make a change to the run that a trial is about, and train on."""
        if (change := trial.change(name)) is None:
            self.noticed.emit(NO_WAY)
        else:
            make_change(self._document, trial, change)

    def _stop(self, why: str) -> None:
        self._drop()
        self._state = Trying(note=why)
        self._show()

    def _drop(self) -> None:
        """Take the orders of the trial back."""
        orders, self._orders = self._orders, ()
        for order in orders:
            self._runner.cancel(order.name)

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        if self._trial is None or not self._orders or progress.order is not self._orders[0]:
            return
        if progress.trouble:
            self._stop(f"The lab stopped with an error: {progress.trouble}")
        elif progress.snapshot.was_stopped:
            self.cancel()
        else:
            self._add(progress)

    def _add(self, progress: Progress) -> None:
        """Add the results of the order under way, and report once how the network fares."""
        assert self._trial is not None
        self._trial = self._trial.after(progress.snapshot)
        self._measure(self._trial)
        if progress.is_over:
            self._orders = self._orders[1:]
        if self._trial.is_done:
            self._state = AT_REST
            self._kept[key_of(self._trial.subject)] = self._trial
            for key in [*self._kept][:-_MOST_KEPT]:
                del self._kept[key]
            told = outlook(self._trial.tried)
            if told and self.current is not None:  # else other weights are shown
                self.noticed.emit(told)
        self._show()

    def _measure(self, trial: Trial) -> None:
        """Measure how long a trial takes, without the start of the workers and compilation."""
        now, share = time.monotonic(), trial.share
        if self._begun is None:
            self._begun = now, share
        elif trial.is_done:
            begun, before = self._begun
            work = trial.seconds() - trial.seconds(0.0)
            if share - before > _ENOUGH:
                self._view.fixes.pace = (now - begun) / (work * (share - before))

    @Slot()
    def _show_orders(self) -> None:
        """Note what the lab does before the trial, and whether it was taken back."""
        if not self._orders:
            return
        orders = self._runner.orders
        if self._orders[0] not in orders:
            self.cancel()
            return
        is_on = orders[0].name.startswith(_ORDERS)
        waits = "" if is_on else f"Waiting for {orders[0].title} to finish."
        if self._state != (state := Trying(is_going_on=True, note=waits)):
            self._state = state
            self._show()

    def _show(self) -> None:
        self._view.show_trial(self._trial, self._state)
        self.changed.emit()


NO_WAY = "Along the direction that curves down, no loss is lower than here."
"""Why the one change that depends on the weights cannot be made."""


def make_change(document: Document, trial: Trial, change: Change) -> None:
    """Make a change at the step that a trial is about, or restart with it; and train.

    Chance is a seed that was tried, or would be; a new run has one that no run at hand has.
    """
    subject, name, settings = trial.subject, change.name, change.settings
    here = subject.record, subject.step
    label, word = change.title[0].lower() + change.title[1:], subject.config.step_word
    at = f"{word} {numerals.whole(subject.step)}"
    if change.start is None:
        config = change.config
        if not change.is_certain and (name == "another seed" or name.endswith(", anew")):
            config = replace(config, seed=_unused(document, trial, change))
        done = f"{change.title}: a new run from seed {numerals.plain(config.seed)}."
        document.open_anew(config, label, done)
    elif "steps" in settings:
        more = numerals.counted(settings["steps"], f"more {word}")
        done = f"{more} from {at} on. Undo goes back."
        document.try_longer(*here, settings["steps"], label, done)
    else:
        seed = random.choice(trial.seeds_of(change))
        by = f", seed {numerals.plain(seed)}" if change.start.kick else ""
        done = f"{change.title}{by}: run A from {at} on. Run B continues unchanged. Undo goes back."
        moved, _ = change.start.for_seed(seed, change.config)
        is_move = settings.keys() & {"kick", "follow"}
        changes = weights_of(moved, change.config) if is_move else settings
        document.try_beside(*here, changes, label, done)


def _unused(document: Document, trial: Trial, change: Change) -> int:
    """Return a seed that neither the trial's run nor one of the project has."""
    project = document.project
    runs = [project.record, project.beside, *(one.record for one in project.pinned)]
    used = {run.config.seed for run in runs if run is not None} | {trial.subject.config.seed}
    return random.choice([seed for seed in trial.seeds_of(change) if seed not in used])
