"""The check of a training step: what it changed, beside what it should have changed."""

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from xorviz.core import numerals
from xorviz.core.analysis.surface import round_bound
from xorviz.core.check.factors import by_name
from xorviz.core.check.step_check import CORRECT, UNDECIDED, Finding, Repair, StepCheck
from xorviz.core.network import Weights
from xorviz.panels.learn.weight_grid import Cell, WeightGrid, cells
from xorviz.ui.chrome.texts import styled
from xorviz.ui.forms.boxes import column
from xorviz.ui.theme.palette import Theme

_DIGITS = 6
_VANISHING = 1e-6
"""Share of the strongest colour below which a number is written as 0."""
_ROW = 1.35
"""Height of a row of the grids in heights of a line."""


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


class CheckPart(QWidget):
    """The verdict on a step, the wrong lines beside the right ones, and grids of its changes."""

    def __init__(self) -> None:
        super().__init__()
        self._check: StepCheck | None = None
        self._source = ""
        self._text = QLabel(wordWrap=True)
        self._text.setObjectName("check_text")
        self.grid = WeightGrid(QSize(300, 300), QSize(160, 84), "change")
        column(self, self._text, self.grid, self.grid.below, margins=(0, 0, 0, 0), gap=4)

    def show_check(self, check: StepCheck | None, source: str, theme: Theme, scrolls: bool) -> None:
        """Show what was found out about a step of some source; without a check, why nothing was."""
        self._check, self._source = check, source
        for part in (self.grid, self.grid.bar):
            part.setVisible(check is not None)
        if check is None:
            self._text.setText(_paragraph(source))
            return
        ink = theme.accent if check.verdict == CORRECT else theme.text
        found = styled("p", f"color:{ink}; font-weight:600; margin:0", headline(check))
        said = _paragraph(f"{source}: {check.sentence}")
        self._text.setText(found + said + details_html(check.repairs, check.notes))
        bounds = limits(check)
        has_powers = any(map(_is_power, bounds.values()))
        sample = f"{numerals.MINUS}{'0.0·10⁻⁰' if has_powers else '0.0000'}"
        self.grid.show_weights(grids(check), bounds, cell_text, sample, scrolls)
        rows = self.grid.shape[0] + 2 * len(grids(check))  # each grid has two lines of names
        self.grid.setFixedHeight(round(rows * _ROW * self.fontMetrics().height()))
        self._show_scale()

    @property
    def said(self) -> str:
        """What was found out, and where it came from."""
        check = self._check
        if check is None:
            return self._source
        found = "; ".join(finding_text(*pair) for pair in check.arrays.items())
        mended = (f"{x.says} Wrong: {x.wrong}. Right: {x.right}." for x in check.repairs)
        text = f"{self._source}: {headline(check)}. {check.sentence} {found}."
        return " ".join((text, *mended, *check.notes))

    def rows(self) -> Iterable[tuple[str, str, float | str]]:
        """Yield the changes of all numbers by their grids, and what was found in the arrays."""
        if (check := self._check) is None:
            return
        for block, weights in grids(check).items():
            yield from ((cell.name, block, cell.value) for cell in cells(weights))
        yield from ((name, "finding", found.name) for name, found in check.arrays.items())

    @property
    def marked_text(self) -> str:
        """The number that is pointed at, and what was found in its array, whose scale is shown."""
        cell, check = self.grid.cells.get(self.grid.marked), self._check
        self._show_scale(cell)
        if cell is None or check is None:
            return ""
        return f"{self._text_of(cell, check)}; {finding_text(cell.field, check.arrays[cell.field])}"

    def _show_scale(self, cell: Cell | None = None) -> None:
        """Show the scale of an array; without one, of the first that is wrong or changed."""
        if (check := self._check) is None:
            return
        wrong = [name for name, finding in check.arrays.items() if finding.is_fault]
        changed = [name for name, change in by_name(check.yours).items() if change.any()]
        scale = cell.field if cell else (wrong + changed)[0]
        self.grid.show_scale(limits(check)[scale], f"change of {scale}")

    def _text_of(self, cell: Cell, check: StepCheck) -> str:
        """Return a number's name and its values, first that of the grid, which is never cut off."""
        blocks = grids(check)
        values = {name: getattr(block, cell.field)[cell.index] for name, block in blocks.items()}
        shown = [f"{name} {numerals.real(value, _DIGITS)}" for name, value in values.items()]
        row, _ = self.grid.marked or (0, 0)
        first = shown.pop(row * len(blocks) // self.grid.shape[0])
        return ", ".join([f"{cell.name} {first}", *shown])
