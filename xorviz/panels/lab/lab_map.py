"""The view of the success map, or of a map of starts, and the settings of the next one."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import permutations
from typing import Any

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from xorviz.core import numerals
from xorviz.core.analysis.planes import parameter_names
from xorviz.core.lists import Listed, values_text
from xorviz.core.numerals import duration
from xorviz.core.rules import Choice, SettingError, Whole
from xorviz.core.runs.project import started_alike
from xorviz.core.runs.recipe_text import joined
from xorviz.core.runs.record import WEIGHT, Record, at_step
from xorviz.core.settings import RunConfig
from xorviz.lab import SEED_COUNT, STEPS
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.map import AXES, FIRST_SPAN, Cell, MapPlan, Span, StartMap
from xorviz.panels.base.export import Cells
from xorviz.panels.lab.lab_view import LabView
from xorviz.panels.lab.map_picture import MapLook, MapPicture, StartCells
from xorviz.ui.chrome.buttons import ActionButton, ToolButton
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.fields import ChoiceField, NumberField, ValuesField, explain
from xorviz.ui.forms.scrolled import WrappingRow
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER, allow

PAIRS = Choice(tuple(" ".join(pair) for pair in permutations(AXES, 2)))
"""Names of the columns' and the rows' setting."""
_FIRST_PAIR = "rate width"
_MOST = Whole(1, 64)
"""Values of an axis; more have no room for their names."""
_GAP = 6
_ARROW = 28
"""Width in pixels of the arrow that unfolds the settings, with the space around it."""
_SIGNS = {"across": "→", "up": "↓"}


@guarded
class MapHead(QWidget):
    """Fields for two settings or weights with their values, seeds and steps, and the button.

    Either both axes are settings, or both are initial weights of the current run.
    """

    changed = Signal()
    pair_requested = Signal(str)  # one of PAIRS
    refused = Signal(str)

    def __init__(self, opens: QAction, run: QAction) -> None:
        """Create the fields; ``opens`` unfolds them."""
        super().__init__()
        self._opens = opens
        self._disclosure = ToolButton("map_disclosure")
        self._axes = [_axis_field(name) for name in _SIGNS]
        self._ranges = [ValuesField(f"map_{name}_values") for name in _SIGNS]
        self.counts = [
            _count_field("seeds", "Seeds per cell", SEED_COUNT, 200),
            _count_field("steps", "Steps per network", STEPS, 4000),
        ]
        pairs = [*zip(self._axes, self._ranges, strict=True), self.counts]
        boxes = [QWidget() for _ in pairs]
        for box, pair in zip(boxes, pairs, strict=True):
            row(box, *pair, margins=(0, 0, 0, 0), gap=_GAP)
        self._fields = WrappingRow(boxes)
        button = ActionButton(run)
        button.setMinimumWidth(button.sizeHint().width())
        top = row(None, (self._disclosure, 1), button, gap=_GAP)
        column(self, top, self._fields, margins=(0, 0, 0, 0), gap=_GAP)
        self.pair = _FIRST_PAIR
        """Settings or weights of the columns and the rows, with a space between them."""
        self.weights: list[str] = []
        """Names of the weights of the current run."""
        self._chosen: dict[str, tuple[str, tuple[Any, ...]]] = {}
        """Typed texts and their values, by the name of the setting or the weight."""
        self._show_pair()
        self._connect()

    @property
    def values(self) -> tuple[str, str, int, int]:
        """Settings or weights of the columns and the rows, numbers of seeds and steps."""
        across, up = self.pair.split()
        seeds, steps = (round(field.value()) for field in self.counts)
        return across, up, seeds, steps

    @property
    def ranges(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The values of the two settings, or the spans of the two weights."""
        across, up = (self._of(name)[1] for name in self.pair.split())
        return across, up

    @property
    def is_of_weights(self) -> bool:
        """Whether both axes are weights."""
        return self.pair.partition(" ")[0] in self.weights

    def offer_weights(self, names: Sequence[str]) -> None:
        """Offer these initial weights beside the settings."""
        if list(names) == self.weights:
            return
        was_of_weights, self.weights = self.is_of_weights, list(names)
        for field, sign in zip(self._axes, _SIGNS.values(), strict=True):
            # Values of settings are written downwards, those of weights grow upwards.
            grows = sign.replace("↓", "↑")
            field.offer(_texts(sign) | {name: f"{name} {grows}" for name in names})
        if was_of_weights and not set(self.pair.split()) <= set(names):
            self.pair = " ".join(names[:2]) or _FIRST_PAIR
        self._show_pair()

    @Slot(str)
    def choose_pair(self, pair: str) -> None:
        self.pair = pair
        self._show_pair()

    def show_spans(self, spans: tuple[Span, Span]) -> None:
        """Show other spans of the two weights."""
        for name, span in zip(self.pair.split(), spans, strict=True):
            self._chosen[name] = _span_text(span), span
        self._show_pair()

    @property
    def heading(self) -> str:
        """The rows and the columns."""
        across, up = (AXES[n].short if n in AXES else n for n in self.pair.split())
        return f"{up} × {across}"

    @property
    def summary(self) -> str:
        return joined((self.heading, *(f.text() for f in self.counts if f.isEnabled())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_summary()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter from the view: in a field it ends typing."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)

    @Slot()
    def fold(self) -> None:
        """Show the fields, or a line that sums them up."""
        self._fields.setVisible(self._opens.isChecked())
        self._show_summary()

    def _show_summary(self) -> None:
        is_open, summary = self._opens.isChecked(), self.summary
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        self._disclosure.setArrowType(arrow)
        space, elide = self._disclosure.width() - _ARROW, Qt.TextElideMode.ElideRight
        shown = self.heading if is_open else summary  # the fields below show the rest
        self._disclosure.setText(self.fontMetrics().elidedText(shown, elide, space))
        self._disclosure.setToolTip(f"{summary}. Click to change.")
        self._disclosure.setAccessibleName(f"Map settings: {summary}")

    def _connect(self) -> None:
        self._disclosure.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._disclosure.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._disclosure.clicked.connect(self._opens.toggle)
        for place, (axis, values) in enumerate(zip(self._axes, self._ranges, strict=True)):
            axis.currentIndexChanged.connect(partial(self._take_axis, place))
            values.values_chosen.connect(partial(self._take_values, place))
            values.refused.connect(self.refused)
        for count in self.counts:
            count.valueChanged.connect(self._notify)
            count.refused.connect(self.refused)

    @Slot()
    def _notify(self) -> None:
        self._show_summary()
        self.changed.emit()

    def _take_axis(self, place: int, _index: int) -> None:
        """Use what was chosen for an axis.

        The other axis' setting swaps the two; a weight beside a setting, or the reverse, brings
        another of its kind.
        """
        names = [field.currentData() for field in self._axes]
        is_weight, other = names[place] in self.weights, 1 - place
        alike = self.weights if is_weight else list(AXES)
        if names[0] == names[1]:
            names = self.pair.split()[::-1]
        elif names[other] not in alike:
            names[other] = next(one for one in alike if one != names[place])
        self.choose_pair(" ".join(names))
        if not is_weight:
            self.pair_requested.emit(self.pair)

    def _take_values(self, place: int, text: str, values: Any) -> None:
        if self.is_of_weights and len(values) == 1:
            self.refused.emit(f"{text} is one value; type the least and the largest: -5..5")
        else:
            values = (min(values), max(values)) if self.is_of_weights else tuple(values)
            text = _span_text(values) if self.is_of_weights else text
            self._chosen[self.pair.split()[place]] = text, values
        self._show_pair()

    def _of(self, name: str) -> tuple[str, tuple[Any, ...]]:
        """Return the values of a setting, or the span of a weight, as text and as they are."""
        if name in self._chosen:
            return self._chosen[name]
        if name in AXES:
            tried = AXES[name].tried
            return values_text(tried), tried
        return _span_text(FIRST_SPAN), FIRST_SPAN

    def _show_pair(self) -> None:
        names = self.pair.split()
        for axis, values, name in zip(self._axes, self._ranges, names, strict=True):
            with QSignalBlocker(axis):
                axis.choose(name)
            rule = Listed(AXES[name].reader, _MOST) if name in AXES else Listed(WEIGHT)
            what = f"Values of {AXES[name].short if name in AXES else name}"
            text = self._of(name)[0]
            explain(values, what, f"{what}: {text}. Allowed: {rule.allowed}.")
            values.show_values(rule, text)
        seeds = self.counts[0]
        seeds.setDisabled(self.is_of_weights)
        seeds.set_blank(self.is_of_weights)
        self.fold()
        self.changed.emit()


def _count_field(name: str, title: str, rule: Whole, value: int) -> NumberField:
    """Return a field for a number followed by its unit, which need not be typed."""
    field = NumberField(f"map_{name}", rule, grouped=True)
    field.setSuffix(f" {name}")
    explain(field, title, f"{title}. Allowed: {rule.allowed}.")
    field.show_number(value)
    return field


def _axis_field(name: str) -> ChoiceField:
    """Return the choice of an axis' setting or weight; the arrow shows its direction."""
    field = ChoiceField(f"map_{name}", _texts(_SIGNS[name]))
    title = "Setting or initial weight varied " + ("across" if name == "across" else "down")
    explain(field, title, f"{title}.")
    field.setMinimumContentsLength(8)
    return field


def _span_text(span: Span) -> str:
    return "..".join(map(numerals.plain, span))


def _texts(sign: str) -> dict[str, str]:
    """Return the texts of the settings: the name first, so that it can be typed."""
    return {name: f"{axis.short} {sign}" for name, axis in AXES.items()}


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
    def _point_at(self, cell: Cell | None) -> None:
        self._pointed = cell
        self._read()

    @Slot(object, bool)
    def _use(self, cell: Cell | None, with_shift: bool) -> None:
        """Request the seeds of a cell, or its first seed as the current run; or open a start."""
        if cell is None:
            return
        if why := self._drawn_part.why_not(cell):
            self.refused.emit(why)
            return
        run, step = self._first_of(cell)
        if self._is_of_starts or with_shift:
            self.open_requested.emit(run, 0 if self._is_of_starts and with_shift else step)
        else:
            self.cell_requested.emit(
                self._drawn, self._drawn_part.place(cell) // self._drawn_part.seeds
            )

    def _first_of(self, cell: Cell) -> tuple[RunConfig | Record, int]:
        """Return the run of a cell, or its first network's, and its step in what is drawn."""
        assert self._drawn is not None
        part: MapPlan | StartMap = self._drawn_part
        return part.run(cell), int(self._drawn.steps[part.place(cell)])

    def _read(self) -> None:
        """Read out the cell pointed at, or the state of the map."""
        text = resting = ""
        if self._look is not None and self._drawn is not None:
            resting = self._look.state(self._drawn)
            if self._pointed is not None:
                text = self._look.cells.words(self._pointed)
                if self._pointed == self._base_cell:
                    text += f"; {'where the run started' if self._is_of_starts else _RECIPE}"
        self._picture.grid.mark(self._pointed)
        self._picture.grid.setToolTip(text.replace("; ", "\n"))
        self.readout_changed.emit(text or resting)

    @Slot(object, QPoint)
    def _open_menu(self, cell: Cell, at: QPoint) -> None:
        if self._drawn_part.why_not(cell):
            return  # there is nothing to open
        if self._is_of_starts:
            self._pop_up(at, "this start", *self._first_of(cell), ("Enter", "Shift+Enter"))
            return
        show = QAction("Show the seeds\tEnter", self._menu)
        show.triggered.connect(lambda: self._use(cell, with_shift=False))
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
            rows, columns = self._drawn_part.shape
            self._zoom_at(self._pointed or (rows // 2, columns // 2), steps)

    @Slot(object, int)
    def _zoom_at(self, cell: Cell, steps: int) -> None:
        """Train the map of a smaller or larger part around a place."""
        if self._drawn_part.names == (*self.head.pair.split(),):
            self._before.append((self.head.pair, self.head.ranges))
            allow(self._back)
            # Of what is asked for: a place keeps its share of the part, however often it is zoomed.
            wanted = replace(self._drawn_part, spans=self.head.ranges)
            self._show_part(wanted.zoomed(cell, _CLOSER**steps))

    @Slot()
    def _zoom_back(self) -> None:
        pair, spans = self._before.pop()
        allow(self._back, "" if self._before else _NOT_ZOOMED)
        if pair == self.head.pair:
            self._show_part(spans)

    def _show_part(self, spans: tuple[Span, Span]) -> None:
        self.head.show_spans(spans)
        self.map_requested.emit(self.wanted)
