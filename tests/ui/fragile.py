"""A main window over parts of Qt and pyqtgraph that fail, for tests in a process of their own.

Run as ``python -m tests.ui.fragile PLACE KIND FOLDER``: what is overridden, the error, and a
folder for the settings. Prints what the window says in the end.
"""

import math
import sys
from types import MethodType
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QObject,
    QPoint,
    QRectF,
    QSettings,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QLabel,
    QStyledItemDelegate,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from tests.support.screen import plot_of, turn_wheel
from xorviz.core.settings import RunConfig
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.window.app import _showing_errors
from xorviz.window.main_window import MainWindow


def plain() -> None:
    raise ValueError("raised by Python")


ERRORS: dict[str, Any] = {
    "index": lambda: [][1],  # noqa: PLE0643
    "overflow": lambda: math.ceil(math.inf),
    "numpy": lambda: np.ones((2, 3)) @ np.ones((2, 3)),
    "division": lambda: 1 / 0,
    "plain": plain,
}
"""All but the last are raised by C code."""

PLACES: dict[str, tuple[type, str]] = {
    "painting": (QWidget, "paintEvent"),
    "key": (QWidget, "keyPressEvent"),
    "event": (QWidget, "event"),
    "size hint": (QWidget, "sizeHint"),
    "filter": (QObject, "eventFilter"),
    "model": (QAbstractTableModel, "data"),
    "cell": (QStyledItemDelegate, "paint"),
    "item": (QGraphicsItem, "paint"),
    "ticks": (ScaledAxis, "tickStrings"),
    "wheel": (pg.ViewBox, "scaleBy"),
}
"""What fails: an override of a class, or what pyqtgraph's own override of the wheel calls."""

RESULTS = {"sizeHint": QSize, "event": bool, "eventFilter": bool}
"""What overrides return; the others nothing, or anything."""


class Above(QWidget):
    """Calls Qt from Python, above what fails: there PySide would store the error."""

    def event(self, event: QEvent) -> bool:
        return super().event(event)


class OneCell(QAbstractTableModel):
    """A table of one cell."""

    def rowCount(self, *_: object) -> int:  # noqa: N802
        return 1

    def columnCount(self, *_: object) -> int:  # noqa: N802
        return 1

    def data(self, *_: object) -> Any:
        return "cell"


class Failing:
    """Fails in one place once it is armed."""

    def __init__(self, place: str, error: str) -> None:
        self.place, self.is_armed = place, False
        base, name = PLACES[place]
        base = OneCell if base is QAbstractTableModel else base

        def override(part: Any, *arguments: Any) -> Any:
            if self.is_armed:
                ERRORS[error]()
            return None if base is QGraphicsItem else getattr(base, name)(part, *arguments)

        override.__annotations__["return"] = RESULTS.get(name)
        own: dict[str, Any] = {name: override}
        if base is QGraphicsItem:
            own["boundingRect"] = lambda _: QRectF(0, 0, 1, 1)
        self.kind: Any = guarded(type("Part", (base,), own))

    def widget(self) -> QWidget:
        """Return a widget with the part that fails."""
        match self.place:
            case "model" | "cell":
                table = QTableView()
                table.setModel((self.kind if self.place == "model" else OneCell)(table))
                if self.place == "cell":
                    table.setItemDelegate(self.kind(table))
                return table
            case "ticks":
                return plot_of(self.kind("left", str, 0.0))
            case "wheel":
                plot = plot_of()
                box = plot.frames[0].box
                box.scaleBy = MethodType(self.kind.scaleBy, box)
                return plot
            case "item":
                plot = plot_of()
                plot.frames[0].box.addItem(self.kind())
                return plot
            case "filter":
                watched = QWidget()
                watched.installEventFilter(self.kind(watched))
                return watched
            case _:
                return self.kind()  # type: ignore[no-any-return]

    def provoke(self, widget: Any) -> None:
        """Let Qt call the override."""
        self.is_armed = True
        match self.place:
            case "wheel":
                turn_wheel(widget.viewport(), 1, QPoint(150, 150))
            case "key":
                QTest.keyClick(widget, Qt.Key.Key_Z)
            case "size hint":
                widget.updateGeometry()
                widget.parent().layout().activate()
            case "model" | "cell":
                widget.viewport().update()
            case "item" | "ticks":
                widget.frames[0].left.picture = None
                widget.viewport().update()
            case _:
                widget.update()


def main(place: str, error: str, folder: str) -> None:
    """Fail twice in an open window, and say what it shows."""
    application = QApplication([])
    settings = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
    window = MainWindow(RunConfig(), settings)
    above, failing = Above(window), Failing(place, error)
    widget = failing.widget()
    QVBoxLayout(above).addWidget(widget)
    above.resize(300, 300)
    window.show()

    def end() -> None:
        label = window.findChild(QLabel, "status_message")
        sys.stdout.write(label.text() if label else "")
        window.close()
        application.quit()

    QTimer.singleShot(100, lambda: failing.provoke(widget))
    QTimer.singleShot(300, lambda: failing.provoke(widget))
    QTimer.singleShot(500, end)
    with _showing_errors(window):
        application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
