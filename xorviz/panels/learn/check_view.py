"""The panel Check: what an imported training step changed, beside what it should have changed."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent

from xorviz.core import numerals
from xorviz.core.analysis.surface import round_bound
from xorviz.core.check.step_check import CORRECT, FAULTY, UNKNOWN, Finding, Repair, StepCheck
from xorviz.panels.base.export import Cells
from xorviz.panels.base.view import View
from xorviz.panels.learn.weight_editor import Cell, cells, plan_of
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.chrome.texts import SteadyText
from xorviz.ui.draw.cell_grid import NONE, CellGrid, Place
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import diverging, level

HEADLINES = {CORRECT: "The step is correct", FAULTY: "The step is faulty"}
_RATE_DIGITS = 4
_UNDECIDED = "It cannot be decided whether the step is correct"


class Inks(NamedTuple):
    """Colours of a page, as #RRGGBB."""

    text: str
    wrong: str
    right: str


def headline(check: StepCheck) -> str:
    """Return the verdict in a few words."""
    return HEADLINES.get(check.verdict, _UNDECIDED)


def first_wrong(check: StepCheck) -> str | None:
    """Return the first array that is not explained by a correct step, if there is one."""
    faults = (name for name, finding in check.arrays.items() if finding.is_fault)
    others = (name for name, finding in check.arrays.items() if finding.name != CORRECT)
    return next(faults, None) or next(others, None)


def finding_text(array: str, finding: Finding) -> str:
    """Return what explains the change of an array: w1: hidden slope left out, at rate 0.5."""
    rate = "" if finding.rate is None else f", at rate {_rate_text(finding.rate)}"
    return f"{array}: {finding.name}{rate}"


def _rate_text(rate: float) -> str:
    return f"{rate:.{_RATE_DIGITS}g}".replace("-", numerals.MINUS)


def repairs_of(check: StepCheck, array: str | None) -> tuple[Repair, ...]:
    """Return the repairs of an array; all without one."""
    return tuple(one for one in check.repairs if array is None or array in one.arrays)


def verdict_html(check: StepCheck, inks: Inks) -> str:
    """Return the verdict and its sentence."""
    ink = inks.right if check.verdict == CORRECT else inks.text
    large = f"color:{ink}; font-size:large; font-weight:600; margin:0"
    return _styled("p", large, headline(check)) + _paragraph(check.sentence, inks)


def repairs_html(repairs: Iterable[Repair], inks: Inks) -> str:
    """Return wrong lines with the right ones below, as formulas and in NumPy.

    The faults are named if there are several; one alone is what the verdict's sentence names.
    """
    repairs = tuple(repairs)
    return "".join(_repair(one, inks, len(repairs) > 1) for one in repairs)


def notes_html(notes: Iterable[str], inks: Inks) -> str:
    """Return a paragraph for each note."""
    return "".join(_paragraph(note, inks) for note in notes)


def _repair(repair: Repair, inks: Inks, is_titled: bool) -> str:
    wrong = "Wrong", inks.wrong, repair.wrong, repair.wrong_code
    right = "Right", inks.right, repair.right, repair.right_code
    rows = "".join(_line(*side) for side in (wrong, right))
    table = f'<table cellspacing="0" style="margin:4px 0 0 0">{rows}</table>'
    head, _, rest = repair.says.partition(". ")
    title = _styled("p", f"color:{inks.text}; font-weight:600; margin:8px 0 0 0", f"{head}.")
    return f"{title * is_titled}{table}{_paragraph(rest, inks)}"


def _line(name: str, ink: str, formula: str, code: str) -> str:
    label = _styled("td", f"color:{ink}; font-weight:600; padding:2px 12px 2px 0", name)
    mathematics = _styled("p", f"color:{ink}; margin:0", formula)
    numpy = _styled("p", f"color:{ink}; margin:0; font-family:monospace", code)
    return f'<tr>{label}<td style="padding:2px 0">{mathematics}{numpy}</td></tr>'


def _paragraph(text: str, inks: Inks) -> str:
    return _styled("p", f"color:{inks.text}; margin:4px 0 0 0", text)


