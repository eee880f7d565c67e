"""Options of which one holds."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup


class OneOf(QActionGroup):
    """Checkable actions, each with its value; one is checked at any time."""

    chosen = Signal(object)
    """The new value."""

    def __init__(self, owner: QObject, options: Mapping[Any, QAction], value: Any) -> None:
        """Take an action for each value, and check that of the value given."""
        super().__init__(owner)
        self._options = dict(options)
        self.value = value
        for one, action in self._options.items():
            action.setCheckable(True)
            action.setChecked(one == value)
            self.addAction(action)
            action.toggled.connect(self._take_checked)

    @Slot(object)
    def choose(self, value: Any) -> None:
        """Check the action of a value."""
        self._options[value].setChecked(True)

    @Slot(bool)
    def _take_checked(self, is_checked: bool) -> None:
        # While the choice changes, Qt may have none checked; the value always is one of them.
        if not is_checked:
            return
        value = next(one for one, action in self._options.items() if action.isChecked())
        if value != self.value:
            self.value = value
            self.chosen.emit(value)
