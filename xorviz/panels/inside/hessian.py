"""The view of the loss's curvature: eigenvalues as bars, and a verdict below them."""

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QTextLayout

from xorviz.core import numerals
from xorviz.core.analysis.curvature import Curvature, CurvatureQuestion, Question
from xorviz.core.arrays import Array
from xorviz.core.diagnosis.verdict import verdict
from xorviz.core.network import parameter_count
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.asking_view import AskingView
from xorviz.panels.base.export import Cells
from xorviz.panels.base.words import at_step
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.bars import BarPlot
from xorviz.ui.theme.style import bold

DECADES = 6
"""Decades from the zero line to either end; smaller values get the shortest bar."""
_FEWEST = 6
"""Bars that fill the width, so that few are not too wide."""
_TITLE = "Eigenvalues, largest first"


@guarded
class SignedLogAxis(ScaledAxis):
    """A logarithmic axis in both directions from zero; its view coordinates are decades."""

    def __init__(self) -> None:
        super().__init__("left", self._label)
        self.top = 0
        """Exponent of ten at either end."""

    def to_view(self, values: Array) -> Array:
        with np.errstate(divide="ignore"):
            decades = np.log10(np.abs(values)) - self.top + DECADES
        return np.asarray(np.sign(values) * np.clip(decades, 0, DECADES))

    def from_view(self, position: float) -> float:
        return position

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: ARG002
        """Return as many decades as fit, zero among them."""
        per_decade = size / (2 * DECADES)
        line = self.text_height
        every = next((n for n in (1, 2, 3) if n * per_decade >= 1.3 * line), DECADES)
        return [(1.0, [float(d) for d in range(-DECADES, DECADES + 1, every)])]

    def _label(self, decades: float) -> str:
        """Return the text of a decade, counted from the zero line."""
        if not decades:
            return "0"
        exponent = self.top - DECADES + round(abs(decades))
        sign = numerals.MINUS if decades < 0 else ""
        return sign + (str(10**exponent) if 0 <= exponent <= 2 else numerals.ten_to(exponent))