def _styled(tag: str, style: str, text: str) -> str:
    # Without pre-wrap, Qt's HTML turns thin spaces into plain, breakable ones.
    return f'<{tag} style="{style}; white-space:pre-wrap">{escape(text)}</{tag}>'


_EXPLAINED = ("yours", "exact", "difference")
_UNEXPLAINED = ("yours", "nearest rule", "difference")
GRIDS = len(_EXPLAINED)
"""How many grids there are."""
_DIGITS = 6
_VANISHING = 1e-6
"""Share of the strongest colour below which a number is written as 0."""


@dataclass(frozen=True, slots=True)
class NumberChange:
    """The change of one number: the step's own, and that of a correct step."""

    cell: Cell
    exact: float

    @property
    def values(self) -> tuple[float, float, float]:
        """Its numbers, one for each grid."""
        yours = self.cell.value
        return yours, self.exact, yours - self.exact

    def text(self, grid: int, names: tuple[str, ...]) -> str:
        """Return its name and all its numbers, first that of a grid, which is never cut off."""
        told = [
            f"{name} {numerals.real(value, _DIGITS)}"
            for name, value in zip(names, self.values, strict=True)
        ]
        return ", ".join([f"{self.cell.name} {told[grid]}", *told[:grid], *told[grid + 1 :]])


def is_explained(check: StepCheck) -> bool:
    """Return whether any array's change is explained, so that the rule means something."""
    return any(finding.name != UNKNOWN for finding in check.arrays.values())


def grid_names(check: StepCheck) -> tuple[str, ...]:
    """Return the names of the grids."""
    return _EXPLAINED if is_explained(check) else _UNEXPLAINED


def changes(check: StepCheck) -> list[NumberChange]:
    """Return the changes of all numbers, array by array."""
    pairs = zip(cells(check.yours), cells(check.exact), strict=True)
    return [NumberChange(yours, exact.value) for yours, exact in pairs]


def limits(found: Iterable[NumberChange]) -> dict[str, float]:
    """Return the change that has the strongest colour, for each array.

    Each has its own: those of the hidden layer are often far smaller than the output's.
    """
    largest: dict[str, float] = defaultdict(float)
    for change in found:
        finite = (abs(value) for value in change.values if math.isfinite(value))
        largest[change.cell.field] = max(largest[change.cell.field], *finite, 0.0)
    return {name: round_bound(value) for name, value in largest.items()}


def placed(found: Iterable[NumberChange], rows: int) -> dict[Place, tuple[NumberChange, int]]:
    """Return the change and the grid of each cell, in three grids of so many rows."""
    return {
        (grid * rows + change.cell.row, change.cell.column): (change, grid)
        for change in found
        for grid in range(GRIDS)
    }


def cell_text(value: float, limit: float) -> str:
    """Return a number as it is written in a cell of a grid with this strongest colour."""
    if not math.isfinite(value):
        return numerals.NOTHING
    if abs(value) < _VANISHING * limit:
        return "0"
    if not 0.01 <= limit < 1000:
        return "+" * (value > 0) + numerals.power(value, 1)
    return numerals.signed(value, 4 if limit <= 1 else 2)


IMPORTED = "Imported step"
"""Where a step comes from, unless another source is named."""
_LEAST_TEXT, _BESIDE_TEXT = 64, 14
"""Least height of the text and the space beside it, in pixels."""
_LEAST_GRID = QSize(160, 84)
_LINES = 12
"""Lines of text that come before the grids where both are cramped."""
_SCROLL_TIP = "Scroll where not all numbers fit. Otherwise show all units, if need be as colours"


