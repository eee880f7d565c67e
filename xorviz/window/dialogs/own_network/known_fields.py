"""Fields for what a person knows of a network trained elsewhere; all may be left open."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QLayout, QLineEdit, QWidget

from xorviz.core.rules import Whole, parsed, written
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import RULES, RunConfig
from xorviz.core.truth_table import FUNCTIONS
from xorviz.files.weights.said import SAID
from xorviz.panels.settings.wording import LABELS, LOSS_TEXTS, WHATS_THIS
from xorviz.ui.forms.boxes import row
from xorviz.ui.forms.fields import ChoiceField, ascii_number, explain

_LEFT = ("activation", "output", "loss", "targets", "biases")
_RIGHT = ("width", "rate", "momentum", "batch", "init_range", "steps")
_RULES = {**RULES, "steps": Whole(0, MOST_STEPS), "output": SAID["output"], "batch": SAID["batch"]}
_LABELS = {**LABELS, "steps": "Steps so far", "output": "Output unit", "batch": "Rows of a step"}
_WHATS_THIS = {
    **WHATS_THIS,
    "steps": "How many steps the network was trained.",
    "output": "The function that the output unit applies to its input.",
    "batch": "The rows of the truth table that the step is made of.",
}
_OPEN = "Not known"
_TEXTS = {
    "activation": {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU"},
    "output": {"sigmoid": "Sigmoid", "tanh": "Tanh", "linear": "Linear"},
    "batch": {
        "full": "All four at once",
        "row": "One row",
        "pass": "One after the other, with an update each",
    },
    "loss": LOSS_TEXTS,
    "biases": {"on": "On", "off": "Off"},
}


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
        if name == "targets":
            field = ChoiceField("own_targets", FUNCTIONS)
        elif name in _TEXTS:
            field = ChoiceField(f"own_{name}", {"": _OPEN, **_TEXTS[name]})
        else:
            field = QLineEdit()
            field.setObjectName(f"own_{name}")
            field.setPlaceholderText(_OPEN)
            field.textChanged.connect(self.changed)
        if isinstance(field, ChoiceField):
            field.currentIndexChanged.connect(self.changed)
        explain(field, _LABELS[name], _WHATS_THIS[name])
        (self.left if name in _LEFT else self._right).addRow(_LABELS[name], field)
        return field

    def show(self, config: RunConfig | None) -> None:
        """Show settings, or that none is known, without emitting ``changed``."""
        for name, field in self._by_name.items():
            known = config is not None and name in RULES
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
                found[name] = parsed(_RULES[name], f"the {_LABELS[name].lower()}", text)
        return found
