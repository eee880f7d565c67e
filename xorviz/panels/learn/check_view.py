"""The panel Check: what an imported training step changed, beside what it should have changed."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QApplication

from xorviz.core import numerals
from xorviz.core.analysis.surface import round_bound
from xorviz.core.check.factors import by_name
from xorviz.core.check.step_check import (
    CORRECT,
    FAULTY,
    UNDECIDED,
    WRONG,
    Finding,
    Repair,
    StepCheck,
)
from xorviz.core.network import Weights
from xorviz.panels.base.export import Cells
from xorviz.panels.base.view import View
from xorviz.panels.learn.weight_grid import SCROLLS, SCROLLS_TIP, WeightGrid, cells
from xorviz.ui.chrome.texts import SteadyText, styled
from xorviz.ui.draw.cell_grid import Place
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded

_HEADLINES = {CORRECT: "The step is correct", FAULTY: "The step is faulty", UNDECIDED: "Undecided"}
_DIGITS = 6
_VANISHING = 1e-6
"""Share of the strongest colour below which a number is written as 0."""


def headline(check: StepCheck) -> str:
    """Return the verdict in a few words."""
    return _HEADLINES[check.verdict]


def finding_text(array: str, finding: Finding) -> str:
    """Return what explains the change of an array: w1: not updated, at rate 0.5."""
    text = f"{array}{' ' if finding.name == WRONG else ': '}{finding.name}"
    rate = "" if finding.rate is None else f", at rate {finding.rate:.4g}"
    return text + rate.replace("-", numerals.MINUS)


def details_html(repairs: Sequence[Repair], notes: Iterable[str]) -> str:
    """Return wrong lines with the right ones below, and notes.

    The faults are named if there are several; one alone is what the verdict's sentence names.
    """
    parts = [_repair(one, len(repairs) > 1) for one in repairs]
    return "".join([*parts, *map(_paragraph, notes)])


def _repair(repair: Repair, is_titled: bool) -> str:
    colors = QApplication.palette()
    wrong = _line("Wrong", colors.brightText(), repair.wrong)
    right = _line("Right", colors.link(), repair.right)
    head, _, rest = repair.says.partition(". ")
    title = styled("p", "font-weight:600; margin:8px 0 0 0", f"{head}.")
    table = f'<table cellspacing="0" style="margin:4px 0 0 0">{wrong}{right}</table>'
    return title * is_titled + table + _paragraph(rest)


def _line(name: str, ink: QBrush, code: str) -> str:
    style = f"color:{ink.color().name()}; margin:0"
    label = styled("td", f"{style}; font-weight:600; padding:2px 12px 2px 0", name)
    lines = styled("p", f"{style}; font-family:monospace", code)
    return f'<tr>{label}<td style="padding:2px 0">{lines}</td></tr>'


def _paragraph(text: str) -> str:
    return styled("p", "margin:4px 0 0 0", text)


def grids(check: StepCheck) -> dict[str, Weights]:
    """Return the changes of all numbers, those of a correct step, and the differences.

    Where nothing explains the step, no step is the correct one.
    """
    if not check.is_explained:
        return {"yours": check.yours}
    with np.errstate(all="ignore"):  # changes may not be finite
        difference = check.yours.each(np.subtract, check.exact)
    return {"yours": check.yours, "exact": check.exact, "difference": difference}


def limits(check: StepCheck) -> dict[str, float]:
    """Return the change that has the strongest colour, for each array.

    Each has its own: those of the hidden layer are often far smaller than the output's.
    """
    blocks = [by_name(block) for block in grids(check).values()]
    sizes = {name: np.abs([block[name] for block in blocks]) for name in check.arrays}
    return {name: round_bound(one[np.isfinite(one)].max(initial=0)) for name, one in sizes.items()}


def cell_text(value: float, limit: float) -> str:
    """Return a number as it is written in a cell of a grid with this strongest colour."""
    if not math.isfinite(value):
        return numerals.NOTHING
    if abs(value) < _VANISHING * limit:
        return "0"
    if _is_power(limit):
        return "+" * (value > 0) + numerals.power(value, 1)
    return numerals.signed(value, 4 if limit <= 1 else 2)


def _is_power(limit: float) -> bool:
    """Return whether numbers up to a limit are written as powers of ten."""
    return not 0.01 <= limit < 1000


IMPORTED = "Imported step"
"""Where a step comes from, unless another source is named."""
_LEAST_TEXT, _BESIDE_TEXT = 64, 14
"""Least height of the text and the space beside it, in pixels."""
_LEAST_GRID = QSize(160, 84)
_LINES = 12
"""Lines of text that come before the grids where both are cramped."""


@guarded
class CheckView(View):
    """Three grids of the changes of all numbers, and what is wrong in an array of them.

    It shows a value from outside, not the current run: it names its source.
    """

    has_table = True
    explanation = (
        "Whether a training step of another program is correct. Each grid has a cell for every "
        "weight and bias: how much your step changed it, how much a correct step changes it, and "
        "the difference; where nothing explains your step, it stands alone. Orange is up, blue is "
        "down, pale is near zero; all grids of an array have the same colours. The text names the "
        "fault, with the wrong line and the right one. Click a cell, or go to it with the arrow "
        "keys, to read what was found in its array; click it again, or press Esc, to read about "
        "all arrays. Point at a cell to read its exact numbers. Page up and Page down scroll the "
        "text."
    )

    def __init__(self) -> None:
        super().__init__("step_check")
        self._check: StepCheck | None = None
        self._source = ""
        self._array: str | None = None
        """The array that the text is about; None for all."""
        self._text = SteadyText("check_text", "What was found")
        self._grid = WeightGrid(QSize(518, 300), _LEAST_GRID, "change")
        self._scrolls = self._option("check_numbers", SCROLLS, checked=True, tip=SCROLLS_TIP)
        self._scrolls.toggled.connect(self.draw_anew)
        self._cursor_over(self._grid)
        self._paged = self._text.verticalScrollBar()
        self._grid.clicked.connect(self._click)
        self._text.setMinimumHeight(_LEAST_TEXT)
        # The text takes its height first, which has a limit.
        parts = (self._text, 1000), (self._grid, 1), self._grid.below
        column(self, *parts, margins=(8, 4, 6, 2), gap=4)

    @property
    def is_empty(self) -> bool:
        return self._check is None

    def show_check(self, check: StepCheck | None, source: str = IMPORTED) -> None:
        """Show what was found out about a step of some source; with None, why there is nothing.

        Of a step that follows in the same program, the array that was chosen stays chosen.
        """
        is_next = IMPORTED not in {self._source, source}
        if not is_next or check is None or self._array not in check.arrays:
            self._array = None
            self._grid.mark(None)
        self._check, self._source = check, source
        self._draw_again()
        self.describe_again()

    def table(self) -> Cells | None:
        """Return the changes of all numbers, and what was found in their arrays."""
        if self._check is None:
            return None
        blocks, found = grids(self._check), self._check.arrays
        rows = (
            (alike[0].name, *(cell.value for cell in alike), found[alike[0].field].name)
            for alike in zip(*map(cells, blocks.values()), strict=True)
        )
        return ("weight", *blocks, "finding"), rows

    def description(self) -> str:
        check = self._check
        if check is None:
            return f"{self._source} {self.explanation}".strip()
        found = "; ".join(finding_text(*one) for one in check.arrays.items())
        mended = (one.says for one in check.repairs)
        said = f"{self._source}: {headline(check)}. {check.sentence} {found}."
        return " ".join((said, *mended, *check.notes))

    def _draw_latest(self) -> None:
        check = self._check
        for part in (self._text, self._grid.bar):
            part.setVisible(check is not None)
        if check is None:
            self._grid.show_message(self._source)
        else:
            bounds, scrolls = limits(check), self._scrolls.isChecked()
            has_powers = any(map(_is_power, bounds.values()))
            sample = f"{numerals.MINUS}{'0.0·10⁻⁰' if has_powers else '0.0000'}"
            self._grid.show_weights(grids(check), bounds, cell_text, sample, scrolls)
            self._write(check)
        self._read_marked()

    def _write(self, check: StepCheck) -> None:
        """Write the verdict, and what was found in the chosen array or in all."""
        self._text.write(self._page(check, self._array))
        wrong = (name for name, finding in check.arrays.items() if finding.is_fault)
        changed = (name for name, change in by_name(check.yours).items() if change.any())
        scale = self._array or next(wrong, None) or next(changed)
        self._grid.show_scale(limits(check)[scale], f"change of {scale}")
        self._arrange()

    def _page(self, check: StepCheck, array: str | None) -> str:
        """Return the verdict, and what was found in an array or in all."""
        ink = self.theme.accent if check.verdict == CORRECT else self.theme.text
        large = f"color:{ink}; font-size:large; font-weight:600; margin:0"
        verdict, repairs = styled("p", large, headline(check)), check.repairs
        found = [check.sentence]
        if array is not None:
            found.append(finding_text(array, check.arrays[array]))
            repairs = tuple(one for one in repairs if array in one.arrays)
        return verdict + details_html((), found) + details_html(repairs, check.notes)

    def _arrange(self) -> None:
        """Give the text the height that it needs, if the grids have as much or it is short.

        It keeps that height for each array, so that the arrow keys move nothing.
        """
        if self._check is None:
            return
        line = self.fontMetrics().height()
        width = max(40, self.width() - _BESIDE_TEXT)
        whole = self._text.height_of(self._page(self._check, None), width)
        needed = whole + line  # for a finding
        beside = _LEAST_GRID.height() + self._grid.bar.sizeHint().height() + 16
        most = max(self.height() // 2, min(_LINES * line, self.height() - beside))
        self._text.setMaximumHeight(max(_LEAST_TEXT, min(needed, most)))

    def _recolour(self) -> None:
        if self._check is not None:
            self._write(self._check)

    def _read_marked(self) -> None:
        text, place = self._source[:1].lower() + self._source[1:], self._grid.marked
        if self._check is None:
            text = ""
        elif place in self._grid.cells:
            text = self._text_at(grids(self._check), place)
        self.readout_changed.emit(text)

    def _text_at(self, blocks: dict[str, Weights], place: Place) -> str:
        """Return a number's name and its values, first that of the grid, which is never cut off."""
        cell = self._grid.cells[place]
        values = {name: getattr(block, cell.field)[cell.index] for name, block in blocks.items()}
        shown = [f"{name} {numerals.real(value, _DIGITS)}" for name, value in values.items()]
        first = shown.pop(place[0] * len(blocks) // self._grid.shape[0])
        return ", ".join([f"{cell.name} {first}", *shown])

    def _move_cursor(self, dx: int, dy: int) -> None:
        super()._move_cursor(dx, dy)
        if (cell := self._grid.cells.get(self._grid.marked)) is not None:
            self._choose(cell.field)

    @Slot(object)
    def _click(self, place: Place | None) -> None:
        cell = None if place is None else self._grid.cells.get(place)
        self._choose(None if cell is None or cell.field == self._array else cell.field)

    def _use_cursor(self) -> None:
        self._click(self._grid.marked)

    def _escape(self) -> None:
        super()._escape()
        self._choose(None)

    def _choose(self, array: str | None) -> None:
        """Write about this array, or about all."""
        if self._check is not None and array != self._array:
            self._array = array
            self._write(self._check)
