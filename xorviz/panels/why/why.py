"""Why?: the state of the run, what it rests on, and what to do about it."""

from collections.abc import Hashable
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from xorviz.core.check.step_check import StepCheck
from xorviz.core.diagnosis.brief import Brief
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.runs.record import Record, at_step
from xorviz.core.runs.snapshot import Snapshot
from xorviz.lab.trials.trials import Trial
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.view import Pointable
from xorviz.panels.learn.weight_grid import SCROLLS, SCROLLS_TIP
from xorviz.panels.why.check import CheckPart
from xorviz.panels.why.curvature import CurvaturePart
from xorviz.panels.why.evidence import EvidencePart
from xorviz.panels.why.fixes import Fixes, Trying
from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.chrome.texts import styled
from xorviz.ui.forms.boxes import STRETCH, column
from xorviz.ui.forms.scrolled import plain_label, scrolled
from xorviz.ui.guard import guarded

_CURVATURE = "Whether the loss curves down anywhere here, so that training can leave this place"


def origin_of(record: Record) -> Hashable:
    """Return what a run began from, equal for a run before and after undo, redo and reset.

    A watched run is that of its program; one with given weights is that of these. All others are
    None: no step of another program leads to them.
    """
    if record.source is not None:
        return record.source.key
    return tuple(at_step(record.interventions, 0)) if record.is_given else None


