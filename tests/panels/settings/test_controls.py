"""The controls: each field requests the right change, and showing a run requests none."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.page import Page
from tests.support.screen import child, spoken, type_into
from tests.support.snapshots import RECIPES
from tests.support.watched import SHOWN, source_of
from xorviz.core import numerals
from xorviz.core.rules import Bits, Choice, Real, Switch, Whole, parsed, written
from xorviz.core.runs import stopping
from xorviz.core.runs.recipe_text import SEPARATOR, recipe_parts
from xorviz.core.settings import (
    LIVE,
    LOSS_FORMULAS,
    SETTINGS,
    Role,
    RunConfig,
    refusal,
    settings_of,
)
from xorviz.core.truth_table import ROWS
from xorviz.panels.settings.controls import Controls, StopControls
from xorviz.ui.forms.fields import ChoiceField, NumberField, SwitchField
from xorviz.ui.forms.sliders import LogSlider
from xorviz.ui.said import told_of

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
    batch="pass",
    row_order="11,00,10,01",
    output="tanh",
    coding="plus-minus",
)
"""No field has its default but that which momentum needs, and some have many digits."""


class Settings(Page[Controls]):
    """The panel with all its fields in sight."""

    def __init__(self, qtbot: QtBot) -> None:
        controls = Controls()
        child(controls, QAction, "more").setChecked(True)
        super().__init__(qtbot, controls, size=(280, 900))

    def field(self, name: str) -> Any:
        """Return the field of a setting."""
        fields = self.view.findChildren(QWidget, name)
        (found,) = [f for f in fields if isinstance(f, NumberField | ChoiceField | SwitchField)]
        return found

    def slider(self, name: str) -> LogSlider:
        return child(self.view, LogSlider, f"{name}_slider")

    def forget(self) -> None:
        """Forget all that has been sent."""
        for heard in self.heard.values():
            heard.clear()

    def shown(self) -> RunConfig:
        """Return the config in the fields."""
        found: dict[str, Any] = {}
        for name, row in SETTINGS.items():
            field = self.field(name)
            if isinstance(field, NumberField):
                found[name] = round(field.value()) if isinstance(row.rule, Whole) else field.value()
            elif isinstance(field, SwitchField):
                found[name] = field.isChecked()
            else:
                found[name] = parsed(row.rule, name, field.currentData())
        return RunConfig(**found)

    def enter(self, name: str, value: Any) -> None:
        """Enter a value into the field of a setting, as a person does."""
        field = self.field(name)
        if isinstance(field, NumberField):
            type_into(field, written(value))
        elif isinstance(field, SwitchField):
            QTest.keyClick(field, Qt.Key.Key_Return)
        else:
            field.setCurrentIndex(field.findData(written(value)))

    def requests(self) -> list[Any]:
        """Return all that has been requested."""
        kinds = "config_requested", "change_requested", "rules_requested"
        return [one for kind in kinds for one in self.heard[kind]]

    @property
    def texts(self) -> list[str]:
        """The texts of all visible labels."""
        return [label.text() for label in self.view.findChildren(QLabel) if label.isVisible()]

    def close_more(self) -> str:
        """Close More; return all texts."""
        child(self.view, QAction, "more").setChecked(False)
        return "\n".join(self.texts)


@pytest.fixture
def page(qtbot: QtBot) -> Settings:
    return Settings(qtbot)


def others(name: str) -> list[Any]:
    """Return values of a setting that are allowed and not EXOTIC's."""
    rule, now = SETTINGS[name].rule, getattr(EXOTIC, name)
    match rule:
        case Whole():
            return [rule.low + 1, rule.high // 2]
        case Real():
            return [(rule.low + rule.high) / 2]
        case Choice():
            others = [one for one in rule.names if one != now][:6]
            return [one for one in others if not refusal(EXOTIC, **{name: one})]
        case Switch():
            return [not now]
        case Bits():
            return [(1, 0, 1, 0), (1, 1, 1, 1)]
    raise AssertionError(f"{name} has a new kind of rule")


def test_a_field_requests_its_own_change_and_keeps_all_others_to_the_last_bit(
    page: Settings,
) -> None:
    assert page.shown() == RunConfig()
    for name, value in ((one, value) for one in SETTINGS for value in others(one)):
        page.view.show_config(EXOTIC)
        assert page.shown() == EXOTIC
        if name != "biases":
            page.enter(name, getattr(EXOTIC, name))
        assert page.requests() == []
        page.enter(name, value)
        changed = replace(EXOTIC, **{name: value})
        assert page.requests() == [(name, value) if name in LIVE else changed]
        assert page.shown() == changed
        page.forget()
    for extreme in (
        *({"rate": 1e-310}, {"rate": 5e-324}, {"rate": 0.3 - 1e-16}, {"init_range": 5e-324}),
        *(
            {"init": "zero", "init_range": 0.1 + 0.2},
            {"perturbation": 5e-324},
            {"momentum": 1e-320},
        ),
    ):
        config = RunConfig.from_dict(extreme)
        page.view.show_config(config)
        type_into(page.field("width"), "5")  # requests build on each other
        type_into(page.field("seed"), "5")
        assert page.requests() == [replace(config, width=5), replace(config, width=5, seed=5)]
        page.forget()


def test_every_setting_is_named_explained_and_refuses_numbers_out_of_range(page: Settings) -> None:
    page.view.show_config(EXOTIC)
    for name, row in SETTINGS.items():
        field = page.field(name)
        assert field.accessibleName() == ("Initial value" if name == "init_range" else row.label)
        assert spoken(field) == field.toolTip()
        assert told_of(field)[0].startswith(row.help), "two sentences at most"
        assert ("next step" in field.toolTip()) == row.is_live
        labels = [label for label in page.view.findChildren(QLabel) if label.buddy() is field]
        assert len(labels) == (not isinstance(field, SwitchField))
        if isinstance(row.rule, Whole | Real):
            assert row.rule.allowed in field.toolTip()
            type_into(field, "9" * 16)
            refusal = page.heard["refused"].pop()
            assert refusal.startswith(field.accessibleName())
            assert refusal.endswith(row.rule.allowed)
    assert (page.requests(), page.shown()) == ([], EXOTIC)
    assert all(slider.accessibleName() for slider in page.view.findChildren(LogSlider))


IN_PYTHON = {"never": "False", "always": "True", "xor": "!=", "equals": "==", "implies": "<="}


def truth(text: str) -> tuple[int, ...]:
    """Return the outputs of a named function, in the order of ROWS."""
    words = " ".join(IN_PYTHON.get(word, word) for word in text.split())
    if "nand" in words or "nor" in words:
        words = f"not ({words.replace('nand', 'and').replace('nor', 'or')})"
    return tuple(int(eval(words, {"x1": x1, "x2": x2})) for x1, x2 in ROWS)


def test_each_of_16_functions_has_its_targets_and_each_loss_its_formula(page: Settings) -> None:
    targets, losses = page.field("targets"), page.field("loss")
    for place in range(16):
        targets.setCurrentIndex(place)
        assert page.shown().targets == truth(targets.currentText())
    asked = {config.targets for config in page.heard["config_requested"]}
    assert len(asked) == targets.count() == 16
    for index, (name, formula) in enumerate(LOSS_FORMULAS.items()):
        tip = losses.itemData(index, Qt.ItemDataRole.ToolTipRole)
        assert (losses.itemData(index), tip) == (name, formula)
        losses.setCurrentIndex(index)
        assert f"Loss = {formula}" in page.texts


def test_a_start_enables_and_names_its_numbers_and_is_summed_up(page: Settings) -> None:
    facts = {"zero": "all 0", "equal": "all 1", "nearly-equal": "1 ± 10⁻⁶"}
    for init in SETTINGS["init"].words:
        page.option("more").setChecked(True)
        page.enter("init", init)
        for name in settings_of(Role.START):
            assert page.field(name).isEnabled() == SETTINGS[name].matters(RunConfig(init=init))
        label = "Initial value" if "equal" in init else "Initial range ±"
        assert page.field("init_range").accessibleName() == label
        assert label in page.texts
        assert (f"initial weights {facts.get(init)}" in page.close_more()) == (init in facts)


def test_values_that_do_not_go_with_the_others_cannot_be_chosen_and_say_why(page: Settings) -> None:
    bases = RunConfig(), EXOTIC, RunConfig(loss="cross-entropy"), RunConfig(output="linear")
    disabled = set()
    for base in bases:
        page.view.show_config(base)
        for name, row in SETTINGS.items():
            if not isinstance(field := page.field(name), ChoiceField):
                continue
            for index, key in enumerate(row.words):
                why = refusal(base, **{name: parsed(row.rule, name, key)})
                assert field.model().index(index, 0).flags().value & 32 == (0 if why else 32)
                tip = why or row.formulas.get(key, "")
                assert (field.itemData(index, Qt.ItemDataRole.ToolTipRole) or "") == tip
                if why:
                    disabled.add((name, key))
                    field.setCurrentIndex(index)
                    assert page.heard["refused"].pop() == why
                    assert page.shown() == base
    assert page.requests() == []
    assert {name for name, _ in disabled} == {"loss", "output", "coding"}


@pytest.mark.parametrize("name", some(RECIPES))
def test_what_has_no_effect_beside_the_other_settings_is_disabled(
    page: Settings, name: str
) -> None:
    page.view.show_config(config := RECIPES[name])
    for setting, row in SETTINGS.items():
        assert page.field(setting).isEnabled() == row.matters(config)
    assert page.field("row_order").isEnabled() == (config.batch == "pass")
    assert page.field("momentum").isEnabled() == (config.optimizer != "adam")


def test_a_note_on_the_run_is_shown_if_there_is_one(page: Settings) -> None:
    page.view.show_config(RunConfig(), "The <b>first</b>", "It is trapped.")
    (label,) = (one for one in page.view.findChildren(QLabel) if "<b>first" in one.text())
    assert "" not in page.texts
    assert label.isVisible()
    assert label.toolTip() == told_of(label)[0] == spoken(label) == "It is trapped."
    page.view.show_config(RunConfig())
    assert not label.isVisible()


def test_a_slider_requests_its_number_which_is_shown_while_it_is_dragged(page: Settings) -> None:
    config = RunConfig(rate=1e-7)  # which the slider of the rate cannot show
    page.view.show_config(config)
    width, rate = page.slider("width"), page.slider("rate")
    for key, value in ((Qt.Key.Key_End, 64), (Qt.Key.Key_Home, 1)):
        QTest.keyClick(width, key)
        assert page.requests().pop() == page.shown() == replace(config, width=value)
    type_into(page.field("width"), "64")
    assert width.value() == width.maximum()
    QTest.keyClick(rate, Qt.Key.Key_PageUp)
    assert page.heard["change_requested"] == [("rate", 0.001)]
    page.forget()
    width.setSliderDown(True)
    width.setSliderPosition(width.value() - 30)
    width.sliderMoved.emit(width.sliderPosition())
    dragged = page.shown()
    assert (dragged.width < 64, page.requests()) == (True, [])
    width.setSliderDown(False)
    assert page.requests() == [dragged]


def test_more_opens_by_mouse_or_action_and_a_summary_is_there_while_it_is_closed(
    page: Settings,
) -> None:
    more = child(page.view, QToolButton, "more")
    page.view.show_config(EXOTIC)
    page.view.show_rules(stopping.StopRules(at_step=None, when_learned=True))
    parts = recipe_parts(EXOTIC)
    told = {"stops when learned"} | {parts[n] for n in parts if SETTINGS[n].is_advanced}
    for way, is_open in ((more.click, False), (page.option("more").trigger, True)):
        way()
        for name, row in SETTINGS.items():
            assert page.field(name).isVisible() == (is_open or not row.is_advanced)
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        assert more.arrowType() == arrow
        assert (told <= {*SEPARATOR.join(page.texts).split(SEPARATOR)}) != is_open
    page.enter("stop_when_learned", False)
    assert "no stop rule" in page.close_more()


def test_of_a_watched_run_they_show_what_its_program_said_and_what_is_assumed(
    page: Settings,
) -> None:
    view = page.view
    view.show_config(SHOWN)
    view.show_source(source_of(assumed=("rate", "loss")))
    (note,) = (one for one in view.findChildren(QLabel) if one.text().startswith("Trained by"))
    assert note.isVisible()
    assert "train.py, Python 3.11.7" in note.text()
    assert "learning rate, loss." in note.toolTip()
    texts = {label.text().partition(" = ")[0] for label in view.findChildren(QLabel)}
    assert {"Learning rate, assumed", "Activation", "Loss, assumed"} <= texts
    assumed = {name for name in SETTINGS if "Assumed" in page.field(name).toolTip()}
    assert assumed == {"rate", "loss"}
    others = {name for name in SETTINGS if "other weights" in page.field(name).toolTip()}
    assert others == set(settings_of(Role.SHAPE))
    for name in settings_of(Role.START):
        field = page.field(name)
        blank = field.placeholderText() if isinstance(field, ChoiceField) else field.text()
        assert (field.isEnabled(), blank) == (False, "–")
    assert page.field("init").currentIndex() == -1
    assert not page.field("stop_at_step").isEnabled()
    assert "stop" not in page.close_more()
    assert view.description().startswith(note.text())
    assert "seed" not in view.description()
    page.enter("rate", 0.25)
    page.enter("activation", "tanh")
    assert page.requests() == [replace(SHOWN, rate=0.25, activation="tanh"), ("rate", 0.25)]
    view.show_source(source_of())
    assert "assumed" not in "".join(label.text() for label in view.findChildren(QLabel))
    assert "all settings" in note.toolTip()
    view.show_source(None)
    assert (page.field("seed").text(), page.field("init").currentData()) == ("1234", "uniform")
    assert (page.field("seed").isEnabled(), note.isVisible()) == (True, False)
    assert "seed 1234" in view.description()


def test_weights_that_are_given_have_no_seed_until_one_is_chosen(page: Settings) -> None:
    view, seed = page.view, page.field("seed")
    view.show_source(None, is_given=True)
    assert (seed.text(), seed.isEnabled()) == ("–", True)
    assert view.description().endswith(", no biases, initial weights given.")
    assert "initial weights given" in page.close_more()
    type_into(seed, "7")
    assert [config.seed for config in page.requests()] == [7]
    view.show_source(None)
    assert seed.text() == "7"
    assert "initial weights uniform" in view.description()


SWITCHES: dict[str, tuple[str, Any, str]] = {
    "stop_at_step": (
        "at_step",
        stopping.DEFAULT_STEPS,
        f"at {numerals.whole(stopping.DEFAULT_STEPS)}",
    ),
    "stop_when_correct": ("when_correct", True, "when correct"),
    "stop_when_learned": ("when_learned", True, "when learned"),
    "stop_at_loss": (
        "at_loss",
        stopping.DEFAULT_LOSS,
        f"loss {numerals.plain(stopping.DEFAULT_LOSS)}",
    ),
    "stop_at_plateau": ("at_plateau", stopping.DEFAULT_PLATEAU, "at a plateau"),
}
"""The rule of each switch, what it chooses, and how the summary names it."""
NUMBERS: dict[str, Whole | Real] = {
    "stop_step": stopping.AT_STEP,
    "stop_loss": stopping.AT_LOSS,
    "stop_share": stopping.AT_PLATEAU,
    "stop_plateau_steps": stopping.AT_STEP,
}
OFF = stopping.StopRules(at_step=None)


def test_every_combination_of_stop_rules_can_be_shown_and_requested(page: Settings) -> None:
    stops = child(page.view, StopControls)
    assert stops.rules() == stopping.StopRules()
    for chosen in product((False, True), repeat=len(SWITCHES)):
        page.view.show_rules(OFF)
        assert (stops.rules(), page.requests()) == (OFF, []), "showing requests nothing"
        on = [name for name, is_on in zip(SWITCHES, chosen, strict=True) if is_on]
        for name in on:
            page.enter(name, True)
        wanted = replace(OFF, **{SWITCHES[name][0]: SWITCHES[name][1] for name in on})
        assert stops.rules() == [OFF, *page.requests()][-1] == wanted
        assert len(page.requests()) == len(on)
        enabled = [chosen[0], chosen[3], chosen[4], chosen[4]]
        assert [page.field(name).isEnabled() for name in NUMBERS] == enabled
        summary = stops.summary()
        assert [name for name, (*_, fact) in SWITCHES.items() if fact in summary] == on
        assert summary.count(" or ") == max(0, len(on) - 1)
        assert summary.startswith("stops ") == bool(on)
        page.forget()


def test_numbers_of_stop_rules_are_checked_and_kept_while_they_are_off(page: Settings) -> None:
    rules = stopping.StopRules(100, False, 1e-300, True, 1e-9, 7)
    page.view.show_rules(rules)
    assert child(page.view, StopControls).rules() == rules
    for name, rule in NUMBERS.items():
        for text in ("0", "9" * 16, ""):
            type_into(page.field(name), text)
            told = f"{page.field(name).accessibleName()} is {text!r}; allowed: {rule.allowed}"
            assert page.heard["refused"].pop() == told
    type_into(page.field("stop_step"), "1000000000000")
    page.view.show_rules(OFF)
    for name in ("stop_at_step", "stop_at_loss"):
        page.enter(name, True)
    type_into(page.field("stop_loss"), "0,25")
    later = [stopping.StopRules(10**12, at_loss=loss) for loss in (None, 1e-300, 0.25)]
    assert page.requests() == [replace(rules, at_step=10**12), *later]
    parts = [page.field(name) for name in (*SWITCHES, *NUMBERS)]
    assert all(part.toolTip() == spoken(part) != "" for part in parts)
    assert len({part.accessibleName() for part in parts} - {""}) == 9
