"""A panel whose weights can be edited, on the screen, and what it has emitted."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import ShortcutWindow, active_window, child
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.panels.learn.weight_editor import WeightEditor
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.theme.palette import LIGHT

V = TypeVar("V", NetworkDiagram, WeightHeatmap)


@dataclass
class Edited(Generic[V]):
    """A diagram or a heat map, and its signals."""

    view: V
    readouts: list[str] = field(default_factory=list)
    chosen: list[tuple[str, tuple[int, ...], float]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    pointed: list[int | None] = field(default_factory=list)
    units: list[int | None] = field(default_factory=list)

    def listen(self) -> None:
        self.view.readout_changed.connect(self.readouts.append)
        self.view.weight_requested.connect(lambda *asked: self.chosen.append(asked))
        self.view.refused.connect(self.refused.append)
        self.view.unit_pointed.connect(self.pointed.append)
        self.view.unit_requested.connect(self.units.append)

    @property
    def editor(self) -> WeightEditor:
        return child(self.view, WeightEditor)

    def option(self, name: str) -> QAction:
        return next(action for action in self.view.options if action.objectName() == name)

    def focus_in_a_window(self, qtbot: QtBot, snapshot: Snapshot, *keys: str) -> QLineEdit:
        """Show the view, with the focus, above another field in a window with these shortcuts."""
        box, other = QWidget(), QLineEdit()
        layout = QVBoxLayout(box)
        layout.addWidget(self.view)
        layout.addWidget(other)
        self.view.apply_theme(LIGHT)
        self.view.show_snapshot(snapshot)
        self.listen()
        active_window(qtbot, box, *keys).addActions(self.view.options)
        self.view.setFocus(Qt.FocusReason.TabFocusReason)
        return other

    @property
    def used_keys(self) -> list[str]:
        """The shortcuts of that window that were used."""
        window = self.view.window()
        assert isinstance(window, ShortcutWindow)
        return window.used
