"""Base class of the views of a plan's results."""

from typing import Any

from PySide6.QtCore import Signal, Slot

from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.base.view import View


class LabView(View):
    """A view of a part of a plan's results; empty before there is a plan.

    Pointers, menus and keys are about what is drawn, which is older than the latest results while
    the view is hidden. They are dropped when another plan, or another part of it, is drawn.
    """

    open_requested = Signal(object, int)
    """RunConfig of a network to make the current run, and the step to train it to."""

    has_table = True

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._snapshot: LabSnapshot | None = None
        self._part: Any = 0
        self._drawn: LabSnapshot | None = None
        """The results that are drawn; what a pointer points at is one of them."""
        self._drawn_part: Any = 0

    @property
    def snapshot(self) -> LabSnapshot | None:
        """The latest results."""
        return self._snapshot

    @property
    def places(self) -> range:
        """Indices in the plan of the networks shown; empty before there is a plan."""
        return range(0 if self._snapshot is None else len(self._snapshot.plan))

    @property
    def is_empty(self) -> bool:
        return self._snapshot is None

    @Slot(object)
    def show_snapshot(self, snapshot: LabSnapshot | None, part: Any = 0) -> None:
        """Draw the results of a part of a plan, now or as soon as the view is visible.

        What a part is depends on the view: a recipe's index, or the MapPlan.
        """
        self._snapshot, self._part = snapshot, part
        self._draw_again()

    def _draw_latest(self) -> None:
        before, self._drawn = self._drawn, self._snapshot
        part, self._drawn_part = self._drawn_part, self._part
        if _plan(before) is not _plan(self._drawn) or part != self._drawn_part:
            self._let_go()
        if self._drawn is None:
            self._draw_nothing()
        else:
            self._draw(self._drawn)

    def _let_go(self) -> None:
        """Drop pointers and menus: they are about networks that are drawn no more."""
        raise NotImplementedError

    def _draw(self, snapshot: LabSnapshot) -> None:
        """Draw the results."""
        raise NotImplementedError

    def _draw_nothing(self) -> None:
        """Show a hint on what the view will show, and how to start it."""
        raise NotImplementedError


def _plan(snapshot: LabSnapshot | None) -> LabPlan | None:
    return None if snapshot is None else snapshot.plan
