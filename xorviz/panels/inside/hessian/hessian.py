"""The view of the loss's curvature: eigenvalues, plateau or trap, and experiments."""

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout

from xorviz.core import numerals
from xorviz.core.analysis.curvature import Curvature, CurvatureQuestion, Question
from xorviz.core.analysis.verdict import verdict
from xorviz.core.network import flat, parameter_count
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.asker import Asker
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.inside.hessian.eigenvalue_bars import EigenvalueBars
from xorviz.panels.inside.hessian.experiments import Experiments
from xorviz.panels.inside.hessian.verdict import VerdictText
from xorviz.ui.chrome.action_button import ActionButton
from xorviz.ui.forms.scrolled import WrappingRow
from xorviz.ui.guard import guarded

REST_MS = 400
_TEXT_LENGTHS = (34, 150, 160, 80, 32, 75, 125, 95)
"""Characters of the longest text of each paragraph of a verdict."""
_BARS, _TEXT = 2, 3
"""Least shares of bars and text in the height above the buttons."""
_WAITING = "Working it out…"

_BUTTONS = """
QPushButton {{ background: {panel}; border: 1px solid {hairline}; border-radius: 6px;
    padding: 4px 5px; color: {text}; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:focus {{ border-color: {accent}; }}
QPushButton:disabled {{ color: {quiet}; background: {panel}; }}
"""


@guarded
class HessianView(SnapshotView):
    """The eigenvalues of the Hessian, a verdict and three experiments.

    An answer stays until the next one arrives; it names the step it belongs to.
    """

    longer_requested = Signal(object)  # int: number of steps
    weights_requested = Signal(object, str)  # Weights, their origin
    refused = Signal(str)  # why an experiment cannot be done

    has_table = True
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
        super().__init__("hessian")
        self._bars, self._text = EigenvalueBars(), VerdictText(_TEXT_LENGTHS)
        self._answered: CurvatureQuestion | None = None
        self._curvature: Curvature | None = None
        self._pointed: int | None = None
        self._experiments = Experiments(self)
        self.options = [*self._experiments.actions, *self._experiments.sizes.actions()]
        self._buttons = WrappingRow([ActionButton(action) for action in self._experiments.actions])
        self._bars.setAccessibleName("Eigenvalues")
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 2, 6, 2)
        column.setSpacing(8)
        column.addWidget(self._bars, _BARS)
        column.addWidget(self._text, _TEXT)
        column.addWidget(self._buttons)
        self.setMinimumSize(180, 150)
        self._asker = Asker(self, REST_MS, self._question)
        self._connect()

    def _connect(self) -> None:
        experiments = self._experiments
        experiments.longer_requested.connect(self.longer_requested)
        experiments.weights_requested.connect(self.weights_requested)
        experiments.refused.connect(self.refused)
        experiments.sizes.chosen.connect(self.options_changed)
        self._bars.pointed_at.connect(self._point_at)
        self._asker.answered.connect(self._show_answer)
        self._asker.failed.connect(self._show_failure)
        self._asker.rest.timeout.connect(self._offer_follow)

    @property
    def options_text(self) -> str:
        return f"kick {self._experiments.sizes.value:g}"

    def table(self) -> Cells | None:
        """Return the eigenvalues that are shown, from the largest, and their step."""
        if self._curvature is None or self._answered is None:
            return None
        step, values = self._answered.step, self._curvature.eigenvalues[::-1].tolist()
        return ("step", "eigenvalue"), ((step, value) for value in values)

    def note_snapshot(self, snapshot: Snapshot) -> None:
        """Hand every snapshot to the experiments, also while the view is hidden."""
        super().note_snapshot(snapshot)
        self._experiments.show_snapshot(snapshot)
        self._experiments.show_curvature(self._current_curvature(), may_enable=False)

    def answer_at_once(self) -> None:
        self._asker.answer_at_once()

    def _question(self) -> Question | None:
        if self._snapshot is None:
            return None
        weights, config = self._snapshot.weights, self._snapshot.config
        return CurvatureQuestion(weights, config, self._snapshot.step, self._snapshot.run)

    def _draw(self, snapshot: Snapshot) -> None:  # noqa: ARG002
        self._asker.ask_anew()
        if self._answered is None:
            self._text.show_text("", _WAITING)
        self._show_step()
        self._read()

    @Slot(object, object)
    def _show_answer(self, question: CurvatureQuestion, answer: Curvature) -> None:
        self._curvature, self._answered = answer, question
        self._bars.show_values(answer.eigenvalues[::-1], answer.negative, answer.positive)
        said = verdict(answer, question.config)
        self._text.show_text(said.kind, said.sentence, (said.doubt, *said.evidence))
        self._show_step()
        self._experiments.show_curvature(self._current_curvature(), may_enable=False)
        self._read()

    @Slot(str)
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

    def hasHeightForWidth(self) -> bool:
        """Keep the height in narrow docks."""
        return False

    def _recolour(self) -> None:
        self._bars.apply_theme(self.theme)
        self._text.apply_theme(self.theme)
        self._buttons.setStyleSheet(_BUTTONS.format_map(vars(self.theme)))
