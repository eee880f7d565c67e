"""The panel Settings: the settings of the current run."""

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from xorviz.core import numerals
from xorviz.core.rules import Whole
from xorviz.core.runs import stopping
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.core.runs.source import WatchedSource
from xorviz.core.settings import (
    LIVE,
    LOSS_FORMULAS,
    SETTINGS,
    Role,
    RunConfig,
    field_order,
    settings_of,
)
from xorviz.panels.base.view import View
from xorviz.panels.settings.setting_fields import SettingFields, add_row, describe, tip_of_current
from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.forms.boxes import STRETCH, column
from xorviz.ui.forms.fields import NumberField, SwitchField, explain
from xorviz.ui.forms.scrolled import plain_label, scrolled, wrapping_form
from xorviz.ui.forms.sliders import LogSlider

_AT_STEP = "The run stops at this step. Run then trains up to the next multiple of it."
_WHEN_CORRECT = "The run stops when all four outputs are on their target's side of the middle."
_WHEN_LEARNED = (
    "The run stops when all four errors fall below 0.1 of the distance between the two targets. "
    "Run then trains on."
)
_AT_LOSS = "The run stops when the loss falls to this value. Run then trains on."
_AT_PLATEAU = (
    "The run stops where the loss has fallen by less than this share of itself in so many steps: "
    "0.01 is 1 %. Run then trains on."
)
_IN_STEPS = "The loss is compared at each multiple of so many steps."


