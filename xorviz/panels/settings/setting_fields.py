"""Fields for the settings of a run."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from xorviz.core.rules import Real, Switch, Whole, parsed, written
from xorviz.core.settings import SETTINGS, RunConfig, refusal
from xorviz.ui.forms.boxes import STRETCH, row
from xorviz.ui.forms.fields import ChoiceField, NumberField, SwitchField, explain

Field = NumberField | ChoiceField | SwitchField

_LETTERS = 11
"""Least letters of a choice that are in sight."""
_FROM_HERE = "A change applies from the next step and is marked on the loss curve."
_RESTARTS = "Changing it starts the run again."


class SettingFields(QObject):
    """A field for each of some settings, by name; the owner lays them out."""

    changed = Signal()
    """The user has chosen another value."""
    refused = Signal(str)

    def __init__(self, parent: QObject, names: tuple[str, ...], prefix: str = "") -> None:
        """Make fields whose object names are the prefix and the setting's name.

        Those without a prefix are of the current run.
        """
        super().__init__(parent)
        self.labels: dict[str, QLabel] = {}
        self._shown: RunConfig | None = None
        self._by_name = {name: self._make(name, prefix) for name in names}
        for name, field in self._by_name.items():
            tip = SETTINGS[name].help if prefix else tip_of_current(name)
            describe(field, SETTINGS[name].label, tip)

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name]

    def number(self, name: str) -> NumberField:
        field = self._by_name[name]
        assert isinstance(field, NumberField)
        return field

    def show(self, config: RunConfig, blank: Collection[str] = ()) -> None:
        """Show these settings without emitting ``changed``; a dash for those that mean nothing."""
        values = config.to_dict()
        self.allow(config)
        for name, field in self._by_name.items():
            with QSignalBlocker(field):
                if isinstance(field, NumberField):
                    field.setValue(values[name])
                    field.set_blank(name in blank)
                elif isinstance(field, ChoiceField):
                    field.choose("" if name in blank else written(getattr(config, name)))
                else:
                    field.setChecked(values[name])

    def chosen(self, config: RunConfig) -> RunConfig:
        """Return a config with the values of the fields.

        A field that still shows the config's value keeps it exactly. If the settings don't go
        together, say why, show the config again and return it.
        """
        values = {name: self._value(name, config) for name in self._by_name}
        if why := refusal(config, **values):
            self.refused.emit(why)
            self.show(config)
            return config
        return replace(config, **values)

    def allow(self, config: RunConfig) -> None:
        """Enable what has an effect beside these settings, and the choices that go with them."""
        for name, field in self._by_name.items():
            row = SETTINGS[name]
            field.setEnabled(row.matters(config))
            if isinstance(field, ChoiceField) and config != self._shown:
                values = {key: parsed(row.rule, name, key) for key in row.words}
                reasons = {key: refusal(config, **{name: one}) for key, one in values.items()}
                field.refuse(reasons, row.formulas)
        self._shown = config

    def add_row(self, form: QFormLayout, name: str) -> None:
        """Append a field with its label to a form; a switch has its own label."""
        field = self._by_name[name]
        if isinstance(field, SwitchField):
            form.addRow(field)
        else:
            self.labels[name] = QLabel(SETTINGS[name].label)
            add_row(form, self.labels[name], field)

    def _value(self, name: str, config: RunConfig) -> Any:
        field = self._by_name[name]
        if isinstance(field, SwitchField):
            return field.isChecked()
        if isinstance(field, ChoiceField):
            chosen = field.currentData()
            if chosen is None:
                return getattr(config, name)
            return parsed(SETTINGS[name].rule, name, chosen)
        kept = getattr(config, name)
        value = kept if field.shows(kept) else field.value()
        return round(value) if isinstance(SETTINGS[name].rule, Whole) else value

    def _make(self, name: str, prefix: str) -> Field:
        row = SETTINGS[name]
        rule = row.rule
        if isinstance(rule, Whole | Real):
            number = NumberField(prefix + name, rule)
            number.valueChanged.connect(self.changed)
            number.refused.connect(self.refused)
            return number
        if isinstance(rule, Switch):
            switch = SwitchField(prefix + name, row.label)
            switch.toggled.connect(self.changed)
            return switch
        choice = ChoiceField(prefix + name, row.words)
        choice.setMinimumContentsLength(_LETTERS)
        choice.currentIndexChanged.connect(self.changed)
        return choice


def add_row(form: QFormLayout, label: QWidget, field: QWidget) -> None:
    """Append a row to a form: a label or a switch at the left, a field at the right."""
    if isinstance(label, QLabel):
        label.setBuddy(field)
        label.setToolTip(field.toolTip())
    form.addRow(label, row(None, STRETCH, field))


def describe(field: QWidget, name: str, what: str) -> None:
    """Explain a field and, if it is one of numbers, which are allowed."""
    allowed = f" Allowed: {field.rule.allowed}." if isinstance(field, NumberField) else ""
    explain(field, name, what + allowed)


def tip_of_current(name: str) -> str:
    """Return what a setting of the current run is, and what follows from a change."""
    row = SETTINGS[name]
    return f"{row.help} {_FROM_HERE if row.is_live else _RESTARTS}"
