"""The view of the success map: success rate over two settings."""

from itertools import permutations

import numpy as np
from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from xorviz.core import numerals
from xorviz.core.numerals import duration
from xorviz.core.rules import Choice, Whole
from xorviz.core.runs.recipe_text import joined
from xorviz.core.settings import RunConfig
from xorviz.lab import SEED_COUNT, STEPS
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.map import AXES, Cell, MapCells, MapPlan
from xorviz.panels.lab.lab_view import LabView
from xorviz.panels.lab.map_picture import MapLook, MapPicture
from xorviz.ui.chrome.buttons import ActionButton, ToolButton
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.fields import ChoiceField, NumberField, explain
from xorviz.ui.forms.scrolled import WrappingRow
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER

PAIRS = Choice(tuple(" ".join(pair) for pair in permutations(AXES, 2)))
"""Names of the columns' and the rows' setting."""
_GAP, _WIDEST = 6, 10_000
_ARROW = 28
"""Width in pixels of the arrow that unfolds the settings, with the space around it."""


@guarded
class MapHead(QWidget):
    """Fields for two settings, seeds and steps, and the button that runs the map."""

    changed = Signal()
    pair_requested = Signal(str)  # one of PAIRS
    refused = Signal(str)

    def __init__(self, opens: QAction, run: QAction) -> None:
        """Create the fields; ``opens`` unfolds them in a narrow panel."""
        super().__init__()
        self._opens = opens
        self._disclosure = ToolButton("map_disclosure")
        self._axes = [_axis_field(name, sign) for name, sign in (("across", "→"), ("up", "↓"))]
        self.counts = [
            _count_field("seeds", "Seeds per cell", SEED_COUNT, 200),
            _count_field("steps", "Steps per network", STEPS, 4000),
        ]
        self._fields = WrappingRow([*self._axes, *self.counts])
        self._button = ActionButton(run)
        self._button.setMinimumWidth(self._button.sizeHint().width())
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(_GAP)
        self._layout.setColumnStretch(0, 1)
        self._layout.addWidget(self._disclosure, 0, 0)
        self._layout.addWidget(self._fields, 0, 0)
        self._layout.addWidget(self._button, 0, 1, Qt.AlignmentFlag.AlignTop)
        self.pair = "rate width"
        """Settings of the columns and the rows, one of PAIRS."""
        self._show_pair()
        self._connect()

    @property
    def values(self) -> tuple[str, str, int, int]:
        """Settings of the columns and the rows, numbers of seeds and steps."""
        across, up = self.pair.split()
        seeds, steps = (round(field.value()) for field in self.counts)
        return across, up, seeds, steps

    @Slot(str)
    def choose_pair(self, pair: str) -> None:
        self.pair = pair
        self._show_pair()
        self._notify()

    @property
    def summary(self) -> str:
        across, up, seeds, steps = self.values
        counts = f"{numerals.whole(seeds)} seeds · {numerals.whole(steps)} steps"
        return f"{AXES[up].short} × {AXES[across].short} · {counts}"

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter from the view: in a field it ends typing."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)

    @Slot()
    def fold(self) -> None:
        """Place the fields beside the button; without room for that below it, if unfolded."""
        room = self.width() - self._button.minimumWidth() - _GAP
        height = self._fields.heightForWidth
        is_narrow = height(room) > height(_WIDEST)
        self._layout.addWidget(self._fields, *((1, 0, 1, 2) if is_narrow else (0, 0)))
        self._disclosure.setVisible(is_narrow)
        self._fields.setVisible(not is_narrow or self._opens.isChecked())
        self._show_summary()

    def _show_summary(self) -> None:
        is_open, summary = self._opens.isChecked(), self.summary
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        self._disclosure.setArrowType(arrow)
        space = self.width() - self._button.minimumWidth() - _GAP - _ARROW
        elide = Qt.TextElideMode.ElideRight
        self._disclosure.setText(self.fontMetrics().elidedText(summary, elide, space))
        self._disclosure.setToolTip(f"{summary}. Click to change.")
        self._disclosure.setAccessibleName(f"Map settings: {summary}")

    def _connect(self) -> None:
        self._disclosure.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._disclosure.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._disclosure.clicked.connect(self._opens.toggle)
        for axis in self._axes:
            axis.currentIndexChanged.connect(self._take_pair)
        for count in self.counts:
            count.valueChanged.connect(self._notify)
            count.refused.connect(self.refused)

    @Slot()
    def _notify(self) -> None:
        self._show_summary()
        self.changed.emit()

    @Slot()
    def _take_pair(self) -> None:
        """Use the chosen settings; choosing the other axis' setting swaps the two."""
        across, up = (field.currentData() for field in self._axes)
        pair = reversed(self.pair.split()) if across == up else (across, up)
        self.choose_pair(" ".join(pair))
        self.pair_requested.emit(self.pair)

    def _show_pair(self) -> None:
        for field, name in zip(self._axes, self.pair.split(), strict=True):
            with QSignalBlocker(field):
                field.choose(name)


