"""Fields for what the user knows of a network trained elsewhere; all may be left open."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QLayout, QLineEdit

from xorviz.core.rules import Choice, Readable, Switch, Whole, parsed, written
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import SETTINGS, RunConfig, Setting
from xorviz.files.weights.known import TOLD, RowOrder
from xorviz.files.weights.own_network import ORIENTATIONS, WAYS
from xorviz.ui.forms.boxes import row
from xorviz.ui.forms.fields import ChoiceField, ascii_number, explain

_COLUMNS = (
    ("order", "activation", "loss", "output", "batch"),
    ("width", "biases", "orientation", "rate", "momentum", "optimizer"),
    ("targets", "coding", "init_range", "steps"),
)


class _Own(NamedTuple):
    """A field for what no run has."""

    rule: Readable
    label: str
    help: str
    words: Mapping[str, str] = {}


_ROWS = {name: f"{text[0].upper()}{text[1:]}" for name, text in WAYS.items()}
_ASKS = "Does each row of w1 belong to an input or to a hidden unit?"
_TABLE: Mapping[str, Setting | _Own] = {
    **SETTINGS,
    **TOLD,
    "steps": _Own(Whole(0, MOST_STEPS), "Steps so far", "How many steps the network was trained."),
    "order": _Own(
        RowOrder(), "Order of rows", "Of the four outputs: x1 and x2 of each, such as 10."
    ),
    "orientation": _Own(Choice(ORIENTATIONS), "Rows of w1", _ASKS, _ROWS),
}
_ON_OFF = {"on": "On", "off": "Off"}


class KnownFields(QObject):
    """A field for each setting, and for what else users know, in columns."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        forms = [QFormLayout() for _ in _COLUMNS]
        self.layout: QLayout = row(None, *((form, 1) for form in forms))
        self._forms = dict[str, QFormLayout]()
        self._fields = dict[str, ChoiceField | QLineEdit]()
        self._left_out: Collection[str] = ()
        for form, names in zip(forms, _COLUMNS, strict=True):
            for name in names:
                self._forms[name], self._fields[name] = form, self._made(name)
                form.addRow(_TABLE[name].label, self._fields[name])
        self.show({"targets": RunConfig().targets})

    def _made(self, name: str) -> ChoiceField | QLineEdit:
        field: ChoiceField | QLineEdit
        setting = _TABLE[name]
        words = _ON_OFF if isinstance(setting.rule, Switch) else setting.words
        if words:
            no_choice = {} if name == "targets" else {"": "Not known"}  # targets are those of XOR
            field = ChoiceField(f"own_{name}", no_choice | dict(words))
            field.currentIndexChanged.connect(self.changed)
        else:
            nothing = "00,01,10,11" if name == "order" else "Not known"
            field = QLineEdit(placeholderText=nothing)
            field.setObjectName(f"own_{name}")
            field.textChanged.connect(self.changed)
        explain(field, setting.label, setting.help)
        return field

    def show(self, values: Mapping[str, Any]) -> None:
        """Show what is known by these names, without emitting ``changed``."""
        for name in self._fields.keys() & values.keys():
            field, value = self._fields[name], values[name]
            text = written(tuple(value) if isinstance(value, list) else value)
            with QSignalBlocker(field):
                if isinstance(field, ChoiceField):
                    field.choose(text)
                else:
                    field.setText(text)

    def leave_out(self, names: Collection[str]) -> None:
        """Hide the fields of what the arrays say themselves, and show the others."""
        self._left_out = names
        for name, field in self._fields.items():
            self._forms[name].setRowVisible(field, name not in names)

    def said(self) -> dict[str, Any]:
        """Return what the fields say, by name, but those left out. Raises SettingError."""
        found = {}
        for name, field in self._fields.items():
            known = _TABLE[name]
            if isinstance(field, ChoiceField):
                text = field.currentData()
            else:
                text = field.text() if name == "order" else ascii_number(field.text())
            if text.strip() and name not in self._left_out:
                found[name] = parsed(known.rule, f"the {known.label.lower()}", text)
        return found
