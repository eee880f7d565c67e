"""The panel Controls: the settings of the current run."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from xorviz.core import numerals
from xorviz.core.config import LIVE_FIELDS, RULES, RunConfig
from xorviz.core.network import LOSSES
from xorviz.core.runs.recipe_text import start_text
from xorviz.core.runs.stopping import StopRules
from xorviz.panels.base.view import View
from xorviz.panels.settings.setting_fields import SettingFields
from xorviz.panels.settings.stop_controls import StopControls
from xorviz.panels.settings.wording import LABELS, WHATS_THIS
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.log_slider import LogSlider
from xorviz.ui.forms.scrolled import plain_label, scrolled, wrapping_form

_LEAST_WIDTH = 240
"""Pixels for the widest row beside a scroll bar."""
_DETAILS = (
    *("activation", "loss", "momentum", "init", "init_range"),
    *("perturbation", "targets", "biases"),
)
"""The settings behind "More"."""


class Controls(View):
    """Width, rate and seed; the rest behind "More"."""

    explanation = (
        "The settings of the run. The rate and the momentum may change while it goes on; "
        "anything else starts it again from step 0."
    )
    config_requested = Signal(object)  # RunConfig of a new run
    change_requested = Signal(str, float)  # rate or momentum, from the next step on
    rules_requested = Signal(object)  # StopRules
    more_requested = Signal(bool)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__("controls")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(_LEAST_WIDTH)
        self._config = RunConfig()
        self._fields = SettingFields(self, tuple(RULES))
        self._sliders = {
            "width": LogSlider("width_slider", 1, 64),
            "rate": LogSlider("rate_slider", 1e-4, 1000),
        }
        self._formula = plain_label()
        self._summary = plain_label()
        self._why = plain_label()
        self._stops = StopControls()
        self._more = QToolButton()
        self._build()
        self._connect()
        self.show_config(self._config)

    def show_config(self, config: RunConfig, why: str = "") -> None:
        """Show these settings, and a note on why they are interesting."""
        self._config = config
        self._fields.show(config)
        for name, slider in self._sliders.items():
            slider.show_number(getattr(config, name))
        self._formula.setText(f"loss {LOSSES[config.loss].formula}")
        self._show_start()
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self._summarise()

    def show_rules(self, rules: StopRules) -> None:
        self._stops.show_rules(rules)
        self._summarise()

    def show_more(self, is_open: bool) -> None:
        """Open or close the settings behind "More"."""
        self._more.setChecked(is_open)

    def _build(self) -> None:
        top = wrapping_form()
        for name, slider in self._sliders.items():
            self._fields.add_row(top, name)
            explain(slider, f"{LABELS[name]}, coarse", WHATS_THIS[name])
            top.addRow(slider)
        top.addRow(self._formula)
        self._fields.add_row(top, "seed")
        inside = QWidget()
        inside.setObjectName("controls_inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(6, 0, 6, 0)
        column.setSpacing(8)
        column.addLayout(top)
        self._details = self._make_details()
        hairline = QFrame()
        hairline.setObjectName("hairline")
        hairline.setFixedHeight(1)
        for part in (hairline, self._more, self._summary, self._details, self._why):
            column.addWidget(part)
        column.addStretch()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside))

    def _make_details(self) -> QWidget:
        details = QWidget()
        form = wrapping_form(details)
        form.setContentsMargins(0, 0, 0, 0)
        for name in _DETAILS:
            self._fields.add_row(form, name)
        form.addRow(self._stops)
        return details

    def _connect(self) -> None:
        self._fields.changed.connect(self._choose)
        self._fields.refused.connect(self.refused)
        for name, slider in self._sliders.items():
            number = self._fields.number(name)
            slider.number_moved.connect(number.show_number)
            slider.number_requested.connect(number.setValue)
        self._stops.rules_requested.connect(self._choose_rules)
        self._stops.refused.connect(self.refused)
        self._more.setObjectName("more")
        self._more.setText("More")
        self._more.setCheckable(True)
        self._more.setToolTip("Activation, loss, biases, momentum, start, stop rules (M)")
        self._more.setWhatsThis("Opens and closes the settings that are needed less often.")
        self._more.setShortcut("M")
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._more.toggled.connect(self._open_more)
        self._open_more(False)

    @Slot()
    def _choose(self) -> None:
        """Request a change of rate or momentum if nothing else differs, else a new run."""
        chosen = self._fields.chosen(self._config)
        changed = {n for n in RULES if getattr(chosen, n) != getattr(self._config, n)}
        if not changed:
            return
        self.show_config(chosen)
        if changed <= LIVE_FIELDS:
            for name in changed:
                self.change_requested.emit(name, getattr(chosen, name))
        else:
            self.config_requested.emit(chosen)

    def _show_start(self) -> None:
        """Enable and name the numbers that the initial weights depend on."""
        config, field = self._config, self._fields["init_range"]
        field.setEnabled(config.init != "zero")
        self._fields["perturbation"].setEnabled(config.init == "nearly-equal")
        label = "Init value" if "equal" in config.init else LABELS["init_range"]
        self._fields.labels["init_range"].setText(label)
        field.setAccessibleName(label)

    @Slot(object)
    def _choose_rules(self, rules: StopRules) -> None:
        self._summarise()
        self.rules_requested.emit(rules)

    @Slot(bool)
    def _open_more(self, is_open: bool) -> None:
        self._more.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._details.setVisible(is_open)
        self._summary.setVisible(not is_open)
        self.more_requested.emit(is_open)

    def _summarise(self) -> None:
        """Show the settings behind "More" in two lines."""
        c = self._config
        words = [c.activation, c.loss, "biases" if c.biases else "no biases"]
        if c.momentum:
            words.append(f"momentum {numerals.plain(c.momentum)}")
        start = f"initial weights {start_text(c)} · {self._stops.summary()}"
        self._summary.setText("\n".join((" · ".join(words), start)))
