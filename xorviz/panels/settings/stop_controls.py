"""Controls for the stop rules."""

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QWidget

from xorviz.core import numerals
from xorviz.core.runs.stopping import AT_LOSS, AT_STEP, DEFAULT_LOSS, DEFAULT_STEPS, StopRules
from xorviz.ui.forms.fields import NumberField, SwitchField


class StopControls(QWidget):
    """Three switches for stop rules, two with a number."""

    rules_requested = Signal(object)  # StopRules
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._at_step = SwitchField("stop_at_step", "Stop at step")
        self._steps = NumberField("stop_step", AT_STEP, grouped=True)
        self._when_learned = SwitchField("stop_when_learned", "Stop when learned")
        self._at_loss = SwitchField("stop_at_loss", "Stop at loss")
        self._loss = NumberField("stop_loss", AT_LOSS)
        self._steps.setAccessibleName("Step to stop at")
        self._loss.setAccessibleName("Loss to stop at")
        self._explain()
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(QLabel("The run stops by itself"))
        form.addRow(_row(self._at_step, self._steps))
        form.addRow(self._when_learned)
        form.addRow(_row(self._at_loss, self._loss))
        self._steps.setValue(DEFAULT_STEPS)
        self._loss.setValue(DEFAULT_LOSS)
        self.show_rules(StopRules())
        for switch in (self._at_step, self._when_learned, self._at_loss):
            switch.toggled.connect(self._choose)
        for number in (self._steps, self._loss):
            number.valueChanged.connect(self._choose)
            number.refused.connect(self.refused)

    def rules(self) -> StopRules:
        """Return the rules chosen."""
        return StopRules(
            at_step=round(self._steps.value()) if self._at_step.isChecked() else None,
            when_learned=self._when_learned.isChecked(),
            at_loss=self._loss.value() if self._at_loss.isChecked() else None,
        )

    def show_rules(self, rules: StopRules) -> None:
        """Show these rules; a rule that is off keeps its last number."""
        fields = (self._at_step, self._steps, self._when_learned, self._at_loss, self._loss)
        blockers = [QSignalBlocker(field) for field in fields]
        self._at_step.setChecked(rules.at_step is not None)
        self._when_learned.setChecked(rules.when_learned)
        self._at_loss.setChecked(rules.at_loss is not None)
        self._steps.setValue(rules.at_step or self._steps.value())
        self._loss.setValue(rules.at_loss or self._loss.value())
        for blocker in blockers:
            blocker.unblock()
        self._enable()

    def summary(self) -> str:
        """Return the rules in a few words."""
        rules = self.rules()
        parts = []
        if rules.at_step is not None:
            parts.append(f"at {numerals.whole(rules.at_step)}")
        if rules.when_learned:
            parts.append("when learned")
        if rules.at_loss is not None:
            parts.append(f"at loss {numerals.plain(rules.at_loss)}")
        return "stop " + " or ".join(parts) if parts else "no stop"

    @Slot()
    def _choose(self) -> None:
        self._enable()
        self.rules_requested.emit(self.rules())

    def _enable(self) -> None:
        self._steps.setEnabled(self._at_step.isChecked())
        self._loss.setEnabled(self._at_loss.isChecked())

    def _explain(self) -> None:
        texts: dict[QWidget, str] = {
            self._at_step: "Stop at this step and, when run again, at each further multiple of it.",
            self._when_learned: "Stop when all errors get below 0.1; once there, a run goes on.",
            self._at_loss: "Stop when the loss falls to this; once there, a run goes on.",
        }
        texts[self._steps], texts[self._loss] = texts[self._at_step], texts[self._at_loss]
        for widget, text in texts.items():
            widget.setWhatsThis(text)
            widget.setToolTip(text)
            widget.setAccessibleDescription(text)


def _row(switch: QWidget, number: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(switch)
    row.addStretch()
    row.addWidget(number)
    return row
