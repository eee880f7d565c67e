"""Fields for what the user knows of a network trained elsewhere; all may be left open."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QLayout, QLineEdit, QWidget

from xorviz.core.rules import Switch, Whole, parsed, written
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import SETTINGS, Role, RunConfig, Setting
from xorviz.files.weights.known import NAMES
from xorviz.files.weights.said import OTHERS
from xorviz.ui.forms.boxes import row
from xorviz.ui.forms.fields import ChoiceField, ascii_number, explain

_LEFT = ("activation", "output", "loss", "targets", "biases")
_RIGHT = tuple(name for name in ("batch", *NAMES) if name not in _LEFT)
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
    """A field for each setting, and for the steps, in two columns."""

    changed = Signal()

    def __init__(self, parent: QObject, first: Iterable[tuple[str, QWidget]]) -> None:
        """Make fields, below the first ones with their labels."""
        super().__init__(parent)
        self.left, self._right = QFormLayout(), QFormLayout()
        self.layout: QLayout = row(None, (self.left, 1), (self._right, 1))
        for label, field in first:
            self.left.addRow(label, field)
        self._by_name = {name: self._made(name) for name in (*_LEFT, *_RIGHT)}
        self._left_out: Iterable[str] = ()
        self.show(None)

    def _made(self, name: str) -> ChoiceField | QLineEdit:
        field: ChoiceField | QLineEdit
        setting = _TABLE[name]
        words = _ON_OFF if isinstance(setting.rule, Switch) else setting.words
        if name == "targets":
            field = ChoiceField("own_targets", words)
        elif words:
            field = ChoiceField(f"own_{name}", {"": _OPEN, **words})
        else:
            field = QLineEdit()
            field.setObjectName(f"own_{name}")
            field.setPlaceholderText(_OPEN)
            field.textChanged.connect(self.changed)
        if isinstance(field, ChoiceField):
            field.currentIndexChanged.connect(self.changed)
        explain(field, setting.label, setting.help)
        (self.left if name in _LEFT else self._right).addRow(setting.label, field)
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
            (self.left if name in _LEFT else self._right).setRowVisible(field, name not in names)

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
