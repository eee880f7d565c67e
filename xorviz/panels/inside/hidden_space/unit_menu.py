"""A menu of the hidden units, and "automatic"."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget


class UnitMenu(QMenu):
    """Offers the units that there are when it opens; the one in force is checked."""

    unit_picked = Signal(object)  # int | None: from 0, None for automatic

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.width_now = 1
        """How many units there are."""
        self.picked: int | None = None
        self._units: QActionGroup | None = None
        self.aboutToShow.connect(self.fill)
        self.triggered.connect(self._tell)

    @Slot()
    def fill(self) -> None:
        """Offer the units that there are now."""
        self.clear()
        if self._units is not None:
            self._units.deleteLater()
        self._units = QActionGroup(self)
        for unit in (None, *range(self.width_now)):
            text = "Automatic: largest outgoing weight" if unit is None else f"h{unit + 1}"
            action = self._units.addAction(text)
            action.setCheckable(True)
            action.setChecked(unit == self.picked)
            action.setData(-1 if unit is None else unit)
            self.addAction(action)

    @Slot(QAction)
    def _tell(self, action: QAction) -> None:
        unit = int(action.data())
        self.unit_picked.emit(None if unit < 0 else unit)
