"""The view of the loss's curvature: eigenvalues, a verdict, and experiments."""

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction

from xorviz.core import numerals
from xorviz.core.analysis.curvature import Curvature, CurvatureQuestion, Question, followed, kicked
from xorviz.core.diagnosis.verdict import verdict
from xorviz.core.network import flat, parameter_count
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.asking_view import AskingView
from xorviz.panels.base.export import Cells
from xorviz.panels.base.words import at_step
from xorviz.panels.inside.hessian.eigenvalue_bars import EigenvalueBars
from xorviz.panels.inside.hessian.verdict import VerdictText
from xorviz.ui.chrome.buttons import ActionButton
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.scrolled import WrappingRow
from xorviz.ui.guard import guarded
from xorviz.ui.keys import explain_action

REST_MS = 400
_TEXT_LENGTHS = (24, 170, 155, 80, 32, 75, 125, 95)
"""Characters of the longest text of each paragraph of a verdict."""
_BARS, _TEXT = 2, 3
"""Least shares of bars and text in the height above the buttons."""
_WAITING = "Computing…"

KICK_SIZES = (0.01, 0.1, 1.0)
LONGER = 5
"""Factor by which a run is made longer."""
FIRST_STEPS = 5_000
"""Steps added to a run at step 0."""
_DEFAULT_SIZE = 0.1

_LONGER_TIP = f"Train on until the run is {LONGER} times as long as it is here"
_KICK_TIP = "Move all weights a little, in a random direction"
_SIZE_TIP = "How far a kick moves the weights, all of them together"
_FOLLOW_TIP = "Move the weights along the direction that curves down most, to its lowest loss"
_NOT_YET = "Pause first: the curvature is not computed yet for the step that is shown"
_NO_WAY = "No direction curves down here, so there is none to follow"
_NOTHING_LOWER = "Along the direction that curves down, no loss was lower than here."


@guarded
class HessianView(AskingView):
    """The eigenvalues of the Hessian, a verdict and three experiments.

    An answer stays until the next one arrives; it names the step it belongs to. Experiments are
    on the latest snapshot; every run repeats the same sequence of kicks.
    """

    longer_requested = Signal(object)  # int: number of steps
    weights_requested = Signal(object, str)  # Weights, their origin
    refused = Signal(str)  # why an experiment cannot be done

    has_table = True
    explanation = (
        "How the loss curves around the network: the eigenvalues of its second derivatives (the "
        "Hessian), one for each direction. Up and orange: in this direction the loss curves up. "
        "Down and blue: it curves down, so this is no minimum. The scale is logarithmic. Point at "
        "a bar, or walk along with the arrow keys, to read it. The text says whether the run is "
        "leaving this place or whether it looks like a trap, and why that may be wrong; its tool "
        "tip has all of it. Run longer trains on; Kick moves all weights a little in a random "
        "direction; Follow moves them along the direction that curves down most. Undo takes each "
        "back."
    )

    def __init__(self) -> None:
        super().__init__("hessian", REST_MS)
        self._bars, self._text = EigenvalueBars(), VerdictText(_TEXT_LENGTHS)
        self._answered: CurvatureQuestion | None = None
        self._curvature: Curvature | None = None
        self._kicks, self._kicked_run = 0, -1
        longer = f"Run {LONGER}× longer"
        self._longer = self._option("longer", longer, "Alt+L", slot=self._choose_longer)
        self._kick = self._option("kick", "Kick", "Alt+K", slot=self._choose_kick)
        # Alt+F opens the file menu; D is for down.
        self._follow = self._option("follow", "Follow", "Alt+D", slot=self._choose_follow)
        experiments = {self._longer: _LONGER_TIP, self._kick: _KICK_TIP, self._follow: _NOT_YET}
        for action, tip in experiments.items():
            action.setEnabled(False)
            _set_tip(action, tip)
        sizes = {size: (f"kick_{size:g}", f"Kick by {size:g}", _SIZE_TIP) for size in KICK_SIZES}
        self._size = self._one_of(sizes, _DEFAULT_SIZE, self.options_changed)
        """Distance that a kick moves the weights, over all of them."""
        buttons = WrappingRow([ActionButton(action) for action in experiments])
        parts = (self._bars, _BARS), (self._text, _TEXT), buttons
        column(self, *parts, margins=(6, 2, 6, 2), gap=8)
        self.setMinimumSize(180, 150)
        self._cursor_over(self._bars)
        self.rest.timeout.connect(self._offer_follow)

    @property
    def options_text(self) -> str:
        return f"kick {self._size.value:g}"

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

    def note_snapshot(self, snapshot: Snapshot) -> None:
        """Experiment on every snapshot, also while the view is hidden."""
        super().note_snapshot(snapshot)
        self._longer.setEnabled(True)
        self._kick.setEnabled(True)
        self._show_follow()

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
        self._show_follow()
        self._read_marked()

    def _show_failure(self, message: str) -> None:
        self._text.show_text("No answer", message)

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
        self._show_follow(may_enable=True)

    def _show_follow(self, may_enable: bool = False) -> None:
        """Enable following the curvature if it is known and curves down.

        If that is disabled, it stays so unless ``may_enable``.
        """
        found = self._current_curvature()
        curves_down = found is not None and found.curves_down
        self._follow.setEnabled(curves_down and (may_enable or self._follow.isEnabled()))
        tip = _NOT_YET if found is None else _FOLLOW_TIP if curves_down else _NO_WAY
        _set_tip(self._follow, tip)

    @Slot()
    def _choose_longer(self) -> None:
        if self._snapshot is not None:
            self.longer_requested.emit((LONGER - 1) * self._snapshot.step or FIRST_STEPS)

    @Slot()
    def _choose_kick(self) -> None:
        if (snapshot := self._snapshot) is None:
            return
        if snapshot.run != self._kicked_run:
            self._kicked_run, self._kicks = snapshot.run, 0
        self._kicks += 1
        size = self._size.value
        weights = kicked(snapshot.weights, size, self._kicks)
        self.weights_requested.emit(weights, f"kick {size:g}, seed {self._kicks}")

    @Slot()
    def _choose_follow(self) -> None:
        snapshot, found = self._snapshot, self._current_curvature()
        if snapshot is None or found is None:
            return
        weights = followed(snapshot.weights, snapshot.config, found)
        if weights is None:
            self.refused.emit(_NOTHING_LOWER)
            return
        lowest = numerals.real(float(found.eigenvalues[0]), 3)
        self.weights_requested.emit(weights, f"follow, eigenvalue {lowest}")

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


def _set_tip(action: QAction, tip: str) -> None:
    """Set an action's tips if they changed, since buttons redraw with them."""
    if action.statusTip() != tip:
        explain_action(action, tip)
