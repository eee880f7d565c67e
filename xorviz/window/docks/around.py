"""What is around the panels: bars and lines that come and go, and take space from them."""

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QMainWindow, QToolBar, QWidget

NOTHING = QSize(0, 0)


class Around:
    """The widgets that are shown around the panels for a time, and the size that each takes."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._sizes: dict[QWidget, QSize] = {}

    @property
    def taken(self) -> QSize:
        """The size that all of them take together."""
        return sum(self._sizes.values(), start=NOTHING)

    def size_of(self, widget: QWidget) -> QSize:
        """Return the size that a widget takes: none if it is not shown."""
        return self._sizes.get(widget, NOTHING)

    def show(self, widget: QWidget, taken: QSize) -> None:
        """Show a widget that takes a size, or hide it for none; one at the side is as wide."""
        self._sizes[widget] = taken
        if taken.width():
            widget.setFixedWidth(taken.width())
        widget.setVisible(taken != NOTHING)
        for bar in self._window.findChildren(QToolBar):
            if bar.orientation() is Qt.Orientation.Horizontal:
                # Qt adds the width of a bar at the side to what those across the window need.
                bar.setMinimumWidth(1 if self.taken.width() else 0)


def restore_panels(window: QMainWindow, state: QByteArray, version: int) -> bool:
    """Restore the panels of a state of the window, which has no say in its tool bars."""
    on_purpose = Qt.WidgetAttribute.WA_WState_ExplicitShowHide  # not merely before it is shown
    bars = window.findChildren(QToolBar)
    hidden = {bar: bar.isHidden() and bar.testAttribute(on_purpose) for bar in bars}
    is_restored = window.restoreState(state, version)
    for bar, is_hidden in hidden.items():
        bar.setHidden(is_hidden)
    return is_restored
