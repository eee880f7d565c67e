"""The controls: each field requests the right change, and showing a run requests none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import (
    child,
    move_pressed,
    press_left,
    release_left,
    shown,
    spoken,
    type_into,
)
from tests.support.watched import SHOWN, source_of
from xorviz.core.rules import Real, Whole
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import LIVE, LOSS_FORMULAS, SETTINGS, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.settings.controls import Controls
from xorviz.ui.forms.fields import ChoiceField, NumberField, SwitchField
from xorviz.ui.forms.sliders import LogSlider

EXOTIC = RunConfig(
    width=17,
    rate=0.123456789012345678,
    seed=4_294_967_295,
    activation="tanh",
    loss="half-mse",
    biases=True,
    momentum=0.9999999999999999,
    init="nearly-equal",
    init_range=1e-300,
    perturbation=0.012345678901234567,
    targets=(0, 1, 1, 0),
)
"""No field has its default, and some have many digits."""


@dataclass
class Harness:
    """Visible controls, and their requests."""

    controls: Controls
    configs: list[RunConfig] = field(default_factory=list)
    changes: list[tuple[str, float]] = field(default_factory=list)
    rules: list[StopRules] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def number(self, name: str) -> NumberField:
        return child(self.controls, NumberField, name)

    def choice(self, name: str) -> ChoiceField:
        return child(self.controls, ChoiceField, name)

    def slider(self, name: str) -> LogSlider:
        return child(self.controls, LogSlider, name)

    @property
    def biases(self) -> SwitchField:
        return child(self.controls, SwitchField, "biases")

    @property
    def texts(self) -> list[str]:
        """The texts of all visible labels."""
        return [label.text() for label in self.controls.findChildren(QLabel) if label.isVisible()]

    def requests(self) -> list[object]:
        return [*self.configs, *self.changes, *self.rules]


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    controls = Controls()
    harness = Harness(controls)
    controls.config_requested.connect(harness.configs.append)
    controls.change_requested.connect(lambda name, value: harness.changes.append((name, value)))
    controls.rules_requested.connect(harness.rules.append)
    controls.refused.connect(harness.refused.append)
    child(controls, QAction, "more").setChecked(True)
    shown(qtbot, controls, 280, 900)
    yield harness
    controls.hide()


def shown_config(harness: Harness) -> RunConfig:
    """Return the config in the fields, read from the fields."""
    targets = tuple(map(int, harness.choice("targets").currentData()))
    return RunConfig(
        width=round(harness.number("width").value()),
        rate=harness.number("rate").value(),
        seed=round(harness.number("seed").value()),
        momentum=harness.number("momentum").value(),
        init=harness.choice("init").currentData(),
        init_range=harness.number("init_range").value(),
        perturbation=harness.number("perturbation").value(),
        activation=harness.choice("activation").currentData(),
        loss=harness.choice("loss").currentData(),
        biases=harness.biases.isChecked(),
        targets=targets,
    )


def test_showing_a_config_fills_every_field_and_requests_nothing(harness: Harness) -> None:
    for config in [RunConfig(), EXOTIC]:
        harness.controls.show_config(config)
        assert shown_config(harness) == config
        assert harness.requests() == []


def enter(name: str, text: str) -> Callable[[Harness], None]:
    return lambda harness: type_into(harness.number(name), text)


def choose(name: str, key: str) -> Callable[[Harness], None]:
    return lambda harness: harness.choice(name).setCurrentIndex(harness.choice(name).findData(key))


def switch_biases(harness: Harness) -> None:
    QTest.keyClick(harness.biases, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("act", "requested"),
    some(
        [
            (enter("width", "12"), RunConfig(width=12)),
            (enter("seed", "99"), RunConfig(seed=99)),
            (enter("init_range", "2,5"), RunConfig(init_range=2.5)),
            (choose("activation", "relu"), RunConfig(activation="relu")),
            (choose("loss", "cross-entropy"), RunConfig(loss="cross-entropy")),
            (choose("init", "zero"), RunConfig(init="zero")),
            (switch_biases, RunConfig(biases=True)),
        ],
        3,
    ),
    ids=["width", "seed", "init_range", "activation", "loss", "init", "biases"],
)
def test_settings_of_the_start_request_a_new_run(
    harness: Harness, act: Callable[[Harness], None], requested: RunConfig
) -> None:
    act(harness)
    assert harness.requests() == [requested]


@pytest.mark.parametrize(
    ("name", "text", "value"), [("rate", "0.5", 0.5), ("momentum", "0.9", 0.9)]
)
def test_rate_and_momentum_request_a_change(
    harness: Harness, name: str, text: str, value: float
) -> None:
    assert name in LIVE
    type_into(harness.number(name), text)
    assert harness.requests() == [(name, value)]


def test_entering_the_same_value_requests_nothing(harness: Harness) -> None:
    type_into(harness.number("rate"), "0.010")
    type_into(harness.number("width"), "3")
    assert harness.requests() == []


def test_requests_build_on_each_other(harness: Harness) -> None:
    type_into(harness.number("width"), "5")
    type_into(harness.number("rate"), "0.5")
    type_into(harness.number("seed"), "7")
    assert harness.configs == [RunConfig(width=5), RunConfig(width=5, rate=0.5, seed=7)]
    assert harness.changes == [("rate", 0.5)]


@pytest.mark.parametrize(
    "config",
    some(
        [
            EXOTIC,
            RunConfig(rate=1e-300),
            RunConfig(rate=1e-310),
            RunConfig(rate=5e-324),
            RunConfig(rate=0.3 - 1e-16),
            RunConfig(init_range=5e-324),
            RunConfig(init="zero", init_range=0.1 + 0.2),
            RunConfig(perturbation=5e-324),
            RunConfig(momentum=1e-320),
        ],
        2,
    ),
    ids=[
        *("exotic", "rate 1e-300", "rate 1e-310", "tiniest rate", "rate", "init range"),
        *("zero", "perturbation", "momentum"),
    ],
)
def test_changing_one_field_keeps_the_others_exactly(harness: Harness, config: RunConfig) -> None:
    harness.controls.show_config(config)
    seed = 5
    type_into(harness.number("seed"), str(seed))
    assert harness.configs == [replace(config, seed=seed)]
    assert harness.changes == []


@pytest.mark.parametrize(
    ("init", "has_range", "has_perturbation", "name"),
    some(
        [
            ("uniform", True, False, "Initial range ±"),
            ("zero", False, False, "Initial range ±"),
            ("equal", True, False, "Initial value"),
            ("nearly-equal", True, True, "Initial value"),
        ],
        2,
    ),
)
def test_a_start_enables_and_names_its_numbers(
    harness: Harness, init: str, has_range: bool, has_perturbation: bool, name: str
) -> None:
    choose("init", init)(harness)
    assert harness.number("init_range").isEnabled() == has_range
    assert harness.number("perturbation").isEnabled() == has_perturbation
    assert harness.number("init_range").accessibleName() == name
    assert name in harness.texts


def test_the_summary_has_the_start_of_the_weights(harness: Harness) -> None:
    for config, summary in [
        (RunConfig(), "Initial weights: uniform in [−1, 1]\n"),
        (RunConfig(init="zero"), "Initial weights: all 0\n"),
        (RunConfig(init="equal", init_range=0.5), "Initial weights: all 0.5\n"),
        (RunConfig(init="nearly-equal"), "Initial weights: 1 ± 10⁻⁶\n"),
    ]:
        harness.controls.show_config(config)
        child(harness.controls, QAction, "more").setChecked(False)
        assert any(summary in text for text in harness.texts)


IN_PYTHON = {"never": "False", "always": "True", "xor": "!=", "equals": "==", "implies": "<="}


def truth(text: str) -> tuple[int, ...]:
    """Return the outputs of a named function, in the order of ROWS."""
    words = " ".join(IN_PYTHON.get(word, word) for word in text.split())
    if "nand" in words or "nor" in words:
        words = f"not ({words.replace('nand', 'and').replace('nor', 'or')})"
    return tuple(int(eval(words, {"x1": x1, "x2": x2})) for x1, x2 in ROWS)


@pytest.mark.parametrize("place", some(range(16), 2))
def test_each_function_has_its_targets(harness: Harness, place: int) -> None:
    harness.controls.show_config(RunConfig(targets=(1, 1, 1, 1) if place < 8 else (0, 0, 0, 0)))
    learns = harness.choice("targets")
    assert learns.count() == 16
    learns.setCurrentIndex(place)
    (requested,) = harness.configs
    assert requested.targets == truth(learns.currentText())


def test_lists_have_xor_and_the_formulas(harness: Harness) -> None:
    assert harness.choice("targets").currentText() == "x1 xor x2"

    choice = harness.choice("loss")
    for index, (name, formula) in enumerate(LOSS_FORMULAS.items()):
        tip = choice.itemData(index, Qt.ItemDataRole.ToolTipRole)
        assert formula in f"{choice.itemText(index)} {tip}"
        assert choice.itemData(index) == name
        choice.setCurrentIndex(index)
        assert any(text == f"Loss = {formula}" for text in harness.texts)


def test_a_note_on_the_run_is_shown_if_there_is_one(harness: Harness) -> None:
    harness.controls.show_config(RunConfig(), "The <b>first</b>", "It is trapped.")
    (label,) = (
        label
        for label in harness.controls.findChildren(QLabel)
        if label.text() == "Preset: The <b>first</b>"
    )
    assert label.isVisible()
    assert label.toolTip() == label.whatsThis() == spoken(label) == "It is trapped."
    harness.controls.show_config(RunConfig())
    assert not label.isVisible()


def test_a_refused_number_is_emitted_with_its_range(harness: Harness) -> None:
    type_into(harness.number("width"), "65")
    assert harness.refused == [f"Width is '65'; allowed: {SETTINGS['width'].rule.allowed}"]
    assert harness.requests() == []


def test_keys_of_a_slider_request_its_number(harness: Harness) -> None:
    config = RunConfig(rate=1e-7)  # which the slider of the rate cannot show
    harness.controls.show_config(config)
    slider = harness.slider("width_slider")
    for key, width in ((Qt.Key.Key_End, 64), (Qt.Key.Key_Home, 1)):
        QTest.keyClick(slider, key)
        assert harness.configs[-1] == replace(config, width=width)
        assert harness.number("width").value() == width
    type_into(harness.number("width"), "64")
    assert slider.value() == slider.maximum()
    harness.controls.show_config(RunConfig(width=1))
    assert slider.value() == slider.minimum()
    QTest.keyClick(harness.slider("rate_slider"), Qt.Key.Key_PageUp)
    assert harness.changes == [("rate", 0.1)]
    assert harness.number("rate").value() == 0.1


def knob_of(slider: LogSlider) -> QPoint:
    """Return roughly the position of the knob."""
    share = slider.value() / slider.maximum()
    return QPoint(round(10 + (slider.width() - 20) * share), slider.height() // 2)


@pytest.mark.parametrize("name", some(["width", "rate"], 1))
def test_a_drag_previews_a_number_and_requests_it_at_the_end(harness: Harness, name: str) -> None:
    slider, number = harness.slider(f"{name}_slider"), harness.number(name)
    before = number.value()
    start = knob_of(slider)
    press_left(slider, start)
    for dx in range(6, 61, 6):
        move_pressed(slider, start + QPoint(dx, 0))
    previewed = number.value()
    assert previewed > before
    assert harness.requests() == []
    release_left(slider, start + QPoint(60, 0))
    requested = RunConfig(width=round(previewed)) if name == "width" else ("rate", previewed)
    assert harness.requests() == [requested]


def test_a_drag_that_comes_back_changes_nothing(harness: Harness) -> None:
    config = RunConfig(rate=0.01234)
    harness.controls.show_config(config)
    slider = harness.slider("rate_slider")
    start = slider.value()
    slider.setSliderDown(True)  # by notches: two of them share a pixel under the mouse
    for notch in (start + 20, start + 40, start):
        slider.setSliderPosition(notch)
        slider.sliderMoved.emit(notch)
    assert harness.number("rate").value() != config.rate
    slider.setSliderDown(False)
    assert harness.requests() == []
    assert harness.number("rate").value() == config.rate


def test_advanced_opens_and_closes_by_mouse_and_action(harness: Harness) -> None:
    more, momentum = child(harness.controls, QToolButton, "more"), harness.number("momentum")
    for is_open in (False, True):
        QTest.mouseClick(more, Qt.MouseButton.LeftButton)
        assert momentum.isVisible() == is_open
        assert harness.biases.isVisible()
    child(harness.controls, QAction, "more").trigger()
    assert not momentum.isVisible()


def test_while_closed_a_summary_shows_the_other_settings(harness: Harness) -> None:
    child(harness.controls, QAction, "more").setChecked(False)
    assert "Initial weights: uniform in [−1, 1]\nStops at step 60\u202f000" in harness.texts
    harness.controls.show_config(EXOTIC)
    harness.controls.show_rules(StopRules(at_step=None, when_learned=True))
    summary = "\n".join(harness.texts)
    for part in ("Momentum: 0.9999999999999999", "Targets: not x1", "Stops when learned"):
        assert part in summary


def test_stop_rules_are_requested_and_summed_up(harness: Harness) -> None:
    rules = StopRules(at_step=500, when_learned=True, at_loss=0.25)
    harness.controls.show_rules(rules)
    assert harness.requests() == []
    learned = child(harness.controls, SwitchField, "stop_when_learned")
    QTest.keyClick(learned, Qt.Key.Key_Return)
    assert harness.requests() == [replace(rules, when_learned=False)]
    child(harness.controls, QAction, "more").setChecked(False)
    assert any("Stops at step 500 or at loss 0.25" in text for text in harness.texts)


def test_a_refused_stop_rule_is_emitted(harness: Harness) -> None:
    type_into(harness.number("stop_step"), "0")
    assert len(harness.refused) == 1
    assert "allowed" in harness.refused[0]


def test_every_setting_is_explained(harness: Harness) -> None:
    for name, setting in SETTINGS.items():
        widget = child(harness.controls, QWidget, name)
        assert widget.accessibleName()
        assert spoken(widget) == widget.whatsThis()
        assert widget.whatsThis().startswith(setting.help)
        rule = setting.rule
        if isinstance(rule, Whole | Real):
            assert rule.allowed in widget.toolTip()
            assert any(label.buddy() is widget for label in harness.controls.findChildren(QLabel))

    for name in ("width_slider", "rate_slider"):
        assert harness.slider(name).accessibleName()


@pytest.mark.parametrize("width", some([268, 300], 1))
def test_nothing_is_cut_off_at_the_side(harness: Harness, width: int, qtbot: QtBot) -> None:
    harness.controls.resize(width, 900)
    inside = child(harness.controls, QWidget, "controls_inside")
    qtbot.waitUntil(lambda: inside.width() <= width)
    fields: list[QWidget] = [
        *harness.controls.findChildren(NumberField),
        *harness.controls.findChildren(ChoiceField),
        *harness.controls.findChildren(LogSlider),
    ]
    for widget in fields:
        right = widget.mapTo(inside, widget.rect().topRight()).x()
        assert right < inside.width(), widget.objectName()


def test_of_a_watched_run_they_show_what_its_program_said_and_what_is_assumed(
    harness: Harness,
) -> None:
    controls = harness.controls
    controls.show_config(SHOWN)
    controls.show_source(source_of(assumed=("rate", "loss")))
    note = next(w for w in controls.findChildren(QLabel) if w.text().startswith("Trained by"))
    assert note.text() == "Trained by train.py, Python 3.11.7. A change continues here."
    assert "has not stated them: learning rate, loss." in note.toolTip()
    texts = {label.text() for label in controls.findChildren(QLabel)}
    assert {"Learning rate, assumed", "Activation"} <= texts
    assert any(text.startswith("Loss, assumed = ") for text in texts)
    assert "Initial weights: those of the program" in texts
    for name in ("seed", "init_range", "perturbation"):
        assert harness.number(name).text() == "–"
        assert not harness.number(name).isEnabled()
    init = child(controls, ChoiceField, "init")
    assert (init.currentIndex(), init.placeholderText(), init.isEnabled()) == (-1, "–", False)
    assert "seed" not in controls.description()
    type_into(harness.number("rate"), "0.25")
    assert harness.changes == [("rate", 0.25)]
    child(controls, ChoiceField, "activation").choose("tanh")
    assert harness.configs == [replace(SHOWN, rate=0.25, activation="tanh")]
    controls.show_source(None)
    assert (harness.number("seed").text(), init.currentData()) == ("1234", "uniform")
    assert harness.number("seed").isEnabled()
    assert "seed 1234" in controls.description()


def test_weights_that_are_given_have_no_seed_until_one_is_chosen(harness: Harness) -> None:
    controls, seed = harness.controls, harness.number("seed")
    controls.show_source(None, is_given=True)
    assert seed.text() == "–"
    assert seed.isEnabled()
    assert controls.description().endswith(", no biases, initial weights given.")
    type_into(seed, "7")
    assert [config.seed for config in harness.configs] == [7]
    controls.show_source(None)
    assert seed.text() == "7"


def test_the_fields_of_other_settings_are_hidden_or_disabled(harness: Harness) -> None:
    controls = harness.controls

    def usable() -> list[str]:
        fields = {name: child(controls, QWidget, name) for name in SETTINGS}
        return [n for n, field in fields.items() if field.isVisible() and field.isEnabled()]

    everything = usable()
    controls.show_only({"rate", "momentum"})
    assert usable() == ["rate", "momentum"]
    assert harness.slider("rate_slider").isVisible()
    assert not harness.slider("width_slider").isVisible()
    assert not {"Width", "Loss", "Stop rules"} & set(harness.texts)
    controls.show_only({"seed"})
    assert usable() == ["seed"]
    assert not child(controls, QToolButton, "more").isVisible()
    controls.show_only({"rate"}, is_hidden=False)
    controls.show_config(RunConfig(init="nearly-equal"))
    assert usable() == ["rate"]
    assert harness.number("width").isVisible()
    assert "It is locked." in harness.number("width").toolTip()
    assert not harness.slider("width_slider").isEnabled()
    controls.show_only(None)
    controls.show_config(RunConfig())
    assert usable() == everything