def _count_field(name: str, title: str, rule: Whole, value: int) -> NumberField:
    """Return a field for a number followed by its unit, which need not be typed."""
    field = NumberField(f"map_{name}", rule, grouped=True)
    field.setSuffix(f" {name}")
    explain(field, title, f"{title}. Allowed: {rule.allowed}.")
    field.show_number(value)
    return field


def _axis_field(name: str, sign: str) -> ChoiceField:
    """Return the choice of an axis' setting; the arrow shows its direction."""
    field = ChoiceField(f"map_{name}", {key: f"{sign} {a.short}" for key, a in AXES.items()})
    title = "Setting varied across" if name == "across" else "Setting varied down"
    explain(field, title, f"{title}.")
    field.setMinimumContentsLength(11)
    return field


_RUN, _CANCEL_TIP = "Run map", "Stop the map. Results so far are kept."
_SOLID = "\u00a0"
"""A space that never breaks a line."""
_INVITATION = "Run map to see the share of correct networks for each {up} and {across}."


@guarded
class LabMap(LabView):
    """The latest map, and the settings of the next one."""

    map_requested = Signal(object)  # MapPlan
    cancel_requested = Signal()
    cell_requested = Signal(object, int)  # LabSnapshot, index of the recipe
    refused = Signal(str)

    explanation = (
        "The success rate over two settings. Each cell is a recipe, trained from many seeds; its "
        "number is the percentage of networks with all four rows correct, and a stronger colour "
        "means more of them. A cell is drawn smaller until all its networks are done. A + means "
        "that some networks were still learning when stopped, so more steps may raise the number. "
        "The outlined cell is the recipe of the panel Lab. Point at a cell, or use the arrow keys, "
        "to read its 95 % confidence interval and its median first correct step. Click it, or "
        "press Enter, to show its seeds; Shift opens its first network, trained to the same step; "
        "its menu also offers it untrained. Options show the median step instead, and compare "
        "networks without and with biases."
    )

    def __init__(self) -> None:
        super().__init__("lab_map")
        self._look: MapLook | None = None
        """What is drawn."""
        self._base = RunConfig()
        self._jobs = 1
        self._is_running = False
        self._picture = MapPicture()
        self._make_options()
        self.head = MapHead(self._settings, self._run)
        """Settings of the next map."""
        self._picture.grid.setAccessibleName(self.title)
        column(self, self.head, (self._picture, 1), margins=(4, 2, 4, 2), gap=6)
        self._connect()
        self.setMinimumSize(180, 210)  # else no number is readable
        self.set_running(False)

    @property
    def wanted(self) -> MapPlan:
        """The map that the settings describe."""
        across, up, seeds, steps = self.head.values
        with_biases = self._biases.isChecked() and "biases" not in {across, up}
        return MapPlan(self._base, across, up, seeds, steps, with_biases)

    @Slot(object)
    def show_base(self, config: RunConfig) -> None:
        """Use the lab's recipe for all settings not on an axis of the next map."""
        if config != self._base:
            self._base = config
            self._picture.show_base(self._base_cell)
            self._show_wanted()

    @Slot(int)
    def set_jobs(self, jobs: int) -> None:
        """Set the number of cores, for the estimated time."""
        self._jobs = jobs
        self._show_wanted()

    @Slot(bool)
    def set_running(self, is_running: bool) -> None:
        """Offer to cancel the map while it is running, else to run one."""
        self._is_running = is_running
        self._show_wanted()
        self._read()

    def drawing(self) -> QWidget:
        """Return the map with a heading, for export; before there is one, the panel itself."""
        super().drawing()
        if self._drawn is None:
            return self
        sheet = self._picture.sheet(self._drawn)
        sheet.setAccessibleDescription(self.description())
        return sheet

    def _make_options(self) -> None:
        kinds = {
            False: ("map_shares", "Percentage correct", ""),
            True: ("map_medians", "Median first correct step", ""),
        }
        self._of_medians = self._one_of(kinds, value=False, slot=self.draw_anew)
        self._biases = self._option(
            "map_biases",
            "Without and with biases",
            checked=False,
            tip="Train the next map twice: without biases and with them",
            slot=self._show_wanted,
        )
        self._alone = self._option(
            "map_alone",
            "One map at a time",
            checked=False,
            tip="If two maps are too small for numbers, show one of them, with scroll bars",
            slot=self._picture.show_alone,
        )
        self._settings = self._option(
            "map_settings",
            "Map settings",
            checked=False,
            tip="Show the fields for the next map also in a narrow panel",
        )
        self._run = self._option("map_run", _RUN, slot=self._run_or_cancel)

    def _connect(self) -> None:
        self._settings.toggled.connect(self.head.fold)
        self.head.changed.connect(self._show_wanted)
        self.head.refused.connect(self.refused)
        self._follow(self._picture)

    @Slot()
    def _run_or_cancel(self) -> None:
        if self._is_running:
            self.cancel_requested.emit()
        else:
            self.map_requested.emit(self.wanted)

    @Slot()
    def _show_wanted(self) -> None:
        """Show the cost of the next map, or that the one running can be cancelled."""
        cost = self._cost()
        self._run.setText("Cancel" if self._is_running else _RUN)
        self._run.setToolTip(_CANCEL_TIP if self._is_running else f"Train {cost}")
        if self._drawn is None:
            wanted = self.wanted
            across, up = AXES[wanted.across].short, AXES[wanted.up].short
            self._picture.show_message(_INVITATION.format(up=up, across=across))

    def _cost(self) -> str:
        """Return the numbers of recipes, seeds and steps, and the estimated time."""
        plan = self.wanted.plan
        seconds = plan.seconds(self._jobs)
        about = "" if seconds < 1 else "about "
        cores = numerals.counted(self._jobs, "core")
        took = f"{about}{duration(seconds)} on {cores}".replace(" ", _SOLID)
        counts = ((len(plan.recipes), "recipe"), (len(plan.seeds), "seed"), (plan.steps, "step"))
        sizes = (numerals.counted(*count).replace(" ", _SOLID) for count in counts)
        return f"{' × '.join(sizes)}, {took}"

    def describe(self, snapshot: LabSnapshot) -> str:
        cells: MapCells = self._drawn_part.cells(snapshot)
        found, plan = cells.shares, cells.map_plan
        rows, columns = AXES[plan.up].short, AXES[plan.across].short
        said = f"{rows.capitalize()} by rows, {columns} by columns, {self._resting_text()}."
        if np.isnan(found).all():
            return f"{said} No network is done yet."
        ends = (np.unravel_index(end(found), found.shape) for end in (np.nanargmax, np.nanargmin))
        best, worst = (cells.words((int(b), int(r), int(c))) for b, r, c in ends)
        return f"{said} Highest at {best}. Lowest at {worst}."

    def _draw(self, snapshot: LabSnapshot) -> None:
        look = MapLook.of_medians if self._of_medians.value else MapLook.of_shares
        self._look = look(self._drawn_part.cells(snapshot))
        self._picture.show_look(self._look)
        self._picture.show_base(self._base_cell)
        self._read()

    def _draw_nothing(self) -> None:
        self._show_wanted()
        self._picture.show_base(self._base_cell)
        self._read()

    def _let_go(self) -> None:
        self._look = None
        super()._let_go()

    @property
    def _base_cell(self) -> Cell | None:
        """The cell of the lab's recipe in what is drawn."""
        return None if self._look is None else self._look.cells.map_plan.cell_of(self._base)

    @Slot(object)
    def _point_at(self, cell: Cell | None) -> None:
        self._pointed = cell
        self._picture.mark(cell)
        self._read()

    @Slot(object, bool)
    def _use(self, cell: Cell | None, with_shift: bool) -> None:
        """Request the seeds of a cell, or its first seed as the current run."""
        if cell is not None and with_shift:
            self.open_requested.emit(*self._first_of(cell))
        elif cell is not None:
            self.cell_requested.emit(self._drawn, self._drawn_part.recipe(cell))

    def _first_of(self, cell: Cell) -> tuple[RunConfig, int]:
        """Return the settings of a cell's first network, and its step in what is drawn."""
        assert self._drawn is not None
        plan = self._drawn.plan
        place = plan.places_of(self._drawn_part.recipe(cell))[0]
        return plan.config(place), int(self._drawn.steps[place])

    def _read(self) -> None:
        """Read out the cell pointed at, or the state of the map."""
        text = ""
        if self._pointed is not None and self._look is not None:
            is_base = self._pointed == self._base_cell
            text = self._look.cells.words(self._pointed) + "; recipe of the lab" * is_base
        self._picture.tip = text
        self.readout_changed.emit(text or self._resting_text())

    def _resting_text(self) -> str:
        if self._look is None or self._drawn is None:
            return ""
        plan, percent = self._look.cells.map_plan, f"{int(100 * self._drawn.progress)} %"
        of = f"{numerals.whole(plan.seeds)} seeds, {numerals.whole(plan.steps)} steps"
        if self._is_running:
            return f"{percent} done of {of}"
        found = "median step" if self._of_medians.value else "% correct"
        found = f"cancelled at {percent}" if self._drawn.was_stopped else found
        return joined((found, self._look.note, of))

    @Slot(object, QPoint)
    def _open_menu(self, cell: Cell, at: QPoint) -> None:
        show = QAction("Show the seeds\tEnter", self._menu)
        show.triggered.connect(lambda: self._use(cell, with_shift=False))
        keys = "Shift+Enter", ""
        self._pop_up(at, "the first network", *self._first_of(cell), keys, show)
