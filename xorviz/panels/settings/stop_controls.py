"""Controls for the stop rules."""

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from xorviz.core import numerals
from xorviz.core.runs.stopping import AT_LOSS, AT_STEP, DEFAULT_LOSS, DEFAULT_STEPS, StopRules
from xorviz.panels.settings.setting_fields import add_row, describe
from xorviz.ui.forms.fields import NumberField, SwitchField, explain
from xorviz.ui.forms.scrolled import wrapping_form

_AT_STEP = "The run stops at this step. Run then trains up to the next multiple of it."
_WHEN_LEARNED = "The run stops when all four errors fall below 0.1. Run then trains on."
_AT_LOSS = "The run stops when the loss falls to this value. Run then trains on."


class StopControls(QWidget):
    """Three switches for stop rules, two with a number."""

    rules_requested = Signal(object)  # StopRules
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._at_step = SwitchField("stop_at_step", "At step")
        self._steps = NumberField("stop_step", AT_STEP, grouped=True)
        self._when_learned = SwitchField("stop_when_learned", "When learned")
        self._at_loss = SwitchField("stop_at_loss", "At loss")
        self._loss = NumberField("stop_loss", AT_LOSS)
        form = wrapping_form(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(QLabel("Stop rules"))
        self._add_number(form, self._at_step, self._steps, "Step to stop at", _AT_STEP)
        form.addRow(self._when_learned)
        explain(self._when_learned, "Stop when learned", _WHEN_LEARNED)
        self._add_number(form, self._at_loss, self._loss, "Loss to stop at", _AT_LOSS)
        self._steps.setValue(DEFAULT_STEPS)
        self._loss.setValue(DEFAULT_LOSS)
        self.show_rules(StopRules())
        for switch in (self._at_step, self._when_learned, self._at_loss):
            switch.toggled.connect(self._choose)

    def rules(self) -> StopRules:
        return StopRules(
            at_step=round(self._steps.value()) if self._at_step.isChecked() else None,
            when_learned=self._when_learned.isChecked(),
            at_loss=self._loss.value() if self._at_loss.isChecked() else None,
        )

    def show_rules(self, rules: StopRules) -> None:
        """Show these rules; a rule that is off keeps its last number."""
        with QSignalBlocker(self):
            self._at_step.setChecked(rules.at_step is not None)
            self._when_learned.setChecked(rules.when_learned)
            self._at_loss.setChecked(rules.at_loss is not None)
            self._steps.setValue(rules.at_step or self._steps.value())
            self._loss.setValue(rules.at_loss or self._loss.value())

    def summary(self) -> str:
        """Return the rules in a line."""
        rules = self.rules()
        parts = []
        if rules.at_step is not None:
            parts.append(f"at step {numerals.whole(rules.at_step)}")
        if rules.when_learned:
            parts.append("when learned")
        if rules.at_loss is not None:
            parts.append(f"at loss {numerals.plain(rules.at_loss)}")
        return "Stops " + " or ".join(parts) if parts else "No stop rule"

    @Slot()
    def _choose(self) -> None:
        self.rules_requested.emit(self.rules())

    def _add_number(
        self, form: QFormLayout, switch: SwitchField, number: NumberField, name: str, what: str
    ) -> None:
        """Add a rule with a number, which is enabled while the rule is on."""
        number.setEnabled(False)
        switch.toggled.connect(number.setEnabled)
        number.valueChanged.connect(self._choose)
        number.refused.connect(self.refused)
        explain(switch, f"Stop {switch.text().lower()}", what)
        describe(number, name, what)
        add_row(form, switch, number)
