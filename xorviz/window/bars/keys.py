"""When the keys of the window's actions act."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from xorviz.ui.forms.fields import NumberField
from xorviz.ui.keys import explain_action, is_for_fields, is_letter

_FIELDS = QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit
_LEAVE_SPACE = NumberField, QTableView
"""Space runs and pauses from a table, and from a number unless one is being typed."""


class Keys(QObject):
    """Keeps the keys that fields use from acting on the window while a field has the focus.

    A field is all that one types into, and every table and list. ``letters`` switches keys that are
    one letter, digit or sign off altogether.
    """

    used = Signal(QAction)
    """An action is about to act."""

    def __init__(self, actions: Iterable[QAction], letters: QAction, parent: QObject) -> None:
        super().__init__(parent)
        self._keys = {action: action.shortcuts() for action in actions}
        self._letters = letters
        letters.setChecked(True)
        letters.toggled.connect(self._show_letters)
        for action in self._keys:
            action.triggered.connect(lambda _=False, action=action: self.used.emit(action))
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._yield_to)
        self._show_letters()

    @Slot()
    def _show_letters(self) -> None:
        has_letters = self._letters.isChecked()
        for action, keys in self._keys.items():
            active = [key for key in keys if has_letters or not is_letter(key.toString())]
            if active != action.shortcuts():
                action.setShortcuts(active)
                explain_action(action)

    @Slot(QWidget, QWidget)
    def _yield_to(self, _before: QWidget | None, focused: QWidget | None) -> None:
        """Let keys act as usual, or those of fields only on the window itself, if it had a field's.

        Their context says that, so that menus and tips continue showing them.
        """
        contexts = Qt.ShortcutContext
        is_field, leaves_space = isinstance(focused, _FIELDS), isinstance(focused, _LEAVE_SPACE)
        for action, keys in self._keys.items():
            names = {key.toString() for key in keys}
            if any(map(is_for_fields, names)):
                yields = is_field and not (leaves_space and names == {"Space"})
                context = contexts.WidgetShortcut if yields else contexts.WindowShortcut
                action.setShortcutContext(context)
