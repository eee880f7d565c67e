"""A panel as small as one can be: a view, and its line for the registry."""

from PySide6.QtWidgets import QLabel, QVBoxLayout

from xorviz.core import numerals
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.registry import PanelEntry

TOY = PanelEntry("toy", "Toy", f"{__name__}:Toy", "B1 B1 C1:9", (300, 200))


class Toy(SnapshotView):
    """The loss as a number."""

    explanation = "The loss at this step, as a number."

    def __init__(self) -> None:
        super().__init__("toy")
        self._label = QLabel()
        QVBoxLayout(self).addWidget(self._label)

    def _draw(self, snapshot: Snapshot) -> None:
        self._label.setText(numerals.real(snapshot.loss))
