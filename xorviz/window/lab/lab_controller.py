"""Connects the panels of the lab with its workers and with the current run."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from xorviz.core import numerals
from xorviz.core.numerals import duration, memory
from xorviz.core.rules import SettingError, Switch, checked
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.lab_runner import LabRunner, Order, Progress
from xorviz.engine.session import TrainingSession, in_turn
from xorviz.lab import NETWORK_COUNT
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.map import MapPlan, StartMap
from xorviz.panels.lab.lab_gallery import LabGallery
from xorviz.panels.lab.lab_map import PAIRS, LabMap
from xorviz.panels.lab.lab_seeds import Headline, LabSeeds
from xorviz.panels.lab.recipe import LabRecipe
from xorviz.panels.settings.controls import Controls
from xorviz.panels.why.why import Why
from xorviz.ui.keys import allow
from xorviz.window.bars.actions import LAB_IDLE, Actions
from xorviz.window.document.document import Document
from xorviz.window.document.file_dialogs import open_named, question
from xorviz.window.document.settings import LAB_RECIPE, Settings
from xorviz.window.lab.trials_controller import TrialsController
from xorviz.window.layout.view_set import ViewSet

_SAME = 1e-3
"""Relative tolerance of losses that count as equal."""


class OpenFromLab(QObject):
    """Opens networks of the lab as the current run, and notices if the loss differs there.

    With NumPy the lab sums in another order than the current run. In most recipes only the last
    bits differ; in unstable ones the difference grows until it decides the outcome.
    """

    noticed = Signal(str)

    def __init__(self, session: TrainingSession, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._document = session, document
        self._awaited: tuple[str, RunConfig, int, float] | None = None
        """A network being trained to a step: name and settings, the step, its loss in the lab."""
        session.snapshot_arrived.connect(self._compare)

    @in_turn
    def open(self, run: Record, step: int, loss: float, name: str) -> None:
        """Open a network alone, and train it to a step in slices; ``loss`` is the lab's there."""
        self._awaited = None
        self._document.open_alone(run, name)
        if step:
            self._session.step(step)
            self._awaited = name, run.config, step, loss
            self._notice(f"Opening {name} at {run.config.step_word} {numerals.whole(step)}.")
        else:
            self._notice(f"{name.capitalize()} is open, untrained at step 0.")

    @Slot(object)
    def _compare(self, seen: Snapshot) -> None:
        """Report that the network has reached its step, and whether the loss differs there."""
        if self._awaited is None:
            return
        name, config, step, loss = self._awaited
        is_given_up = self._session.activity is Activity.PAUSED
        if seen.config != config or seen.step >= step or is_given_up:
            self._awaited = None
        if (seen.config, seen.step) != (config, step):
            return
        name, at = name.capitalize(), f"at {config.step_word} {numerals.whole(step)}"
        if math.isnan(loss):  # it is not among the seeds shown
            self._notice(f"{name} is open {at}.")
        elif not math.isclose(seen.loss, loss, rel_tol=_SAME):
            here, there = numerals.real(seen.loss), numerals.real(loss)
            self.noticed.emit(
                f"{name} {at}: loss {here} here, {there} in the lab. Rounding decides this run."
            )
        else:
            self._notice(f"{name} is open {at}, as in the lab.")

    def _notice(self, text: str) -> None:
        self.noticed.emit(f"{text} See it in Learn. Undo goes back.")


SEEDS = "seeds"
_MAP = "map"
"""Names of orders."""
_EXPENSIVE_SECONDS, _EXPENSIVE_MEGABYTES = 60, 500


