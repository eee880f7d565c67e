"""Options of which one holds."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from xorviz.ui.keys import explain_action, plain_text


class OneOf(QActionGroup):
    """Checkable actions, each with its value; one is checked at any time."""

    chosen = Signal(object)
    """The new value."""

    def __init__(
        self, owner: QObject, options: Mapping[Any, QAction], value: Any, title: str = ""
    ) -> None:
        """Take an action for each value, check that of the value given, and title their menu."""
        super().__init__(owner)
        self.title = title
        """Of the menu of their own that they have, if any."""
        self._options = dict(options)
        self.value = value
        for one, action in self._options.items():
            action.setCheckable(True)
            action.setChecked(one == value)
            self.addAction(action)
            action.toggled.connect(self._take_checked)

    @property
    def texts(self) -> dict[Any, str]:
        """What the actions are called, by value."""
        return {value: plain_text(action) for value, action in self._options.items()}

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


def grouped(options: Iterable[QAction], menu: QMenu) -> Iterator[list[QAction]]:
    """Yield options by groups, as a menu has them; a group with a title is a menu in the menu."""
    for group, found in groupby(options, key=QAction.actionGroup):
        actions = list(found)
        if isinstance(group, OneOf) and group.title:
            inner = QMenu(group.title, menu, toolTipsVisible=True)
            inner.addActions(actions)
            explain_action(inner.menuAction(), actions[0].statusTip())
            actions = [inner.menuAction()]
        yield actions
