"""The options of which one is predicted."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QWidget

from xorviz.lessons.lesson import ChoiceAsked
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import SizedLabel
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER


@guarded
class OptionButton(QRadioButton):
    """The circle of an option; none is chosen at first."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by Enter, as by Space; with the chosen one, Enter continues."""
        if event.key() in ENTER and not self.isChecked():
            self.click()
        elif event.key() in ENTER:
            event.ignore()
        else:
            super().keyPressEvent(event)


@guarded
class OptionText(SizedLabel):
    """The text of an option, which wraps; a click on it chooses the option."""

    def __init__(self, text: str, option: OptionButton) -> None:
        super().__init__(text)
        self._option = option

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._option.setFocus()
        self._option.click()


class OptionsAnswer(QWidget):
    """Options, chosen by click, or by Up, Down and Enter."""

    changed = Signal()

    def __init__(self, asked: ChoiceAsked, name: str) -> None:
        super().__init__()
        lines: list[QHBoxLayout] = []
        self._buttons: list[OptionButton] = []
        for number, option in enumerate(asked.options, start=1):
            button = OptionButton(self)
            button.setObjectName(f"{name}_{number}")
            explain(button, option.text, "Click, or press Enter, to choose this")
            button.setAccessibleDescription(asked.ask)
            button.toggled.connect(self._tell)
            self._buttons.append(button)
            lines.append(row(None, button, (OptionText(option.text, button), 1), gap=6))
        column(self, *lines, margins=(0, 0, 0, 0), gap=6)
        self.setFocusProxy(self._buttons[0])

    @property
    def answer(self) -> float | None:
        """The number of the option that is chosen, or None."""
        numbered = enumerate(self._buttons, start=1)
        return next((float(number) for number, button in numbered if button.isChecked()), None)

    @Slot(bool)
    def _tell(self, is_chosen: bool) -> None:
        if is_chosen:
            self.changed.emit()