class LabController(QObject):
    """Trains what the panels of the lab request. The workers start with the first order.

    Made with the panels, since it takes time to load. Lives in the window's thread.
    """

    noticed = Signal(str)

    def __init__(
        self,
        session: TrainingSession,
        document: Document,
        settings: Settings,
        actions: Actions,
        views: ViewSet,
    ) -> None:
        super().__init__(document)
        self._session, self._document = session, document
        self._run_action, self._cancel_action = actions["lab_run"], actions["lab_cancel"]
        self.recipe, self.seeds, self.map = views[LabRecipe], views[LabSeeds], views[LabMap]
        self.gallery = views[LabGallery]
        self.runner = LabRunner(self, kernel=session.preparation.kernel)
        self.trials = TrialsController(self.runner, document, views[Why])
        self.trials.noticed.connect(self.noticed)
        self._opener = OpenFromLab(session, document, self)
        self._opener.noticed.connect(self.noticed)
        self._latest: Progress | None = None
        """The last progress of an order."""
        self._cell: tuple[LabPlan, int] | None = None
        """The cell whose seeds are shown: the map's plan and the recipe's index."""
        self._newest = document.project.record.newest
        """The newest step of the current run, as far as seen."""
        self._connect_runner()
        self._connect_views()
        self._keep_choices(settings)
        self.recipe.show_current_run(replace(session.config, seed=0))
        self.map.show_run(document.project.record)
        self.recipe.show_own_steps(self._limit, self._newest)
        session.snapshot_arrived.connect(self._follow_current_run)
        session.activity_changed.connect(self.follow_steps)
        views[Controls].rules_requested.connect(self.follow_steps)  # the session has them by then

    @Slot()
    def run(self) -> None:
        """Train the recipe with all its seeds."""
        try:
            plan = self.recipe.plan
        except SettingError as error:
            self.noticed.emit(str(error))
            return
        self._order_seeds(plan)

    def run_current(self) -> None:
        """Train the current run's recipe and steps with all its seeds."""
        self.recipe.follow_current_run()
        self.run()

    def _connect_runner(self) -> None:
        self.runner.progressed.connect(self._show_progress)
        self.runner.changed.connect(self._show_orders)
        self.runner.compiling_changed.connect(self._session.preparation.set_compiling)
        self.runner.fell_back.connect(self.noticed)
        self._cancel_action.triggered.connect(self.runner.cancel_all)

    def _connect_views(self) -> None:
        self.recipe.offer((self._run_action, self._cancel_action))
        self.recipe.recipe_changed.connect(self.map.show_base)
        for panel in (self.seeds, self.map, self.gallery):
            panel.open_requested.connect(self._open)
        self.map.set_jobs(self.runner.jobs)
        self.map.map_requested.connect(self._order_map)
        self.map.cancel_requested.connect(partial(self.runner.cancel, _MAP))
        self.map.cell_requested.connect(self._show_cell)

    def _order_seeds(self, plan: LabPlan) -> None:
        self._order(Order(SEEDS, plan, numerals.counted(len(plan), "seed")))

    def _order(self, order: Order) -> None:
        """Train a plan; ask first if it is expensive."""
        plan, train = order.plan, partial(self._train, order)
        if self.runner.has(order):  # a restart would only lose finished work
            self._say_when(order)
            return
        try:
            checked(NETWORK_COUNT, "The number of networks", len(plan))
        except SettingError as error:
            self.noticed.emit(str(error))
            return
        if is_expensive(plan, self.runner.jobs):
            ask_about_cost(self.recipe.window(), plan, self.runner.jobs, train)
        else:
            train()

    def _train(self, order: Order) -> None:
        self.runner.train(order)
        if order.name == SEEDS and self._trains_another:
            self._say_when(order)

    @property
    def _trains_another(self) -> bool:
        """Whether other networks than seeds are being trained."""
        return any(order.name != SEEDS for order in self.runner.orders[:1])

    def _say_when(self, order: Order) -> None:
        """Show that an order is in training, or what it waits for."""
        now, what = self.runner.orders[0], order.title
        if now == order:
            text = f"The lab is already training: {what}. Cancel lab stops it."
        else:
            text = f"Waiting for {now.title} to finish: {what}. Cancel lab stops all."
        self.noticed.emit(text)

    @Slot(object)
    def _order_map(self, requested: MapPlan | StartMap) -> None:
        self._order(Order(_MAP, requested.plan, requested.title, requested))

    @Slot(object, int)
    def _show_cell(self, snapshot: LabSnapshot, recipe: int) -> None:
        """Show the seeds of a cell of the map, and make it the recipe."""
        config, plan = snapshot.plan.recipes[recipe], snapshot.plan
        self.recipe.show_recipe(config)
        if self._trains_another:
            # Show what the map has of these seeds until the lab trains them.
            self._cell = (snapshot.plan, recipe)
            self.seeds.show_snapshot(snapshot, recipe)
            self.gallery.show_snapshot(None)
        seeds = LabPlan((config,), plan.seeds, plan.steps, plan.rules)
        self._order_seeds(seeds)

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        self._latest = progress
        # An order cancelled before its first result replaces nothing.
        if progress.snapshot.progress > 0 or not progress.is_over:
            self._show_snapshot(progress.order, progress.snapshot)
        if progress.is_over:
            self._show_end(progress)
        else:
            self._update_progress()

    def _show_end(self, progress: Progress) -> None:
        is_own = progress.order.name in {SEEDS, _MAP}  # what became of fixes is in Why?
        self.recipe.show_idle(_ended(progress) if is_own else "")
        if progress.trouble:
            self.noticed.emit(f"The lab stopped with an error: {progress.trouble}")
        elif progress.order.name == SEEDS and progress.snapshot.done.all():
            head = Headline.of(progress.snapshot)  # the most important first: it may be cut off
            self.noticed.emit(head.published or head.spoken)

    def _show_snapshot(self, order: Order, snapshot: LabSnapshot) -> None:
        if order.name == SEEDS:
            self._cell = None
            self.seeds.show_snapshot(snapshot)
            self.gallery.show_snapshot(snapshot)
            self.recipe.show_results(snapshot)
        elif isinstance(order.subject, MapPlan | StartMap):
            self.map.show_snapshot(snapshot, order.subject)
            if self._cell is not None and self._cell[0] is snapshot.plan:
                self.seeds.show_snapshot(snapshot, self._cell[1])

    def _update_progress(self) -> None:
        """Show the progress of the running order, and what comes next."""
        if not self.runner.orders:
            return
        latest, (now, *waiting) = self._latest, self.runner.orders
        share = left = 0.0
        if latest is not None and latest.order is now and not latest.is_over:
            share, left = latest.snapshot.progress, latest.seconds_left
        then = waiting[0].title if waiting else ""
        then += f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
        self.recipe.show_progress(share, left, now.title, then)

    @Slot()
    def _show_orders(self) -> None:
        """Show the orders, and enable Cancel if there are any."""
        names = {order.name for order in self.runner.orders}
        self._update_progress()
        allow(self._cancel_action, "" if names else LAB_IDLE)
        self.map.set_running(_MAP in names)
        for panel in (self.seeds, self.gallery):
            panel.show_ordered(SEEDS in names)

    @Slot(object)
    def _follow_current_run(self, seen: Snapshot) -> None:
        self.recipe.show_current_run(replace(seen.config, seed=0))  # which is in no recipe
        self.map.show_run(seen.record)
        self._newest = seen.newest
        self.follow_steps()

    @Slot()
    def follow_steps(self) -> None:
        """Show how many steps the current run takes; without a limit, once it has come to rest."""
        limit = self._limit
        if limit is None and self._session.activity.is_training:
            return
        self.recipe.show_own_steps(limit, self._newest)

    @property
    def _limit(self) -> int | None:
        """The step that the current run stops at; the program of a watched run knows no rules."""
        return self._session.rules.at_step if self._document.watched is None else None

    @Slot(object, int)
    def _open(self, run: RunConfig | Record, step: int) -> None:
        """Open a network as the current run, with its loss in the lab if that is known."""
        if isinstance(run, Record):
            self._opener.open(run, step, math.nan, "this start")
            return
        record, loss, snapshot = Record(run), math.nan, self.seeds.snapshot
        if snapshot is not None and (place := snapshot.plan.place_of(run)) is not None:
            record = snapshot.plan.record(place)
            loss = float(snapshot.loss[place]) if snapshot.steps[place] == step else math.nan
        self._opener.open(record, step, loss, f"seed {run.seed}")

    def _keep_choices(self, settings: Settings) -> None:
        """Restore the last choices of the panels, and save each new one."""
        recipe, head = self.recipe, self.map.head
        follow = recipe.follow_steps
        settings.keep(follow.objectName(), Switch(), True, follow.setChecked, follow.toggled)
        for field in (*recipe.numbers.values(), *head.counts):
            now, show = round(field.value()), field.setValue
            if field is recipe.numbers["lab_steps"]:
                show = recipe.restore_steps
            settings.keep(field.objectName(), field.rule, now, show, field.valueChanged)
        settings.keep("map_pair", PAIRS, head.pair, head.choose_pair, head.pair_requested)
        if (own := settings.config(LAB_RECIPE)) is not None:
            recipe.show_recipe(own)

        def save() -> None:
            own = None if recipe.follows_current_run else recipe.recipe
            settings.set_config(LAB_RECIPE, own)

        recipe.recipe_changed.connect(save)
        recipe.follows_changed.connect(save)


