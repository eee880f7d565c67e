"""The lab in a lesson: the recipe that it shows, and what comes out."""

from collections.abc import Callable, Collection
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog

from xorviz.core import numerals
from xorviz.core.runs.recipe_text import instead
from xorviz.core.settings import RunConfig
from xorviz.engine.lab_runner import Order, Progress
from xorviz.lessons.course import strayed
from xorviz.lessons.evidence import LabSeen
from xorviz.lessons.lesson import LabTask, LessonStep
from xorviz.window.lab.lab_controller import SEEDS, LabController
from xorviz.window.lessons.lesson_runs import start_of
from xorviz.window.lessons.own_lab import OwnLab, orders_of

OWN_FIRST = "The lab still trains what you asked for before the lesson. Wait, or press Cancel lab."
_NUMBERS = {"lab_seed_count": "seeds", "lab_first_seed": "first seed", "lab_steps": "steps"}


class LessonLab(QObject):
    """Sets the lab up for a lesson, and brings back what the user had there."""

    seen = Signal(object)  # LabSeen
    changed = Signal()
    """The recipe has changed, or an order has begun or ended."""

    def __init__(self, made: Callable[[], LabController | None], parent: QObject) -> None:
        """Take what returns the lab, if it is made."""
        super().__init__(parent)
        self._made = made
        self._lab: LabController | None = None
        self._own: OwnLab | None = None
        self._free: Collection[str] | None = None
        """The settings that can be changed; None for all."""
        self._dropped: tuple[Order, OwnLab] | None = None
        """The order of a lesson that was left, until its end is reported; what is shown then."""

    @property
    def is_training(self) -> bool:
        """Whether seeds are being trained."""
        return self._lab is not None and bool(orders_of(self._lab.runner))

    @property
    def trouble(self) -> str:
        """Why nothing can be trained for a lesson now."""
        if self._lab is None or self._own is None:
            return ""
        is_own = any(order in self._own.orders for order in orders_of(self._lab.runner))
        return OWN_FIRST if is_own else ""

    def set_aside(self) -> None:
        """Keep what the user has in the lab, if that is made and it is not kept already."""
        lab = self._made()
        if lab is None or self._own is not None:
            return
        if self._lab is None:
            self._lab = lab
            lab.recipe.enable_only(self._free)
            lab.runner.progressed.connect(self._note_progress)
            lab.runner.changed.connect(self.changed)
            lab.recipe.recipe_changed.connect(self.changed)
            for field in lab.recipe.numbers.values():
                field.valueChanged.connect(self.changed)
        self._own = OwnLab.of(lab)

    def bring_back(self) -> None:
        """Cancel what a lesson has ordered, and show again what the user had."""
        lab, own, self._own = self._lab, self._own, None
        if lab is None or own is None:
            return
        for dialog in lab.recipe.window().findChildren(QDialog, "lab_cost_dialog"):
            dialog.close()
        orders = [order for order in orders_of(lab.runner) if order not in own.orders]
        if orders:
            if orders[0] is lab.runner.under_way:
                self._dropped = orders[0], own
            lab.runner.cancel(SEEDS)
        own.bring_back(lab)

    def enable_only(self, names: Collection[str] | None) -> None:
        """Enable the fields of these settings, with None of all."""
        self._free = names
        if self._lab is not None:
            self._lab.recipe.enable_only(names)

    def clear(self) -> None:
        """Show no results: they may tell what is to be predicted."""
        self.set_aside()
        assert self._lab is not None
        for view in (self._lab.seeds, self._lab.gallery):
            view.show_snapshot(None)

    def begin(self, task: LessonStep) -> None:
        """Show the recipe, the seeds and the steps of a step; the lab must be made."""
        self.set_aside()
        assert self._lab is not None
        assert task.lab is not None
        self.show(start_of(task, self._lab.recipe.recipe), task.lab)

    def show(self, recipe: RunConfig, task: LabTask) -> None:
        """Show a recipe; it follows the current run if that has the same one."""
        assert self._lab is not None
        panel = self._lab.recipe
        panel.follow_current_run()
        if replace(panel.recipe, seed=recipe.seed) != recipe:
            panel.show_recipe(recipe)
        for name, value in _numbers_of(task).items():
            panel.numbers[name].setValue(value)

    def run(self, recipe: RunConfig, task: LabTask) -> None:
        """Show a recipe, and train it."""
        assert self._lab is not None
        self.show(recipe, task)
        self._lab.run()

    @property
    def recipe(self) -> RunConfig | None:
        """The recipe that the panel shows, if it is made."""
        return None if self._lab is None else self._lab.recipe.recipe

    def strayed(self, task: LessonStep) -> str:
        """Return in what the panel does not show what a step asks for, as text."""
        if self._lab is None or task.lab is None:
            return ""
        panel = self._lab.recipe
        names = strayed(task, panel.recipe) - {task.control}
        told = [instead(panel.recipe, task.recipe, sorted(names))] if names else []
        for name, wanted in _numbers_of(task.lab).items():
            if (value := panel.numbers[name].value()) != wanted:
                found, asked = numerals.whole(value), numerals.whole(wanted)
                told.append(f"{_NUMBERS[name]} {found} instead of {asked}")
        return ", ".join(told)

    @Slot(object)
    def _note_progress(self, progress: Progress) -> None:
        order, snapshot = progress.order, progress.snapshot
        if self._dropped is not None and order is self._dropped[0]:
            assert self._lab is not None
            self._dropped[1].show_results(self._lab)
            self._dropped = None if progress.is_over else self._dropped
        elif self._own is None or order.name != SEEDS:
            return
        elif order in self._own.orders:
            self._own = replace(self._own, results=snapshot)
        elif snapshot.done.all() and (summary := snapshot.summary()) is not None:
            plan = snapshot.plan
            seeds = tuple(plan.seeds)
            self.seen.emit(LabSeen(plan.recipes[0], seeds, plan.steps, summary.right))


def _numbers_of(task: LabTask) -> dict[str, int]:
    return dict(zip(_NUMBERS, (task.seeds, 0, task.steps), strict=True))
