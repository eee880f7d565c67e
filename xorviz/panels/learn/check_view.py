"""The panel Check: what an imported training step changed, beside what it should have changed."""

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QApplication

from xorviz.core import numerals
from xorviz.core.analysis.surface import round_bound
from xorviz.core.check.factors import by_name
from xorviz.core.check.step_check import CORRECT, UNDECIDED, Finding, Repair, StepCheck
from xorviz.core.network import Weights
from xorviz.panels.base.export import Cells
from xorviz.panels.base.view import View
from xorviz.panels.learn.weight_grid import SCROLLS, SCROLLS_TIP, Cell, WeightGrid, cells
from xorviz.ui.chrome.texts import SteadyText, styled
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded

_DIGITS = 6
_VANISHING = 1e-6
"""Share of the strongest colour below which a number is written as 0."""


def headline(check: StepCheck) -> str:
    """Return the verdict in a few words."""
    return "Undecided" if check.verdict == UNDECIDED else f"The step is {check.verdict}"


def finding_text(array: str, finding: Finding) -> str:
    """Return what explains the change of an array: w1: not updated, at rate 0.5."""
    rate = "" if finding.rate is None else f", at rate {finding.rate:.4g}"
    return f"{array}: {finding.name}{rate.replace('-', numerals.MINUS)}"


def details_html(repairs: Iterable[Repair], notes: Iterable[str]) -> str:
    """Return wrong lines above the right ones, and notes.

    The faults are named in the verdict's sentence, in the same order.
    """
    return "".join([*map(_repair, repairs), *map(_paragraph, notes)])


def _repair(repair: Repair) -> str:
    colors = QApplication.palette()
    wrong = _line("Wrong", colors.brightText(), repair.wrong)
    right = _line("Right", colors.link(), repair.right)
    table = f'<table cellspacing="0" style="margin:6px 0 0 0">{wrong}{right}</table>'
    return table + _paragraph(repair.says.partition(". ")[2])


def _line(name: str, ink: QBrush, code: str) -> str:
    color = f"color:{ink.color().name()}"
    label = styled("td", f"{color}; font-weight:600; padding:1px 12px 1px 0", name)
    lines = styled("span", f"{color}; font-family:monospace", code)
    return f'<tr>{label}<td style="padding:1px 0">{lines}</td></tr>'


def _paragraph(text: str) -> str:
    return styled("p", "margin:3px 0 0 0", text)


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
        "fault, with the wrong line and the right one. Point at a cell, or go to it with the arrow "
        "keys, to read its exact numbers and what was found in its array. Page up and Page down "
        "scroll the text."
    )

    def __init__(self) -> None:
        super().__init__("step_check")
        self._check: StepCheck | None = None
        self._source = ""
        self._text = SteadyText("check_text", "What was found")
        self._grid = WeightGrid(QSize(518, 300), QSize(160, 84), "change")
        self._scrolls = self._option("check_numbers", SCROLLS, checked=True, tip=SCROLLS_TIP)
        self._scrolls.toggled.connect(self.draw_anew)
        self._cursor_over(self._grid)
        self._paged = self._text.verticalScrollBar()
        self._text.setMinimumHeight(_LEAST_TEXT)
        parts = (self._text, 1), (self._grid, 1), self._grid.below
        column(self, *parts, margins=(8, 4, 6, 2), gap=4)

    @property
    def is_empty(self) -> bool:
        return self._check is None

    def show_check(self, check: StepCheck | None, source: str = IMPORTED) -> None:
        """Show what was found out about a step of some source; with None, why there is nothing."""
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
        self._recolour()
        self._read_marked()

    def _recolour(self) -> None:
        if (check := self._check) is not None:
            ink = self.theme.accent if check.verdict == CORRECT else self.theme.text
            large = f"color:{ink}; font-size:large; font-weight:600; margin:0"
            found = styled("p", large, headline(check)) + _paragraph(check.sentence)
            self._text.write(found + details_html(check.repairs, check.notes))
            self._arrange()

    def _arrange(self) -> None:
        """Leave the grids all the height that the text does not need."""
        needed = self._text.height_at(max(40, self.width() - _BESIDE_TEXT))
        self._text.setMaximumHeight(max(_LEAST_TEXT, needed))

    def _read_marked(self) -> None:
        """Read out the marked number, with what was found in its array, whose scale is shown."""
        check, cell = self._check, self._grid.cells.get(self._grid.marked)
        text, tip = self._source[:1].lower() + self._source[1:], ""
        if check is None:
            text = ""
        else:
            wrong = [name for name, finding in check.arrays.items() if finding.is_fault]
            changed = [name for name, change in by_name(check.yours).items() if change.any()]
            scale = cell.field if cell else (wrong + changed)[0]
            self._grid.show_scale(limits(check)[scale], f"change of {scale}")
            if cell is not None:
                tip = finding_text(scale, check.arrays[scale])
                text = f"{self._text_of(cell, grids(check))}; {tip}"
        self._grid.setToolTip(tip)
        self.readout_changed.emit(text)

    def _text_of(self, cell: Cell, blocks: dict[str, Weights]) -> str:
        """Return a number's name and its values, first that of the grid, which is never cut off."""
        values = {name: getattr(block, cell.field)[cell.index] for name, block in blocks.items()}
        shown = [f"{name} {numerals.real(value, _DIGITS)}" for name, value in values.items()]
        row, _ = self._grid.marked
        first = shown.pop(row * len(blocks) // self._grid.shape[0])
        return ", ".join([f"{cell.name} {first}", *shown])
