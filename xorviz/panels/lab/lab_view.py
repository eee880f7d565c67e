"""Base classes of the views of a plan's results, and of those that picture its networks."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QMenu, QStackedLayout, QWidget

from xorviz.core import numerals
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.base.view import View
from xorviz.panels.lab.outcomes import network_text
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.tiles import Tiles
from xorviz.ui.forms.boxes import STRETCH, column
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded


@guarded
class LabView(View):
    """A view of a part of a plan's results; empty before there is a plan.

    Pointers, menus and keys are about what is drawn, which is older than the latest results while
    the view is hidden. They are dropped when another plan, or another part of it, is drawn.

    Enter does what a click does, and Shift with either makes a network the current run.
    """

    open_requested = Signal(object, int)
    """RunConfig or Record of a network to make the current run, and the step to train it to."""

    has_table = True

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.snapshot: LabSnapshot | None = None
        """The latest results."""
        self._part: Any = 0
        self._drawn: LabSnapshot | None = None
        """The results that are drawn; what a pointer points at is one of them."""
        self._drawn_part: Any = 0
        self._followed: Any = None
        """The picture of the networks, whose spots have a centre, clicks and menus."""
        self._pointed: Any = None
        """The spot that is read out."""
        self._menu = QMenu(self)
        """Of a spot; empty before it is opened."""

    @property
    def places(self) -> range:
        """Indices in the plan of the networks shown; empty before there is a plan."""
        return range(0 if self.snapshot is None else len(self.snapshot.plan))

    @property
    def is_empty(self) -> bool:
        return self.snapshot is None

    def describe(self, snapshot: LabSnapshot) -> str:  # noqa: ARG002
        """Return in a sentence or two what is drawn of a plan's results."""
        return self.explanation

    def description(self) -> str:
        return self.explanation if self._drawn is None else self.describe(self._drawn)

    @Slot(object)
    def show_snapshot(self, snapshot: LabSnapshot | None, part: Any = 0) -> None:
        """Draw the results of a part of a plan, now or as soon as the view is visible.

        What a part is depends on the view: a recipe's index, or the MapPlan.
        """
        self.snapshot, self._part = snapshot, part
        self.draw_anew()

    def _draw_latest(self) -> None:
        before, self._drawn = self._drawn, self.snapshot
        part, self._drawn_part = self._drawn_part, self._part
        if _plan(before) is not _plan(self._drawn) or part != self._drawn_part:
            self._let_go()
        if self._drawn is None:
            self._draw_nothing()
        else:
            self._draw(self._drawn)

    def _follow(self, picture: Any) -> None:
        """Point at, use, and open menus of the spots of a picture."""
        self._followed = picture
        self._cursor_over(picture)
        picture.clicked.connect(self._use)
        picture.menu_requested.connect(self._open_menu)

    def _let_go(self) -> None:
        """Drop pointers and menus: they are about networks that are drawn no more."""
        self._clear_cursor()
        self._menu.close()
        self._menu.clear()

    @Slot(object, bool)
    def _use(self, spot: Any, with_shift: bool) -> None:
        """Do what a click on a spot, or on none, does."""
        raise NotImplementedError

    @Slot(object, QPoint)
    def _open_menu(self, spot: Any, at: QPoint) -> None:
        """Open the menu of a spot at a point of the screen."""
        raise NotImplementedError

    def _pop_up(
        self,
        at: QPoint,
        name: str,
        run: RunConfig | Record,
        step: int,
        keys: Sequence[str],
        *more: QAction,
    ) -> None:
        """Offer to make a network the current run at its step and at 0, below more actions."""
        self._menu.clear()
        self._menu.addActions(more)
        for its_step, key in zip(dict.fromkeys((step, 0)), keys, strict=False):
            how = f"at step {numerals.whole(its_step)}" if its_step else "untrained"
            action = self._menu.addAction(f"Open {name} {how}\t{key}".rstrip())
            action.triggered.connect(partial(self._emit_open, run, its_step))
        self.add_exports(self._menu)
        self._menu.popup(at)

    def _emit_open(self, run: RunConfig | Record, step: int, _checked: bool = False) -> None:
        self.open_requested.emit(run, step)

    def _use_cursor(self) -> None:
        self._use(self._pointed, False)

    def _use_cursor_with_shift(self) -> None:
        self._use(self._pointed, True)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the spot pointed at by keys; the picture handles the mouse."""
        is_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        has_spot = self._pointed is not None and not self._followed.isHidden()
        if has_spot and not is_mouse:
            at = self._followed.rect_of(self._pointed).center().toPoint()
            self._open_menu(self._pointed, self._followed.mapToGlobal(at))
        else:
            super().contextMenuEvent(event)

    def _draw(self, snapshot: LabSnapshot) -> None:
        raise NotImplementedError

    def _draw_nothing(self) -> None:
        """Show a hint on what the view will show, and how to start it."""
        raise NotImplementedError


def _plan(snapshot: LabSnapshot | None) -> LabPlan | None:
    return None if snapshot is None else snapshot.plan


class NetworkTiles(Canvas):
    """A picture of networks as equal tiles. Its spots are their numbers."""

    is_cached = has_menus = True

    def __init__(self, name: str, hint: QSize, least: QSize) -> None:
        super().__init__(hint, least)
        self.setObjectName(name)
        self.order: Sequence[int] = ()
        """Numbers of the networks, in the order of their tiles."""
        self.grid = Tiles(0, 1, 1, 0, 0, 0, 0)

    def rect_of(self, number: int) -> QRectF:
        return self.grid.picture(self.order.index(number))

    def spot_at(self, point: QPointF) -> int | None:
        return self._number_at(self.grid.index_at(point))

    def neighbour(self, dx: int, dy: int) -> int | None:
        """Return the network beside the marked one, or the first."""
        marked = self.order.index(self.marked) if self.marked in self.order else None
        return self._number_at(self.grid.beside(marked, dx, dy))

    def _number_at(self, index: int | None) -> int | None:
        return None if index is None or index >= len(self.order) else self.order[index]


@guarded
class NetworksView(LabView):
    """A view of a recipe's networks, numbered from 0. Before there are any it says what it shows.

    A click on one, or Enter, makes it the current run as it is pictured; with Shift, at step 0.
    """

    def __init__(self, name: str, canvas: Canvas, invitation: str) -> None:
        super().__init__(name)
        self._follow(canvas)
        self._invitation, self._words = invitation, plain_label("quiet", invitation)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty, self._page = QWidget(), QWidget()
        column(self._empty, STRETCH, self._words, STRETCH)
        self._pages = QStackedLayout()  # it ignores margins of its own
        column(self, self._pages, margins=(0, 0, 0, 0))
        self._column = column(self._page, margins=(0, 0, 0, 0))
        for page in (self._empty, self._page):
            self._pages.addWidget(page)

    @Slot(bool)
    def show_ordered(self, is_ordered: bool) -> None:
        """Say what the view will show, or that its networks wait or are in training."""
        self._words.setText("Waiting for the first results…" if is_ordered else self._invitation)

    def hasHeightForWidth(self) -> bool:
        """Keep the height in narrow docks."""
        return False

    def _draw_nothing(self) -> None:
        self._pages.setCurrentWidget(self._empty)
        self.readout_changed.emit("")

    def _move_cursor(self, dx: int, dy: int) -> None:
        if self._pages.currentWidget() is self._page:
            super()._move_cursor(dx, dy)

    @Slot(object)
    def _point_at(self, number: int | None) -> None:
        self._pointed = number
        self._show_pointed()

    def _show_pointed(self) -> None:
        """Mark and read out the network pointed at, or read out what is drawn."""
        drawn, number, text = self._drawn, self._pointed, ""
        if drawn is not None and number is not None:
            text = network_text(drawn, drawn.plan.places_of(self._drawn_part)[number])
        self._followed.mark(number)
        self._followed.setToolTip(text)
        self.readout_changed.emit(text or ("" if drawn is None else self._resting(drawn)))

    def _resting(self, drawn: LabSnapshot) -> str:
        """Return the read-out while nothing is pointed at."""
        raise NotImplementedError

    @Slot(object, bool)
    def _use(self, number: int | None, with_shift: bool) -> None:
        """Request that a network, if there is one, be made the current run."""
        if self._drawn is not None and number is not None:
            config, step = self._network(self._drawn, number)
            self.open_requested.emit(config, 0 if with_shift else step)

    @Slot(object, QPoint)
    def _open_menu(self, number: int, at: QPoint) -> None:
        if self._drawn is not None:
            self._point_at(number)  # by touch nothing was pointed at
            config, step = self._network(self._drawn, number)
            name = f"seed {numerals.plain(config.seed)}"
            self._pop_up(at, name, config, step, ("Enter", "Shift+Enter"))

    def _network(self, drawn: LabSnapshot, number: int) -> tuple[RunConfig, int]:
        """Return the settings of a network, and its step in what is drawn."""
        place = drawn.plan.places_of(self._drawn_part)[number]
        return drawn.plan.config(place), int(drawn.steps[place])
