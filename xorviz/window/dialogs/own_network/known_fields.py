"""Fields for what the user knows of a network trained elsewhere; all may be left open."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QLayout, QLineEdit, QWidget

from xorviz.core.rules import Switch, Whole, parsed, written
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import SETTINGS, Role, RunConfig, Setting
from xorviz.files.weights.said import OTHERS
from xorviz.ui.forms.boxes import row
from xorviz.ui.forms.fields import ChoiceField, ascii_number, explain

_COLUMNS = (
    ("activation", "loss", "output", "batch"),
    ("width", "biases", "rate", "momentum"),
    ("targets", "init_range", "steps"),
)
"""The first one has fields of its owner on top."""
_STEPS = Setting(
    Whole(0, MOST_STEPS),
    Role.TRAINING,
    label="Steps so far",
    short="steps",
    help="How many steps the network was trained.",
)
_TABLE: Mapping[str, Setting] = {**SETTINGS, **OTHERS, "steps": _STEPS}
_OPEN = "Not known"
_ON_OFF = {"on": "On", "off": "Off"}


class KnownFields(QObject):
    """A field for each setting, for the output unit and for the steps, in columns."""

    changed = Signal()

    def __init__(self, parent: QObject, first: Iterable[tuple[str, QWidget]]) -> None:
        """Make fields, below the first ones with their labels."""
        super().__init__(parent)
        forms = [QFormLayout() for _ in _COLUMNS]
        self.layout: QLayout = row(None, *((form, 1) for form in forms))
        self._forms = dict[QWidget, QFormLayout]()
        for label, field in first:
            self._add(forms[0], label, field)
        self._by_name = {name: self._made(name) for names in _COLUMNS for name in names}
        for form, names in zip(forms, _COLUMNS, strict=True):
            for name in names:
                self._add(form, _TABLE[name].label, self._by_name[name])
        self._left_out: Iterable[str] = ()
        self.show(None)

    def _add(self, form: QFormLayout, label: str, field: QWidget) -> None:
        form.addRow(label, field)
        self._forms[field] = form

    def set_visible(self, field: QWidget, is_visible: bool) -> None:
        """Show or hide a field with its label."""
        self._forms[field].setRowVisible(field, is_visible)

    def _made(self, name: str) -> ChoiceField | QLineEdit:
        field: ChoiceField | QLineEdit
        setting = _TABLE[name]
        words = _ON_OFF if isinstance(setting.rule, Switch) else setting.words
        if words:
            has_open = name != "targets"  # those of XOR, unless others are chosen
            field = ChoiceField(f"own_{name}", {**({"": _OPEN} if has_open else {}), **words})
            field.currentIndexChanged.connect(self.changed)
        else:
            field = QLineEdit()
            field.setObjectName(f"own_{name}")
            field.setPlaceholderText(_OPEN)
            field.textChanged.connect(self.changed)
        explain(field, setting.label, setting.help)
        return field

    def show(self, config: RunConfig | None) -> None:
        """Show settings, or that none is known, without emitting ``changed``."""
        for name, field in self._by_name.items():
            known = config is not None and name in SETTINGS
            text = written(getattr(config, name)) if known else ""
            with QSignalBlocker(field):
                if isinstance(field, QLineEdit):
                    field.setText(text)
                else:
                    field.choose(text or ("1010" if name == "targets" else ""))

    def leave_out(self, names: Iterable[str]) -> None:
        """Hide the fields of what the arrays say themselves, and show the others."""
        self._left_out = names
        for name, field in self._by_name.items():
            self.set_visible(field, name not in names)

    def said(self) -> dict[str, Any]:
        """Return what the fields say, by name, but those left out. Raises SettingError."""
        found = {}
        for name, field in self._by_name.items():
            if isinstance(field, QLineEdit):
                text = ascii_number(field.text())
            else:
                text = field.currentData()
            if text and name not in self._left_out:
                found[name] = parsed(_TABLE[name].rule, f"the {_TABLE[name].label.lower()}", text)
        return found
