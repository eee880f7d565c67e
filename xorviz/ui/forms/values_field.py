"""A text field for several values, or for the ends of a range."""

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit

from xorviz.core import numerals
from xorviz.core.rules import Readable, SettingError, parsed
from xorviz.ui.forms.fields import field_width
from xorviz.ui.guard import guarded

_DIGITS = 11
"""Width of the field; what is longer scrolls."""


@guarded
class ValuesField(QLineEdit):
    """What a rule reads from a text. It is checked when typing is finished, not before."""

    values_chosen = Signal(str, object)  # the typed text, and what it was read as
    refused = Signal(str)
    """Why the typed text is not valid; the previous text stays."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._rule: Readable | None = None
        self._valid = ""
        """The last text that the rule reads."""
        self.editingFinished.connect(self._take)

    def show_values(self, rule: Readable, text: str) -> None:
        """Show a text that a rule reads, which then reads what is typed; emits no signal."""
        self._rule, self._valid = rule, text
        self.setText(text)
        self.setCursorPosition(0)

    @Slot()
    def _take(self) -> None:
        text = self.text().replace(numerals.MINUS, "-")
        if self._rule is None or text == self._valid:
            return
        try:
            values: Any = parsed(self._rule, self.accessibleName() or self.objectName(), text)
        except SettingError as error:
            self.setText(self._valid)
            self.refused.emit(str(error))
        else:
            self._valid = text
            self.values_chosen.emit(text, values)

    def sizeHint(self) -> QSize:
        return QSize(field_width(self.fontMetrics(), _DIGITS), super().sizeHint().height())
