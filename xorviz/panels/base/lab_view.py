"""What the panels of the lab have in common."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QWidget

from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.base.view import View
from xorviz.ui.keys import ENTER

EXPORTS = {
    "csv": "Save table as CSV…",
    "png": "Save picture as PNG…",
    "svg": "Save drawing as SVG…",
}


class LabPanel(View):
    """Content whose table and picture can be saved, and whose networks can come to the bench."""

    bench_requested = Signal(object, int)
    """RunConfig of a network to put on the bench, and the step to train it to: 0 or its own."""

    export_requested = Signal(str)
    """One of EXPORTS: what is shown as a file of this kind."""

    unit = "network"
    """What its table is made of, one by one as they are done."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.exports = [self._export(kind, text) for kind, text in EXPORTS.items()]
        """Options that every panel of the lab ends with."""

    @property
    def is_empty(self) -> bool:
        """Whether it only says yet what there will be to see."""
        return False

    @property
    def is_any_done(self) -> bool:
        """Whether there is anything for a table."""
        raise NotImplementedError

    def drawing(self) -> QWidget:
        """Return what a picture of the panel is to be of."""
        return self

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._use_cursor_with_shift()
        else:
            super().keyPressEvent(event)

    def _use_cursor_with_shift(self) -> None:
        """Do what a click with Shift does where the keyboard points."""

    def _export(self, kind: str, text: str) -> QAction:
        action = self._option(f"{self.objectName()}_{kind}", text)
        action.triggered.connect(lambda: self.export_requested.emit(kind))
        return action


class LabView(LabPanel):
    """A picture of how far a plan's networks have come; empty before there is a plan."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._snapshot: LabSnapshot | None = None

    @property
    def snapshot(self) -> LabSnapshot | None:
        """What is shown."""
        return self._snapshot

    @property
    def places(self) -> range:
        """Which of the picture's networks are shown; none before there is a picture."""
        return range(0 if self._snapshot is None else len(self._snapshot.plan))

    @property
    def is_empty(self) -> bool:
        return self._snapshot is None

    @property
    def is_any_done(self) -> bool:
        here = slice(self.places.start, self.places.stop)
        return self._snapshot is not None and bool(self._snapshot.done[here].any())

    @Slot(object)
    def show_snapshot(self, snapshot: LabSnapshot | None) -> None:
        """Draw how far a plan has come, now or as soon as the view is seen."""
        self._snapshot = snapshot
        self._is_drawn = False
        self.redraw()

    def _draw_latest(self) -> None:
        if self._snapshot is None:
            self._draw_nothing()
        else:
            self._draw(self._snapshot)

    def _draw(self, snapshot: LabSnapshot) -> None:
        """Bring the picture up to date."""
        raise NotImplementedError

    def _draw_nothing(self) -> None:
        """Say what there will be to see, and how to get it."""
        raise NotImplementedError