def _ended(progress: Progress) -> str:
    """Return how an order ended, in a few words."""
    snapshot, what = progress.snapshot, progress.order.title
    if not snapshot.was_stopped:
        return f"{what}: done"
    how = "failed" if progress.trouble else "cancelled"
    return f"{what}: {how} at {int(100 * snapshot.progress)} %"


def is_expensive(plan: LabPlan, jobs: int) -> bool:
    """Return whether a plan takes long or much memory, so that it must be confirmed."""
    return plan.seconds(jobs) > _EXPENSIVE_SECONDS or plan.megabytes > _EXPENSIVE_MEGABYTES


def ask_about_cost(parent: QWidget, plan: LabPlan, jobs: int, proceed: Callable[[], None]) -> None:
    """Show the cost of a plan, and proceed if it is accepted."""
    networks, steps = numerals.whole(len(plan)), numerals.whole(plan.steps)
    dialog = question(parent, f"Train {networks} networks for {steps} steps each?")
    dialog.setInformativeText(
        f"This takes about {duration(plan.seconds(jobs))} on {numerals.counted(jobs, 'core')} and "
        f"{memory(plan.megabytes)} of memory. You can cancel at any time and keep the results so "
        "far."
    )
    train = dialog.addButton("Train", QMessageBox.ButtonRole.AcceptRole)
    dialog.setDefaultButton(dialog.addButton(QMessageBox.StandardButton.Cancel))
    train.clicked.connect(proceed)
    open_named(dialog, "lab_cost_dialog")
