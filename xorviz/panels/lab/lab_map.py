"""The view of the success map: success rate over two settings."""

from dataclasses import replace

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.analysis.planes import parameter_names
from xorviz.core.numerals import duration
from xorviz.core.rules import SettingError
from xorviz.core.runs.project import started_alike
from xorviz.core.runs.record import Record, at_step
from xorviz.core.settings import RunConfig
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.map import Cell, MapPlan
from xorviz.lab.results.start_map import Span, StartMap
from xorviz.panels.base.export import Cells
from xorviz.panels.lab.lab_view import LabView
from xorviz.panels.lab.map_head import MapHead
from xorviz.panels.lab.map_picture import MapLook, MapPicture, StartCells, cell_at
from xorviz.ui.draw.cell_grid import Place
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded
from xorviz.ui.keys import allow

_RECIPE = "recipe of the lab"
_RUN, _CANCEL_TIP = "Run map", "Stop the map. Results so far are kept."
_SOLID = "\u00a0"
"""A space that never breaks a line."""
_INVITATION = "Run map to see the share of correct networks for each {up} and {across}."
_START_INVITATION = "Run map to see where the run leads from each initial {up} and {across}."
_NOT_ZOOMED = "No map of initial weights was zoomed yet."
_CLOSER = 0.5
"""Share of a map of starts that a step of zooming leaves in sight."""


