"""The view of the loss's curvature: eigenvalues and a verdict."""

from xorviz.core import numerals
from xorviz.core.analysis.curvature import Curvature, CurvatureQuestion, Question
from xorviz.core.diagnosis.verdict import verdict
from xorviz.core.network import parameter_count
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.asking_view import AskingView
from xorviz.panels.base.export import Cells
from xorviz.panels.base.words import at_step
from xorviz.panels.inside.hessian.eigenvalue_bars import EigenvalueBars
from xorviz.panels.inside.hessian.verdict import VerdictText
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded

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