class StopControls(QWidget):
    """Switches for stop rules, some with numbers."""

    rules_requested = Signal(object)  # StopRules
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._switches = {
            "at_step": SwitchField("stop_at_step", "At step"),
            "when_correct": SwitchField("stop_when_correct", "When correct"),
            "when_learned": SwitchField("stop_when_learned", "When learned"),
            "at_loss": SwitchField("stop_at_loss", "At loss"),
            "at_plateau": SwitchField("stop_at_plateau", "At fall below"),
        }
        self._numbers = {
            "at_step": NumberField("stop_step", stopping.AT_STEP, grouped=True),
            "at_loss": NumberField("stop_loss", stopping.AT_LOSS),
            "at_plateau": NumberField("stop_share", stopping.AT_PLATEAU),
            "plateau_steps": NumberField("stop_plateau_steps", stopping.AT_STEP, grouped=True),
        }
        self._numbers["at_plateau"].setSuffix(" of loss")
        self._form = wrapping_form(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.addRow(QLabel("Stop rules"))
        self._add("at_step", _AT_STEP, "Step to stop at", stopping.DEFAULT_STEPS)
        self._add("when_correct", _WHEN_CORRECT)
        self._add("when_learned", _WHEN_LEARNED)
        self._add("at_loss", _AT_LOSS, "Loss to stop at", stopping.DEFAULT_LOSS)
        self._add("at_plateau", _AT_PLATEAU, "Share to stop at", stopping.DEFAULT_PLATEAU)
        self._add("plateau_steps", _IN_STEPS, "Steps of a plateau", stopping.DEFAULT_PLATEAU_STEPS)
        self.show_rules(stopping.StopRules())
        for switch in self._switches.values():
            switch.toggled.connect(self._choose)

    def rules(self) -> stopping.StopRules:
        chosen: dict[str, Any] = {n: switch.isChecked() for n, switch in self._switches.items()}
        for name, number in self._numbers.items():
            value = round(number.value()) if isinstance(number.rule, Whole) else number.value()
            chosen[name] = value if chosen.get(name, True) else None
        return stopping.StopRules(**chosen)

    def show_rules(self, rules: stopping.StopRules) -> None:
        """Show these rules; a rule that is off keeps its last number."""
        with QSignalBlocker(self):
            for name, switch in self._switches.items():
                switch.setChecked(getattr(rules, name) not in {None, False})
            for name, number in self._numbers.items():
                number.setValue(getattr(rules, name) or number.value())

    def summary(self) -> str:
        """Return the rules in a line."""
        rules = self.rules()
        limit = [] if rules.at_step is None else [f"at {numerals.whole(rules.at_step)}"]
        parts = [*limit, *rules.texts()]
        return "stops " + " or ".join(parts) if parts else "no stop rule"

    @Slot()
    def _choose(self) -> None:
        self.rules_requested.emit(self.rules())

    def _add(self, rule: str, what: str, name: str = "", default: float = 0) -> None:
        """Add a rule; its number is enabled while it is on. plateau_steps belongs to at_plateau."""
        switch, number = self._switches.get(rule), self._numbers.get(rule)
        if switch is not None:
            explain(switch, f"Stop {switch.text().lower()}", what)
        if number is None:
            self._form.addRow(self._switches[rule])
            return
        number.setValue(default)
        number.setEnabled(False)
        (switch or self._switches["at_plateau"]).toggled.connect(number.setEnabled)
        number.valueChanged.connect(self._choose)
        number.refused.connect(self.refused)
        describe(number, name, what)
        add_row(self._form, switch or QLabel("in steps"), number)


_LEAST_WIDTH = 240
"""Pixels for the widest row beside a scroll bar."""
_TIP = "Show or hide the other settings, such as activation and loss, and the stop rules"
_FORMULA_TIP = (
    "The loss, which training makes small: t is a row's target, y its output, and the sum is over "
    "the four rows. Learning rates can be compared only if the formula is the same."
)
_START = "initial weights"
_CONTINUES = "A change continues the run here, trained by xorviz."
_OTHER_WEIGHTS = "Changing it starts a run that xorviz trains, from other weights."
_SUMMARY_TIP = "The loss, and the settings under More that aren't at their defaults."


class Controls(View):
    """The settings used most; the others and the stop rules under "More"."""

    explanation = (
        "The settings of the current run. Learning rate and momentum change it from the next step "
        "on; any other setting starts it again."
    )
    least_lines = 13  # those in sight at first

    config_requested = Signal(object)  # RunConfig of a new run
    change_requested = Signal(str, float)  # rate or momentum, from the next step on
    rules_requested = Signal(object)  # StopRules
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__("controls")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(_LEAST_WIDTH)
        self._config = RunConfig()
        self._source: WatchedSource | None = None
        self._is_given = False
        self._note = plain_label()
        self._note.hide()
        self._fields = SettingFields(self, tuple(SETTINGS))
        self._sliders = {
            "width": LogSlider("width_slider", 1, 64),
            "rate": LogSlider("rate_slider", 1e-4, 1000),
        }
        self._formula = plain_label("")
        self._formula.setBuddy(self._fields["loss"])
        explain(self._formula, "", _FORMULA_TIP)  # spoken with its text
        self._summary = plain_label()
        explain(self._summary, "", _SUMMARY_TIP)
        self._preset = plain_label()
        self._stops = StopControls()
        self._more = ToolButton("more")
        self._shows_advanced = self._option("more", "More", False, _TIP, self._open_more)
        self._build()
        self._connect()
        self.show_config(self._config)

    def description(self) -> str:
        parts = recipe_parts(self._config, self._source)
        settings = ", ".join(p for n, p in parts.items() if not (self._is_given and n == "init"))
        if self._source is not None:
            return f"{self._note.text()} Settings of the run: {settings}."
        seed = f"seed {numerals.plain(self._config.seed)}"
        return f"Settings of the run: {settings}, {f'{_START} given' if self._is_given else seed}."

    def show_source(self, source: WatchedSource | None, is_given: bool = False) -> None:
        """Show the settings of a run of this program; with None, of one that xorviz trains.

        Weights that are given have no seed.
        """
        is_given |= source is not None
        if (source, is_given) == (self._source, self._is_given):
            return
        self._source, self._is_given = source, is_given
        note, tip = ("", "") if source is None else _note_of(source)
        self._note.setText(note)
        explain(self._note, "", tip)
        self._note.setVisible(source is not None)
        for name in SETTINGS:
            self._describe(name)
        self._stops.setEnabled(source is None)
        self.show_config(self._config)

    def _describe(self, name: str) -> None:
        """Say what a setting is, whether it is assumed, and what follows from a change."""
        source = self._source
        is_assumed = source is not None and name in source.assumed
        tip = tip_of_current(name) if source is None else _tip_of_watched(name, is_assumed)
        row = SETTINGS[name]
        describe(self._fields[name], row.label, tip)
        if (label := self._fields.labels.get(name)) is not None:
            label.setText(f"{row.label}, assumed" if is_assumed else row.label)
            label.setToolTip(self._fields[name].toolTip())

    def show_config(self, config: RunConfig, preset: str = "", why: str = "") -> None:
        """Show these settings; if they are a preset, its name, and why to look at it as a tip."""
        self._config = config
        self._fields.show(config, settings_of(Role.START) if self._is_given else ())
        for name, slider in self._sliders.items():
            slider.show_number(getattr(config, name))
        assumed = self._source.assumed if self._source is not None else ()
        loss = "Loss, assumed" if "loss" in assumed else "Loss"
        self._formula.setText(f"{loss} = {LOSS_FORMULAS[config.loss]}")
        for name in settings_of(Role.START) if self._source is not None else ():
            self._fields[name].setEnabled(False)
        # The number that the initial weights depend on.
        label = "Initial value" if "equal" in config.init else SETTINGS["init_range"].label
        self._fields.labels["init_range"].setText(label)
        self._fields["init_range"].setAccessibleName(label)
        self._preset.setText(f"Preset: {preset}")
        explain(self._preset, "", why)
        self._preset.setVisible(bool(preset))
        self._summarise()

    def show_rules(self, rules: stopping.StopRules) -> None:
        self._stops.show_rules(rules)
        self._summarise()

    def _build(self) -> None:
        self._details, self._inside = QWidget(), wrapping_form()
        self._advanced = wrapping_form(self._details)
        self._advanced.setContentsMargins(0, 0, 0, 0)
        self._inside.addRow(self._note)
        for name in field_order():
            setting = SETTINGS[name]
            form = self._advanced if setting.is_advanced else self._inside
            if name == "loss":  # its name is long: below its formula, as wide as the panel
                form.addRow(self._formula)
                form.addRow(self._fields[name])
                continue
            self._fields.add_row(form, name)
            if (slider := self._sliders.get(name)) is not None:
                explain(slider, f"{setting.label}, coarse", tip_of_current(name))
                form.addRow(slider)
        self._advanced.addRow(self._stops)
        inside = QWidget()
        inside.setObjectName("controls_inside")
        below = self._more, self._summary, self._details, self._preset
        column(inside, self._inside, *below, STRETCH, margins=(6, 0, 6, 0), gap=8)
        column(self, scrolled(inside), margins=(0, 0, 0, 0))

    def _connect(self) -> None:
        self._fields.changed.connect(self._choose)
        self._fields.refused.connect(self.refused)
        for name, slider in self._sliders.items():
            number = self._fields.number(name)
            slider.number_moved.connect(number.show_number)
            slider.number_requested.connect(number.setValue)
        self._stops.rules_requested.connect(self._choose_rules)
        self._stops.refused.connect(self.refused)
        self._more.setDefaultAction(self._shows_advanced)
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._open_more(False)

    @Slot()
    def _choose(self) -> None:
        """Request a change of rate or momentum if nothing else differs, else a new run."""
        chosen = self._fields.chosen(self._config)
        changed = {n for n in SETTINGS if getattr(chosen, n) != getattr(self._config, n)}
        if not changed:
            return
        self.show_config(chosen)
        if changed <= LIVE:
            for name in changed:
                self.change_requested.emit(name, getattr(chosen, name))
        else:
            self.config_requested.emit(chosen)

    @Slot(object)
    def _choose_rules(self, rules: stopping.StopRules) -> None:
        self._summarise()
        self.rules_requested.emit(rules)

    @Slot(bool)
    def _open_more(self, is_open: bool) -> None:
        self._more.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._details.setVisible(is_open)
        self._summary.setVisible(not is_open)

    def _summarise(self) -> None:
        """Show the loss, what else under More isn't at its default, and the stop rules."""
        usual = recipe_parts(RunConfig()) | {"loss": ""}
        parts = recipe_parts(self._config, self._source)
        if self._is_given:
            parts["init"] = f"{_START} given" if self._source is None else ""
        more = [name for name in parts if SETTINGS[name].is_advanced]
        told = (parts[name] for name in more if parts[name] != usual.get(name))
        self._summary.setText(joined((*told, "" if self._source else self._stops.summary())))


def _tip_of_watched(name: str, is_assumed: bool) -> str:
    """Return what a setting of a watched run is, and what follows from a change."""
    row = SETTINGS[name]
    if row.part is Role.START:
        return "The program chose its own initial weights."
    effect = _OTHER_WEIGHTS if row.part is Role.SHAPE else _CONTINUES
    assumed = " Assumed: the program doesn't give it." * is_assumed
    return f"{row.help}{assumed} {effect}"


def _note_of(source: WatchedSource) -> tuple[str, str]:
    """Return what is said above the settings of a watched run, and more of it in a tip."""
    by = source.program or "another program"
    note = f"Trained by {by}. A change trains from the state shown."
    names = [SETTINGS[name].label.lower() for name in source.assumed]
    if not names:
        return (note, f"{source.name} gives all settings, or its steps show them.")
    return note, (
        f"Assumed, since {source.name} doesn't give them: {', '.join(names)}. What the step check "
        "finds replaces them."
    )