@guarded
class EigenvalueBars(BarPlot):
    """Bars on a logarithmic scale in both directions. The scale changes by whole decades only."""

    def __init__(self) -> None:
        self._axis = SignedLogAxis()
        super().__init__("Eigenvalues", self._axis, _TITLE)
        row = self.rows[0]
        row.frame.bottom.hide()
        row.ends = -DECADES - 0.4, DECADES + 0.4
        self.values: Array = np.empty(0)
        """(B,) the eigenvalues that are shown."""
        self._negative = self._positive = 0
        self._use_font()

    def _use_font(self) -> None:
        super()._use_font()
        for row in self.rows:  # below is the lower half of the lowest text
            row.frame.layout().setContentsMargins(0, 0, 0, self.fontMetrics().height() // 2)

    def sizeHint(self) -> QSize:
        return QSize(280, 150)

    def show_values(self, falling: Array, negative: int, positive: int) -> None:
        """Show eigenvalues, largest first; all but the given numbers of each sign count as zero."""
        if len(falling) != len(self.values):
            self.follow()
        self.values, self._negative, self._positive = falling, negative, positive
        self._fit_scale(float(np.abs(falling).max(initial=0.0)))
        self._draw()

    def set_note(self, note: str) -> None:
        self.rows[0].point((), note)
        self.setToolTip(f"Eigenvalues {note} on a logarithmic scale: orange curves up, blue down")

    def _fit_scale(self, largest: float) -> None:
        """Change the scale only if a bar exceeds it or stays more than a decade below its end."""
        if largest > 0:
            needed = math.ceil(math.log10(largest) - 1e-9)
            if not self._axis.top - 1 <= needed <= self._axis.top:
                self._axis.top = needed
                self._axis.set_log(is_log=False)  # updates the tick labels

    def _draw(self) -> None:
        count = len(self.values)
        zeros = count - self._positive - self._negative
        colors = (
            [self._theme.plus] * self._positive
            + [self._theme.quiet] * zeros
            + [self._theme.minus] * self._negative
        )
        heights = self.values.copy()
        heights[self._positive : count - self._negative] = 0
        self.bars.show_bars(np.arange(count + 1.0), heights, colors, shows_zeros=True)
        self.step_ends = 0.0, float(max(count, _FEWEST))
        self.fit_curves()


_GAP = 4
"""Pixels between paragraphs."""


@guarded
class VerdictText(Canvas):
    """Text whose size never depends on its content; the tool tip holds all of it."""

    def __init__(self, lengths: Iterable[int]) -> None:
        """Make room for paragraphs of these numbers of characters, if there is so much."""
        super().__init__(QSize(0, 0), QSize(0, 0))
        self._lengths = tuple(lengths)
        self._paragraphs: tuple[str, ...] = ()

    def show_text(self, heading: str, sentence: str = "", quiet: tuple[str, ...] = ()) -> None:
        """Show a heading, a sentence, and paragraphs in the quiet colour."""
        self._paragraphs = heading, sentence, *quiet
        self.setAccessibleName(". ".join(filter(None, (heading, sentence))))
        self.setAccessibleDescription(" ".join(quiet))
        self.setToolTip("\n".join(filter(None, self._paragraphs)))
        self.update()

    def _lay_out(self) -> None:
        """Take the height that the paragraphs need at this width, or less."""
        metrics = self.fontMetrics()
        a_line = max(1, int(0.9 * self.width() / max(1, metrics.averageCharWidth())))
        lines = sum(-(-length // a_line) for length in self._lengths)
        self.setMaximumHeight(lines * metrics.lineSpacing() + len(self._lengths) * _GAP)

    def _paint(self, painter: QPainter) -> None:
        top = 0.0
        for number, text in enumerate(self._paragraphs):
            if text:
                painter.setFont(self.font() if number else bold(self.font()))
                painter.setPen(QColor(self.theme.text if number < 2 else self.theme.quiet))
                top = self._paint_paragraph(painter, text, top) + _GAP

    def _paint_paragraph(self, painter: QPainter, text: str, top: float) -> float:
        """Paint as many lines as fit, eliding the last one; return the bottom of the paragraph."""
        layout, metrics = QTextLayout(text, painter.font()), QFontMetricsF(painter.font())
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self.width())
        layout.endLayout()
        for line in map(layout.lineAt, range(layout.lineCount())):
            if top + line.height() > self.height():
                break
            shown = text[line.textStart() : line.textStart() + line.textLength()]
            if top + 2 * line.height() > self.height():
                rest = text[line.textStart() :]
                shown = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, self.width())
                if shown != rest:  # half a number would be another number
                    shown = f"{shown.rpartition(' ')[0]}…"
            painter.drawText(QPointF(0, top + line.ascent()), shown)
            top += line.height()
        return top


REST_MS = 400
_TEXT_LENGTHS = (24, 170, 155, 80, 32, 75, 125, 95)
"""Characters of the longest text of each paragraph of a verdict."""
_BARS, _TEXT = 2, 3
"""Least shares of bars and text in the height."""
_WAITING = "Computing…"


@guarded
class HessianView(AskingView):
    """The eigenvalues of the Hessian and a verdict.

    An answer stays until the next one arrives; it names the step it belongs to.
    """

    has_table = True
    explanation = (
        "How the loss curves around the network: the eigenvalues of its second derivatives (the "
        "Hessian), one for each direction. Up and orange: in this direction the loss curves up. "
        "Down and blue: it curves down, so this is no minimum. The scale is logarithmic. Point at "
        "a bar, or walk along with the arrow keys, to read it. The text says whether gradient "
        "descent leaves this place or whether it looks like a trap, and why that may be wrong; its "
        "tool tip has all of it. The panel What helps tries to train on, to kick the weights, and "
        "to follow the direction that curves down most."
    )

    def __init__(self) -> None:
        super().__init__("hessian", REST_MS)
        self._bars, self._text = EigenvalueBars(), VerdictText(_TEXT_LENGTHS)
        self._answered: CurvatureQuestion | None = None
        self._curvature: Curvature | None = None
        parts = (self._bars, _BARS), (self._text, _TEXT)
        column(self, *parts, margins=(6, 2, 6, 2), gap=8)
        self.setMinimumSize(180, 150)
        self._cursor_over(self._bars)

    def table(self) -> Cells | None:
        """Return the eigenvalues that are shown, from the largest, and their step."""
        if self._curvature is None or self._answered is None:
            return None
        step, values = self._answered.step, self._curvature.eigenvalues[::-1].tolist()
        return ("step", "eigenvalue"), ((step, value) for value in values)

    def describe(self, snapshot: Snapshot) -> str:
        found, answered = self._curvature, self._answered
        if found is None or answered is None:
            return f"{at_step(snapshot)}, the curvature is not computed yet."
        said, values = verdict(found, answered.config), found.eigenvalues
        ends = (numerals.real(float(value), 3) for value in (values[0], values[-1]))
        return (
            f"At step {numerals.whole(answered.step)}: {said.kind}. {said.sentence} {said.doubt}"
            f" {len(values)} eigenvalues from {' to '.join(ends)}: {found.negative} negative,"
            f" {found.positive} positive."
        )

    def _question(self, snapshot: Snapshot) -> Question:
        return CurvatureQuestion(snapshot.weights, snapshot.config, snapshot.step, snapshot.run)

    def _draw(self, snapshot: Snapshot) -> None:
        super()._draw(snapshot)
        if self._answered is None:
            self._text.show_text("", _WAITING)
        self._read_marked()

    def _show_answer(self, question: CurvatureQuestion, answer: Curvature) -> None:
        self._curvature, self._answered = answer, question
        self._bars.show_values(answer.eigenvalues[::-1], answer.negative, answer.positive)
        said = verdict(answer, question.config)
        self._text.show_text(said.kind, said.sentence, (said.doubt, *said.evidence))
        self._read_marked()

    def _show_failure(self, message: str) -> None:
        self._text.show_text("No answer", message)

    def _read_marked(self) -> None:
        """Read out the marked bar, and note which step the bars belong to."""
        bar = self._bars.bars.marked
        if self._answered is not None and self._snapshot is not None:
            of_before = "" if self._answered.run == self._snapshot.run else ", run before"
            self._bars.set_note(f"at step {numerals.whole(self._answered.step)}{of_before}")
        values = self._bars.values
        if bar is not None and bar < len(values):
            value = numerals.real(float(values[bar]), 4)
            self.readout_changed.emit(f"{bar + 1} of {len(values)}: {value}")
        elif self._snapshot is not None:
            count = f"{parameter_count(self._snapshot.config)} eigenvalues"
            self.readout_changed.emit(self.resting_text or count)

    def hasHeightForWidth(self) -> bool:
        """Keep the height in narrow docks."""
        return False
