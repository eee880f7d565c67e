"""The view of the loss's curvature: eigenvalues, plateau or trap, and experiments."""

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent

from xorviz.core import numerals
from xorviz.core.analysis.curvature import Curvature, CurvatureQuestion, Question
from xorviz.core.analysis.verdict import verdict
from xorviz.core.network import flat
from xorviz.core.runs.record import parameter_count
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.asking import AskingView
from xorviz.panels.inside.hessian.eigenvalue_bars import EigenvalueBars
from xorviz.panels.inside.hessian.experiments import Experiments
from xorviz.panels.inside.hessian.verdict import VerdictText
from xorviz.ui.chrome.action_button import ActionButton
from xorviz.ui.forms.scrolled import WrappingRow
from xorviz.ui.guard import guarded

REST_MS = 400
_MARGIN = 6
_GAP = 8
_TEXT_LENGTHS = (34, 150, 160, 80, 32, 75, 125, 95)
"""Characters of the longest text of each paragraph of a verdict."""
_TEXT_SHARE = 0.6
"""Largest share of the height above the buttons that the text uses."""
_WAITING = "Working it out…"

_BUTTONS = """
QPushButton {{ background: {panel}; border: 1px solid {hairline}; border-radius: 6px;
    padding: 4px 5px; color: {text}; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:focus {{ border-color: {accent}; }}
QPushButton:disabled {{ color: {quiet}; background: {panel}; }}
"""


@guarded
class HessianView(AskingView):
    """The eigenvalues of the Hessian, a verdict and three experiments.

    An answer stays until the next one arrives; it names the step it belongs to.
    """

    longer_requested = Signal(object)  # int: number of steps
    weights_requested = Signal(object, str)  # Weights, their origin
    refused = Signal(str)  # why an experiment cannot be done

    explanation = (
        "How the loss curves around the network, in every direction that matters: the "
        "eigenvalues of its second derivatives. Up and orange: the loss rises to both sides. Down "
        "and blue: it falls to both sides, so this is no minimum. The scale is logarithmic. Point "
        "at a bar, or walk along with the arrow keys, to read it. Below stands whether this looks "
        "like a plateau or a trap, and why that may be wrong; the whole of it is in the tool tip. "
        "Run longer trains on; Kick moves all weights a little in a random direction; Follow "
        "moves them along the direction that curves down most. Undo takes both back."
    )

    def __init__(self) -> None:
        super().__init__("hessian", REST_MS)
        self._bars, self._text = EigenvalueBars(), VerdictText()
        self._asked: CurvatureQuestion | None = None
        self._answered: CurvatureQuestion | None = None
        self._curvature: Curvature | None = None
        self._pointed: int | None = None
        self._experiments = Experiments(self)
        self.options = [*self._experiments.actions, *self._experiments.sizes]
        self._buttons = WrappingRow([ActionButton(action) for action in self._experiments.actions])
        for part in (self._bars, self._text, self._buttons):
            part.setParent(self)
        self._bars.setAccessibleName("Eigenvalues")
        self.setMinimumSize(180, 150)
        self._connect()

    def _connect(self) -> None:
        experiments = self._experiments
        experiments.longer_requested.connect(self.longer_requested)
        experiments.weights_requested.connect(self.weights_requested)
        experiments.refused.connect(self.refused)
        experiments.size_changed.connect(self.options_changed)
        self._bars.pointed_at.connect(self._point_at)
        self._rest.timeout.connect(self._offer_follow)

    @property
    def options_text(self) -> str:
        return f"kick {self._experiments.size:g}"

    def note_snapshot(self, snapshot: Snapshot) -> None:
        """Hand every snapshot to the experiments, also while the view is hidden."""
        super().note_snapshot(snapshot)
        self._experiments.show_snapshot(snapshot)
        self._experiments.show_curvature(self._current_curvature(), may_enable=False)

    def _question(self, snapshot: Snapshot) -> Question | None:
        weights, config = snapshot.weights, snapshot.config
        self._asked = CurvatureQuestion(weights, config, snapshot.step, snapshot.run)
        return self._asked

    def _draw(self, snapshot: Snapshot) -> None:
        super()._draw(snapshot)
        if self._answered is None:
            self._text.show_text("", _WAITING)
        self._show_step()
        self._read()

    def _show_answer(self, answer: object) -> None:
        assert isinstance(answer, Curvature)
        assert self._asked is not None
        self._curvature, self._answered = answer, self._asked
        self._bars.show_values(answer.eigenvalues[::-1], answer.negative, answer.positive)
        said = verdict(answer, self._answered.config)
        self._text.show_text(said.kind, said.sentence, (said.doubt, *said.evidence))
        self._show_step()
        self._experiments.show_curvature(self._current_curvature(), may_enable=False)
        self._read()

    def _show_failure(self, message: str) -> None:
        self._text.show_text("No answer", message)

    def _show_step(self) -> None:
        if self._answered is not None and self._snapshot is not None:
            of_before = "" if self._answered.run == self._snapshot.run else ", run before"
            self._bars.set_note(f"at step {numerals.whole(self._answered.step)}{of_before}")

    def _current_curvature(self) -> Curvature | None:
        """Return the latest answer if it belongs to the network that is shown."""
        snapshot, answered = self._snapshot, self._answered
        if snapshot is None or answered is None or snapshot.config != answered.config:
            return None
        is_same = np.array_equal(flat(snapshot.weights), flat(answered.weights))
        return self._curvature if is_same else None

    @Slot()
    def _offer_follow(self) -> None:
        """Enable Follow only once snapshots pause: it must not blink during a run."""
        self._experiments.show_curvature(self._current_curvature(), may_enable=True)

    def _move_cursor(self, dx: int, dy: int) -> None:  # noqa: ARG002
        last = self._bars.count - 1
        if last < 0 or not dx:
            return
        if self._pointed is None:
            self._point_at(0 if dx > 0 else last)
        else:
            self._point_at(min(max(self._pointed + dx, 0), last))

    def _clear_cursor(self) -> None:
        self._point_at(None)

    @Slot(object)
    def _point_at(self, bar: int | None) -> None:
        self._pointed = bar
        self._bars.mark(bar)
        self._read()

    def _read(self) -> None:
        bar = self._pointed
        if bar is not None and bar < self._bars.count:
            value = numerals.real(self._bars.value(bar), 4)
            self.readout_changed.emit(f"{bar + 1} of {self._bars.count}: {value}")
        elif self._snapshot is not None:
            count = f"{parameter_count(self._snapshot.config)} eigenvalues"
            self.readout_changed.emit(self.resting_text or count)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        """Place the parts: text and buttons keep their height, the bars get the rest."""
        left, width = _MARGIN, max(1, self.width() - 2 * _MARGIN)
        low = self._buttons.heightForWidth(width)
        space = self.height() - low - 2 * _GAP - 4
        high = min(self._text.height_of(_TEXT_LENGTHS, width), round(_TEXT_SHARE * space))
        self._bars.setGeometry(left, 2, width, space - high)
        self._text.setGeometry(left, 2 + space - high + _GAP, width, high)
        self._buttons.setGeometry(left, self.height() - low - 2, width, low)

    def _recolour(self) -> None:
        self._bars.apply_theme(self.theme)
        self._text.apply_theme(self.theme)
        self._buttons.setStyleSheet(_BUTTONS.format_map(vars(self.theme)))
        self._lay_out()
