"""The dialog for a second run side by side with the first."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from xorviz.core.rules import SettingError
from xorviz.core.runs.project import SAME_BESIDE, differing
from xorviz.core.runs.recipe_text import own_settings, told
from xorviz.core.settings import SETTINGS, RunConfig, field_order
from xorviz.panels.settings.setting_fields import SettingFields
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.dialog import Dialog
from xorviz.ui.forms.fields import SwitchField, explain
from xorviz.ui.forms.scrolled import plain_label, scrolled

_FIELDS = tuple(name for name in field_order() if name not in SAME_BESIDE)
_KEYS = QDialogButtonBox.StandardButton
_SAYS = (
    "Run B starts at step 0 from the same weights as the current run. Type or choose what is "
    "different in B."
)
_HOW = "Settings of B and their values, with commas between them. The fields below show the same."
_WIDTH = 62
"""In characters."""
_HEIGHT = 36
"""In lines."""


class SideBySideDialog(Dialog):
    """Asks for the settings of a second run that starts from the same weights as the first."""

    config_requested = Signal(object)  # RunConfig, of the second run

    def __init__(self, parent: QWidget, config: RunConfig, is_watched: bool = False) -> None:
        """Ask what differs in B; from the weights of a watched run none can be left out."""
        super().__init__(parent, "side_by_side_dialog", "Compare side by side")
        self._config = config
        self._names = tuple(name for name in _FIELDS if not (is_watched and name == "biases"))
        self._fields = SettingFields(self, self._names, "b_")
        self._fields.show(config)
        self._fields.changed.connect(self._compare)
        self._line = QLineEdit(placeholderText="For example: momentum 0.9")
        self._line.setObjectName("b_differs")
        explain(self._line, "B differs in", _HOW)
        self._line.textEdited.connect(self._read)
        self._differences = plain_label()
        self._build()
        self._compare()
        self._line.setFocus()

    def _build(self) -> None:
        inside = QWidget()
        form = QFormLayout(inside)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("B differs in", self._line)
        for name in self._names:
            field = self._fields[name]
            label = SETTINGS[name].label
            field.setAccessibleName(f"B: {label}")
            form.addRow("" if isinstance(field, SwitchField) else label, field)
        buttons = self.buttons(_KEYS.Ok | _KEYS.Cancel)
        self._start = buttons.button(_KEYS.Ok)
        self._start.setText("Compare")
        self.accepted.connect(self._choose)
        parts = plain_label("", _SAYS), (scrolled(inside), 1), self._differences, buttons
        column(self, *parts, gap=12)
        self.open_wide(_WIDTH, _HEIGHT)

    @Slot()
    def _compare(self) -> None:
        """Show the differences; without any, the dialog cannot be accepted."""
        chosen = self._fields.chosen(self._config)
        self._fields.allow(chosen)
        names = differing((self._config, chosen))
        if not self._line.hasFocus():
            self._line.setText(own_settings(chosen, self._config))
        self._start.setEnabled(bool(names))
        text = "Different: " + ", ".join(SETTINGS[name].label.lower() for name in names) + "."
        self._differences.setText(text if names else "Change at least one setting.")

    @Slot(str)
    def _read(self, text: str) -> None:
        """Show what is typed in the fields, or what can be typed."""
        try:
            self._fields.show(told(self._config, text, self._names))
            self._compare()
        except SettingError as error:
            self._start.setEnabled(False)
            self._differences.setText(str(error))

    @Slot()
    def _choose(self) -> None:
        self.config_requested.emit(self._fields.chosen(self._config))