@guarded
class LabMap(LabView):
    """The latest map, and the settings of the next one."""

    map_requested = Signal(object)  # MapPlan or StartMap
    cancel_requested = Signal()
    cell_requested = Signal(object, int)  # LabSnapshot, index of the recipe
    refused = Signal(str)

    explanation = (
        "The success rate over two settings, or, over two initial weights, where each start leads. "
        "Click a cell for its networks."
    )

    def __init__(self) -> None:
        super().__init__("lab_map")
        self._look: MapLook | None = None
        """What is drawn."""
        self._base = RunConfig()
        self._current = Record(RunConfig())
        """The current run at step 0, where its weights may be varied."""
        self._start: object = None
        """All that its start depends on."""
        self._before: list[tuple[str, tuple[Span, Span]]] = []
        """Pairs of weights and their spans, to zoom back to."""
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
    def wanted(self) -> MapPlan | StartMap:
        """The map that the settings describe."""
        across, up, seeds, steps = self.head.values
        if self.head.is_of_weights:
            x, y = map(self.head.weights.index, (across, up))
            return StartMap(self._current, (x, y), self.head.ranges, steps)
        with_biases = self._biases.isChecked() and "biases" not in {across, up}
        return MapPlan(self._base, across, up, seeds, steps, with_biases, *self.head.ranges)

    @Slot(object)
    def show_base(self, config: RunConfig) -> None:
        """Use the lab's recipe for all settings not on an axis of the next map."""
        if config != self._base:
            self._base = config
            self._picture.show_base(self._base_cell)
            self._show_wanted()

    @Slot(object)
    def show_run(self, run: Record) -> None:
        """Offer the initial weights of the current run, and mark where it started."""
        start = run.config, at_step(run.interventions, 0), run.source
        if start != self._start:
            self._start = start
            try:
                self._current = started_alike(run, run.config_at(0))
            except SettingError:  # a watched run's weights may be too large
                self.head.offer_weights(())
            else:
                self.head.offer_weights(parameter_names(run.config))
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

    def drawing(self) -> QWidget:
        """Return the map with a heading, for export; before there is one, the panel itself."""
        super().drawing()
        if self._drawn is None:
            return self
        sheet = self._picture.sheet(self._drawn)
        sheet.setAccessibleDescription(self.description())
        return sheet

    def _make_options(self) -> None:
        shares, medians = "Percentage correct", "Median first correct step"
        kinds = {False: ("map_shares", shares, ""), True: ("map_medians", medians, "")}
        self._of_medians = self._one_of(kinds, value=False, slot=self.draw_anew)
        text, tip = "Without and with biases", "Train the next map without biases, and with them"
        self._biases = self._option("map_biases", text, False, tip, self._show_wanted)
        tip = "Show the fields for the next map"
        self._settings = self._option("map_settings", "Map settings", True, tip)
        tip = "Return a map of initial weights to the part shown before"
        self._back = self._option("map_back", "Zoom back", tip=tip, slot=self._zoom_back)
        allow(self._back, _NOT_ZOOMED)
        self._run = self._option("map_run", _RUN, slot=self._run_or_cancel)

    def _connect(self) -> None:
        self._settings.toggled.connect(self.head.fold)
        self.head.changed.connect(self._show_wanted)
        self.head.refused.connect(self.refused)
        self._picture.grid.turned.connect(self._zoom_at)
        self._follow(self._picture.grid)

    @Slot()
    def _run_or_cancel(self) -> None:
        if self._is_running:
            self.cancel_requested.emit()
        else:
            self._settings.setChecked(False)  # more room for the map
            self.map_requested.emit(self.wanted)

    @Slot()
    def _show_wanted(self) -> None:
        """Show the cost of the next map or why it has none, or that one can be cancelled."""
        try:
            why, tip = "", f"Train {self._cost()}"
        except SettingError as error:
            why = tip = str(error)
        self._run.setText("Cancel" if self._is_running else _RUN)
        self._run.setEnabled(self._is_running or not why)
        self._run.setToolTip(_CANCEL_TIP if self._is_running else tip)
        if self._drawn is None:
            across, up = self.wanted.names
            text = _START_INVITATION if self.head.is_of_weights else _INVITATION
            self._picture.show_message(text.format(up=up, across=across))

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
        assert self._look is not None
        cells = self._look.cells
        return f"{cells.map_plan.said}, {self._look.state(snapshot)}. {cells.more}".rstrip()

    def _draw(self, snapshot: LabSnapshot) -> None:
        if isinstance(self._drawn_part, StartMap):
            self._look = MapLook.of_starts(StartCells(self._drawn_part, snapshot))
        else:
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
    def _is_of_starts(self) -> bool:
        """Whether what is drawn is a map of starts."""
        return isinstance(self._drawn_part, StartMap)

    @property
    def _base_cell(self) -> Cell | None:
        """The cell of the lab's recipe, or of the current run's start, in what is drawn."""
        if self._look is None:
            return None
        cell: Cell | None = self._drawn_part.cell_of(
            self._current if self._is_of_starts else self._base
        )
        return cell

    @Slot(object)
    def _point_at(self, place: Place | None) -> None:
        self._pointed = place
        self._read()

    @Slot(object, bool)
    def _use(self, place: Place | None, with_shift: bool) -> None:
        """Request the seeds of a cell, or its first seed as the current run; or open a start."""
        if place is None:
            return
        cell = cell_at(self._drawn_part, place)
        if why := self._drawn_part.why_not(cell):
            self.refused.emit(why)
            return
        run, step = self._first_of(cell)
        if self._is_of_starts or with_shift:
            self.open_requested.emit(run, 0 if self._is_of_starts and with_shift else step)
        else:
            self.cell_requested.emit(self._drawn, self._drawn_part.recipe(cell))

    def _first_of(self, cell: Cell) -> tuple[RunConfig | Record, int]:
        """Return the run of a cell, or its first network's, and its step in what is drawn."""
        assert self._drawn is not None
        part: MapPlan | StartMap = self._drawn_part
        run = part.record(cell) if isinstance(part, StartMap) else part.config(cell)
        return run, int(self._drawn.steps[part.place(cell)])

    def _read(self) -> None:
        """Read out the cell pointed at, or the state of the map."""
        text = resting = ""
        if self._look is not None and self._drawn is not None:
            resting = self._look.state(self._drawn)
            if self._pointed is not None:
                cell = cell_at(self._drawn_part, self._pointed)
                text = self._look.cells.words(cell)
                if cell == self._base_cell:
                    text += f"; {'where the run started' if self._is_of_starts else _RECIPE}"
        self._picture.grid.mark(self._pointed)
        self._picture.grid.setToolTip(text.replace("; ", "\n"))
        self.readout_changed.emit(text or resting)

    @Slot(object, QPoint)
    def _open_menu(self, place: Place, at: QPoint) -> None:
        cell = cell_at(self._drawn_part, place)
        if self._drawn_part.why_not(cell):
            return  # there is nothing to open
        if self._is_of_starts:
            self._pop_up(at, "this start", *self._first_of(cell), ("Enter", "Shift+Enter"))
            return
        show = QAction("Show the seeds\tEnter", self._menu)
        show.triggered.connect(lambda: self._use(place, with_shift=False))
        keys = "Shift+Enter", ""
        self._pop_up(at, "the first network", *self._first_of(cell), keys, show)

    def table(self) -> Cells | None:
        """Return the starts that are done, if the map is one of initial weights."""
        if self.snapshot is None or not isinstance(self._part, StartMap):
            return None
        return StartCells(self._part, self.snapshot).table()

    def _zoom_by(self, steps: int) -> None:
        """Zoom a map of starts around the cell pointed at, or its middle."""
        if self._is_of_starts:
            _, rows, columns = self._drawn_part.shape
            self._zoom_at(self._pointed or (rows // 2, columns // 2), steps)

    @Slot(object, int)
    def _zoom_at(self, place: Place, steps: int) -> None:
        """Train the map of a smaller or larger part around a place."""
        if self._drawn_part.names == (*self.head.pair.split(),):
            self._before.append((self.head.pair, self.head.ranges))
            allow(self._back)
            # Of what is asked for: a place keeps its share of the part, however often it is zoomed.
            wanted = replace(self._drawn_part, spans=self.head.ranges)
            self._show_part(wanted.zoomed((0, *place), _CLOSER**steps))

    @Slot()
    def _zoom_back(self) -> None:
        pair, spans = self._before.pop()
        allow(self._back, "" if self._before else _NOT_ZOOMED)
        if pair == self.head.pair:
            self._show_part(spans)

    def _show_part(self, spans: tuple[Span, Span]) -> None:
        self.head.show_spans(spans)
        self.map_requested.emit(self.wanted)
