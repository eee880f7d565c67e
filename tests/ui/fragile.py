"""A main window over parts of Qt and pyqtgraph that fail, for tests in a process of their own.

Run as ``python -m tests.ui.fragile PLACE KIND FOLDER``: what is overridden, the error, and a
folder for the settings. Prints what the window says in the end.
"""

import sys
from types import MethodType
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPoint, QSettings, QSize, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from tests.support.screen import turn_wheel
from xorviz.core.settings import RunConfig
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.window.app import _showing_errors
from xorviz.window.main_window import MainWindow


def plain() -> None:
    raise ValueError("raised by Python")


ERRORS: dict[str, Any] = {
    "IndexError": lambda: [][1],  # noqa: PLE0643
    "ValueError": plain,
    "ZeroDivisionError": lambda: 1 / 0,
}
"""By their names; all but those of ``plain`` are raised by C code."""

PLACES: dict[str, tuple[type, str]] = {
    "painting": (QWidget, "paintEvent"),
    "event": (QWidget, "event"),
    "size hint": (QWidget, "sizeHint"),
    "filter": (QObject, "eventFilter"),
    "ticks": (ScaledAxis, "tickStrings"),
    "wheel": (pg.ViewBox, "scaleBy"),
}
"""What fails: an override of a class, or what pyqtgraph's own override of the wheel calls."""

RESULTS = {"sizeHint": QSize, "event": bool, "eventFilter": bool}
"""What overrides return; the others nothing, or anything."""


class Above(QWidget):
    """Calls Qt from Python, above what fails: there PySide would store the error."""

    is_armed = False

    def event(self, event: QEvent) -> bool:
        return super().event(event)


def failing_kind(place: str, error: str) -> Any:
    """Return the class of a part that fails in one place once the window above it is armed."""
    base, name = PLACES[place]

    def override(part: Any, *arguments: Any) -> Any:
        if Above.is_armed:
            ERRORS[error]()
        return getattr(base, name)(part, *arguments)

    override.__annotations__["return"] = RESULTS.get(name)
    return guarded(type("Part", (base,), {name: override}))


def with_part(kind: Any) -> Any:
    """Return a widget with a part that fails."""
    if issubclass(kind, QWidget):
        return kind()
    if issubclass(kind, ScaledAxis):
        return CurvePlot("", kind("left", str, 0.0))
    if issubclass(kind, pg.ViewBox):
        plot = CurvePlot("", ScaledAxis("left"))
        box = plot.rows[0].box
        box.scaleBy = MethodType(kind.scaleBy, box)
        return plot
    watched = QWidget()
    watched.installEventFilter(kind(watched))
    return watched


def provoke(widget: Any) -> None:
    """Let Qt call all overrides."""
    Above.is_armed = True
    widget.updateGeometry()
    widget.parent().layout().activate()
    widget.update()
    if isinstance(widget, pg.GraphicsView):
        widget.rows[0].scales.value_axis.picture = None
        widget.viewport().update()
        turn_wheel(widget.viewport(), 1, QPoint(150, 150))


def main(place: str, error: str, folder: str) -> None:
    """Fail twice in an open window, and say what it shows."""
    application = QApplication([])
    settings = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
    window = MainWindow(RunConfig(), settings)
    above, widget = Above(window), with_part(failing_kind(place, error))
    QVBoxLayout(above).addWidget(widget)
    above.resize(300, 300)
    window.show()

    def end() -> None:
        label = window.findChild(QLabel, "status_message")
        if label is None or error not in label.text():  # on a busy machine
            QTimer.singleShot(100, end)
            return
        sys.stdout.write(label.text())
        window.close()
        application.quit()

    for time in (100, 300):
        QTimer.singleShot(time, lambda: provoke(widget))
    QTimer.singleShot(500, end)
    with _showing_errors(window):
        application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