@guarded
class Why(SnapshotView):
    """The state in one word, the evidence, fixes, the check of a step, and the curvature.

    All of it is of the network shown: the state, the evidence and the curvature are of the very
    step that it names; tries are of the same run, and say so if they are of another step; a check
    is of a step of the same program. What is of another run is not shown.
    """

    has_table = True
    has_previews = False
    explanation = (
        "Why the network learns or doesn’t, and what to do about it. Fix it trains copies with "
        "each change, and shows how often each of them became correct."
    )

    shown = Signal()
    """Another network is shown."""

    def __init__(self) -> None:
        super().__init__("why")
        self._found: Diagnosis | None = None
        self._is_shared = False
        """Whether states come from outside, instead of being found here."""
        self._checks: dict[Hashable, tuple[StepCheck | None, str]] = {}
        """Checks by what their runs began from, with where a step is from or why there is none."""
        self._text = QLabel(wordWrap=True)
        self._text.setObjectName("why_text")
        self.evidence, self.fixes = EvidencePart(), Fixes()
        self.check, self.curvature = CheckPart(), CurvaturePart()
        self._fix_head = plain_label("why_heading", "Fix it")
        self._check_head = plain_label("why_heading", "Check of a step")
        self._is_open = self._option("curvature", "Curvature", False, _CURVATURE, self.draw_anew)
        self._scrolls = self._option("check_numbers", SCROLLS, False, SCROLLS_TIP, self.draw_anew)
        self._more = ToolButton(action=self._is_open)
        self._lay_out()
        self.evidence.units.clicked.connect(self._click)
        parts: tuple[Pointable, ...] = self.evidence.units, self.check.grid, self.curvature.bars
        for part in parts:
            part.pointed_at.connect(partial(self._point_in, part))
        self._pointable = self.evidence.units

    def _lay_out(self) -> None:
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._inside = QWidget()
        self._inside.setObjectName("why_inside")
        parts = (
            *(self._text, self.evidence, self._fix_head, self.fixes),
            *(self._check_head, self.check, self._more, self.curvature, STRETCH),
        )
        column(self._inside, *parts, margins=(8, 2, 8, 4), gap=8)
        area = scrolled(self._inside)
        self._paged = area.verticalScrollBar
        column(self, area, margins=(0, 0, 0, 0))

    def sizeHint(self) -> QSize:
        return QSize(340, 520)

    def drawing(self) -> QWidget:
        """Return all of the column, also what is scrolled out of sight."""
        super().drawing()
        self._inside.setAccessibleName(self.title)
        self._inside.setAccessibleDescription(self.description())
        return self._inside

    @Slot(object, object)
    def show_diagnosis(self, found: Diagnosis, seen: Snapshot) -> None:
        """Show a state as it was found elsewhere; none is found here from then on."""
        self._is_shared, self._found = True, found
        super().note_snapshot(seen)
        self.shown.emit()
        self.redraw()

    def note_snapshot(self, snapshot: Snapshot) -> None:
        if not self._is_shared:  # else it comes with its diagnosis
            super().note_snapshot(snapshot)

    def show_trial(self, trial: Trial | None, state: Trying) -> None:
        """Show what was tried so far, and what the lab does about it."""
        self.fixes.note_trial(trial, state)
        self.draw_anew()
        if not state.is_going_on:
            self.describe_again()

    def add_check(self, record: Record, check: StepCheck | None, source: str) -> None:
        """Show the check of a step while its run is shown; without one, the source says why."""
        self._checks[origin_of(record)] = check, source
        self.draw_anew()
        self.describe_again()

    @Slot()
    def scroll_to_check(self) -> None:
        """Bring the check of a step into sight."""
        if self._paged is not None and self._check_head.isVisible():
            self._paged().setValue(self._check_head.y())

    @property
    def snapshot(self) -> Snapshot | None:
        """The network that is shown."""
        return self._snapshot

    def _has_check(self, seen: Snapshot) -> bool:
        """Return whether there is a check of a step of this run, or a reason why not."""
        origin = origin_of(seen.record)
        return origin is not None and origin in self._checks

    def describe(self, snapshot: Snapshot) -> str:
        said = self._brief_of(snapshot)
        parts = [f"At {snapshot.config.named(snapshot.step)}: {said.whole}", self.fixes.said]
        parts += [self.check.said] * self._has_check(snapshot)
        parts += [self.curvature.said] * self._is_open.isChecked()
        return " ".join(filter(None, parts))

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return all numbers that are shown, one below the other."""
        rows: list[tuple[str, str, float | str | None]] = []
        rows += [*self.evidence.rows(), *self.fixes.rows()]
        rows += self.check.rows() if self._has_check(snapshot) else []
        rows += self.curvature.rows() if self._is_open.isChecked() else []
        return ("step", "of", "number", "value"), ((snapshot.step, *row) for row in rows)

    def _brief_of(self, snapshot: Snapshot) -> Brief:
        if not self._is_shared or self._found is None:
            self._found = diagnose_seen(snapshot)
        return self._found.said

    def _draw(self, snapshot: Snapshot) -> None:
        said = self._brief_of(snapshot)
        found = self._found
        assert found is not None
        ink = self.theme.accent if found.is_good else self.theme.text
        large = f"color:{ink}; font-size:x-large; font-weight:600; margin:0"
        text = styled("p", "margin:4px 0 0 0", said.rest or "Press Run to train.")
        self._text.setText(styled("p", large, said.head) + text)
        self.evidence.show_state(found, snapshot)
        self._show_parts(found, snapshot)
        self._read_marked()

    def _show_parts(self, found: Diagnosis, snapshot: Snapshot) -> None:
        """Show what there is to fix, to check and to unfold."""
        needs_help = not (snapshot.right.all() or snapshot.is_untrained)
        for part in (self._fix_head, self.fixes):
            part.setVisible(needs_help)
        self.fixes.show_state(found, snapshot)
        self._check_head.setVisible(self._has_check(snapshot))
        self.check.setVisible(self._has_check(snapshot))
        if self._has_check(snapshot):
            checked = self._checks[origin_of(snapshot.record)]
            self.check.show_check(*checked, self.theme, self._scrolls.isChecked())
        is_open = self._is_open.isChecked() and not snapshot.is_untrained
        self._more.setVisible(not snapshot.is_untrained)
        self._more.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.curvature.setVisible(is_open)
        if is_open:
            self.curvature.show_state(found, snapshot)

    def _show_unit(self) -> None:
        self.evidence.select(self.unit)

    def _unit_of(self, spot: Any) -> int | None:
        return self.evidence.unit_at(spot) if self._pointable is self.evidence.units else None

    def _use_cursor(self) -> None:
        self._click(self.evidence.units.marked)

    def _point_in(self, part: Pointable, spot: Any) -> None:
        """Point at a spot of a part; the arrow keys go through the part pointed at last."""
        if part is not self._pointable and spot is not None:
            self._mark(None)
            self._pointable = part
        if part is self._pointable:
            self._point_at(spot)

    def _read_marked(self) -> None:
        text = ""
        for part in (self.evidence, self.check, self.curvature):
            text = text or part.marked_text
        self.readout_changed.emit(text)
