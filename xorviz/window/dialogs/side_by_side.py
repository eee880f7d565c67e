"""The dialog for a second run side by side with the first."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from xorviz.core.config import ACTIVATION_NAMES, LOSS_NAMES, RULES, RunConfig
from xorviz.core.rules import Real
from xorviz.core.runs.project import differing
from xorviz.panels.settings.wording import FUNCTIONS, LABELS, WHATS_THIS
from xorviz.ui.forms.fields import ChoiceField, NumberField, SwitchField, explain

_NAMES = LABELS | {"targets": "What they learn"}
"""Names of the settings in a sentence."""


class SideBySideDialog(QDialog):
    """Asks for the settings of a second run that starts from the same weights as the first."""

    config_requested = Signal(object)  # RunConfig, of the second run

    def __init__(self, parent: QWidget, config: RunConfig) -> None:
        super().__init__(parent)
        self.setObjectName("lock_step_dialog")
        self.setWindowTitle("Lock step: the second run")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._config = config
        self._rate = _number("rate")
        self._momentum = _number("momentum")
        self._biases = SwitchField("b_biases", "Biases")
        self._choices = {
            "activation": ChoiceField("b_activation", {name: name for name in ACTIVATION_NAMES}),
            "loss": ChoiceField("b_loss", {name: name for name in LOSS_NAMES}),
            "targets": ChoiceField("b_targets", FUNCTIONS),
        }
        self._differences = QLabel()
        self._differences.setObjectName("quiet")
        self._differences.setTextFormat(Qt.TextFormat.PlainText)
        self._differences.setWordWrap(True)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._start = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._start.setText("Start")
        self._build()
        self._show(config)
        self._compare()
        self._rate.setFocus()
        self._rate.selectAll()

    def _build(self) -> None:
        says = QLabel(
            "Both runs start at step 0 from the same weights: same width, seed and start. "
            "Choose what the second does differently."
        )
        says.setWordWrap(True)
        form = QFormLayout()
        fields: dict[str, QWidget] = {"rate": self._rate, "momentum": self._momentum}
        for name, field in (fields | self._choices).items():
            explain(field, f"B: {LABELS[name]}", WHATS_THIS[name])
            form.addRow(LABELS[name], field)
        explain(self._biases, "B: Biases", WHATS_THIS["biases"])
        form.addRow("", self._biases)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(says)
        column.addLayout(form)
        column.addWidget(self._differences)
        column.addWidget(self._buttons)
        for number in (self._rate, self._momentum):
            number.valueChanged.connect(self._compare)
        for choice in self._choices.values():
            choice.currentIndexChanged.connect(self._compare)
        self._biases.toggled.connect(self._compare)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.accepted.connect(self._choose)
        self.setMinimumWidth(380)

    def _show(self, config: RunConfig) -> None:
        self._rate.setValue(config.rate)
        self._momentum.setValue(config.momentum)
        self._biases.setChecked(config.biases)
        for name, choice in self._choices.items():
            value = getattr(config, name)
            choice.choose("".join(map(str, value)) if name == "targets" else value)

    def _chosen(self) -> RunConfig:
        values: dict[str, Any] = {n: c.currentData() for n, c in self._choices.items()}
        values["targets"] = tuple(int(bit) for bit in values["targets"])
        numbers = {"rate": self._rate, "momentum": self._momentum}
        for name, number in numbers.items():
            pinned = getattr(self._config, name)
            values[name] = pinned if number.shows(pinned) else number.value()
        return replace(self._config, **values, biases=self._biases.isChecked())

    @Slot()
    def _compare(self) -> None:
        """Show the differences; without any, the dialog cannot be accepted."""
        names = differing((self._config, self._chosen()))
        self._start.setEnabled(bool(names))
        text = "They differ in: " + ", ".join(_NAMES[name].lower() for name in names) + "."
        self._differences.setText(text if names else "They do not differ yet.")

    @Slot()
    def _choose(self) -> None:
        self.config_requested.emit(self._chosen())


def _number(name: str) -> NumberField:
    rule = RULES[name]
    assert isinstance(rule, Real)
    return NumberField(f"b_{name}", rule)