@guarded
class CheckView(View):
    """Three grids of the changes of all numbers, and what is wrong in an array of them.

    It shows a value from outside, not the current run: it names its source.
    """

    has_table = True
    explanation = (
        "Whether a training step of another program is correct. Each grid has a cell for every "
        "weight and bias: how much your step changed it, how much a correct step changes it, and "
        "the difference. Orange is up, blue is down, pale is near zero; all three grids of an "
        "array have the same colours. The text names the fault, with the wrong line and the "
        "right one. Click a cell, or go to it with the arrow keys, to read what was found in its "
        "array; click it again, or press Esc, to read about all arrays. Point at a cell to read "
        "its exact numbers. Page up and Page down scroll the text."
    )

    def __init__(self) -> None:
        super().__init__("step_check")
        self._check: StepCheck | None = None
        self._source = IMPORTED
        self._key = ""
        self._array: str | None = None
        """The array that the text is about; None for all."""
        self._whole = ""
        """The text about all arrays."""
        self._changes: dict[Place, tuple[NumberChange, int]] = {}
        """The change that each cell shows, and in which grid it is."""
        self._limits: dict[str, float] = {}
        self._text = SteadyText("check_text", "What was found")
        self._grid = CellGrid(QSize(518, 300), _LEAST_GRID, diverging)
        self._bar = ColorBar(diverging, "change")
        name, tip = "Scroll to readable numbers", _SCROLL_TIP
        self._scrolls = self._option("check_numbers", name, checked=True, tip=tip)
        self._scrolls.toggled.connect(self.draw_anew)
        self._cursor_over(self._grid)
        self._grid.clicked.connect(self._click)
        self._grid.laid_out.connect(self._follow_grid)
        self._below = column(None, self._bar)
        self._text.setMinimumHeight(_LEAST_TEXT)
        # The text takes its height first, which has a limit.
        parts = (self._text, 1000), (self._grid, 1), self._below
        column(self, *parts, margins=(8, 4, 6, 2), gap=4)

    @property
    def is_empty(self) -> bool:
        return self._check is None

    def show_check(self, check: StepCheck | None, source: str = IMPORTED) -> None:
        """Show what was found out about a step of some source; None, and why, for nothing.

        Of a step that follows in the same program, the array that was chosen stays chosen.
        """
        is_next = IMPORTED not in {self._source, source}
        if not is_next or check is None or self._array not in check.arrays:
            self._array = None
            self._grid.mark(None)
        self._check, self._source = check, source
        self._draw_again()
        self.describe_again()

    def show_key(self, key: str) -> None:
        """Name the key that imports a network where there is nothing to show."""
        self._key = key
        self._draw_again()

    def table(self) -> Cells | None:
        """Return the changes of all numbers, and what was found in their arrays."""
        if self._check is None:
            return None
        found = self._check.arrays
        rows = ((c.cell.name, *c.values, found[c.cell.field].name) for c in changes(self._check))
        return ("weight", *grid_names(self._check), "finding"), rows

    def description(self) -> str:
        check = self._check
        if check is None:
            return f"{self._hint} {self.explanation}"
        found = "; ".join(finding_text(*one) for one in check.arrays.items())
        mended = " ".join(one.says for one in check.repairs)
        said = f"{self._source}: {headline(check)}. {check.sentence} {found}. {mended}"
        return " ".join((said, *check.notes)).replace("  ", " ").strip()

    @property
    def _hint(self) -> str:
        if self._source not in {IMPORTED, ""}:
            return self._source
        key = f" ({self._key})" if self._key else ""
        return (
            "Is your code wrong? One training step tells. Choose File, Import network"
            f"{key}, and give the weights before the step and after it."
        )

    def _draw_latest(self) -> None:
        check = self._check
        for part in (self._text, self._bar):
            part.setVisible(check is not None)
        if check is None:
            self._changes = {}
            self._grid.show_message(self._hint)
        else:
            self._draw_grids(check)
            self._write(check)
        self._read_marked()

    def _draw_grids(self, check: StepCheck) -> None:
        found, has_biases = changes(check), check.yours.b1 is not None
        rows = 4 if has_biases else 3
        self._changes, self._limits = placed(found, rows), limits(found)
        are_powers = not all(0.01 <= limit < 1000 for limit in self._limits.values())
        sample = f"{numerals.MINUS}{'0.0·10⁻⁰' if are_powers else '0.0000'}"
        scrolls, width = self._scrolls.isChecked(), check.yours.w1.shape[1]
        plan = plan_of(width, has_biases, sample, scrolls, grid_names(check))
        levels = np.full((len(plan.rows.names), len(plan.columns.names)), NONE)
        for place, (change, grid) in self._changes.items():
            levels[place] = level(change.values[grid], self._limits[change.cell.field])
        self._grid.show_scrolled(scrolls)
        self._grid.show_cells(plan, levels, self._cell_text)

    def _cell_text(self, row: int, column: int) -> str:
        change, grid = self._changes[row, column]
        return cell_text(change.values[grid], self._limits[change.cell.field])

    def _write(self, check: StepCheck) -> None:
        """Write the verdict, and what was found in the chosen array or in all."""
        self._text.write(self._page(check, self._array))
        self._whole = self._page(check, None)
        self._show_scale(check)
        self._arrange()

    def _page(self, check: StepCheck, array: str | None) -> str:
        """Return the verdict, and what was found in an array or in all."""
        inks = Inks(self.theme.text, self.theme.wrong, self.theme.accent)
        found = [] if array is None else [finding_text(array, check.arrays[array])]
        parts = verdict_html(check, inks), notes_html(found, inks)
        repairs = repairs_html(repairs_of(check, array), inks)
        return "".join((*parts, repairs, notes_html(check.notes, inks)))

    def _show_scale(self, check: StepCheck) -> None:
        """Label the colours of the chosen array, or of the first that is wrong."""
        array = self._array or first_wrong(check) or next(iter(check.arrays))
        end = numerals.tick(self._limits[array])
        self._bar.set_labels((f"{numerals.MINUS}{end}", "0", f"+{end}"), f"change of {array}")

    def _arrange(self) -> None:
        """Give the text the height that it needs, if the grids have as much or it is short.

        It keeps that height for each array, so that the arrow keys move nothing.
        """
        line = self.fontMetrics().height()
        needed = self._text.height_of(self._whole, max(40, self.width() - _BESIDE_TEXT)) + line
        beside = _LEAST_GRID.height() + self._bar.sizeHint().height() + 16
        few = min(_LINES * line, self.height() - beside)
        most = max(self.height() // 2, few)
        self._text.setMaximumHeight(max(_LEAST_TEXT, min(needed, most)))

    def _recolour(self) -> None:
        if self._check is not None and self._limits:
            self._write(self._check)

    @Slot()
    def _follow_grid(self) -> None:
        left = 0 if self._grid.frame is None else self._grid.frame.across.start
        self._below.setContentsMargins(left, 0, 0, 0)

    def _read_marked(self) -> None:
        marked = self._changes.get(self._grid.marked)
        if marked is not None and self._check is not None:
            change, grid = marked
            self.readout_changed.emit(change.text(grid, grid_names(self._check)))
        else:
            source = self._source[:1].lower() + self._source[1:]
            self.readout_changed.emit("" if self._check is None else source)

    def _move_cursor(self, dx: int, dy: int) -> None:
        super()._move_cursor(dx, dy)
        if self._grid.marked in self._changes:
            self._choose(self._array_at(self._grid.marked))

    @Slot(object)
    def _click(self, place: Place | None) -> None:
        array = None if place is None else self._array_at(place)
        self._choose(None if array == self._array else array)

    def _array_at(self, place: Place) -> str:
        return self._changes[place][0].cell.field

    def _use_cursor(self) -> None:
        self._click(self._grid.marked if self._grid.marked in self._changes else None)

    def _escape(self) -> None:
        super()._escape()
        self._choose(None)

    def _choose(self, array: str | None) -> None:
        """Write about this array, or about all."""
        if self._check is not None and array != self._array:
            self._array = array
            self._write(self._check)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if by := pages.get(Qt.Key(event.key()), 0):
            bar = self._text.verticalScrollBar()
            bar.setValue(bar.value() + by * bar.pageStep())
        else:
            super().keyPressEvent(event)

    def hasHeightForWidth(self) -> bool:
        """Keep the height in narrow docks."""
        return False
