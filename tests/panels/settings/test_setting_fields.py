"""Fields for the settings of a run."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.support.windows import enter
from xorviz.core.config import RULES, RunConfig
from xorviz.panels.settings.setting_fields import SettingFields
from xorviz.ui.forms.fields import ChoiceField, NumberField, SwitchField

OTHER = RunConfig(
    *(5, 1e-7, 9, "relu", "half-mse", True, 0.25, 2.5, (0, 1, 1, 0), "nearly-equal", 0.001)
)


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    return page


def laid_out(page: QWidget, names: tuple[str, ...]) -> SettingFields:
    fields, form = SettingFields(page, names, "some_"), QFormLayout(page)
    for name in names:
        fields.add_row(form, name)
    return fields


def test_every_config_survives_showing_and_choosing(page: QWidget) -> None:
    fields = laid_out(page, tuple(RULES))
    for config in (OTHER, RunConfig(), replace(OTHER, rate=1 / 3)):
        fields.show(config)
        assert fields.chosen(config) == config
    fields.show(OTHER)
    assert fields.chosen(RunConfig()) == OTHER


def test_settings_without_a_field_are_kept(page: QWidget) -> None:
    fields = laid_out(page, ("width", "biases"))
    fields.show(RunConfig(width=7))
    assert fields.chosen(OTHER) == replace(OTHER, width=7, biases=False)


def test_showing_emits_no_change(qtbot: QtBot, page: QWidget) -> None:
    fields = laid_out(page, tuple(RULES))
    with qtbot.assertNotEmitted(fields.changed):
        fields.show(OTHER)


def test_each_kind_of_field_emits_a_change(qtbot: QtBot, page: QWidget) -> None:
    fields = laid_out(page, ("width", "loss", "biases"))
    width, loss, biases = fields.number("width"), fields["loss"], fields["biases"]
    assert isinstance(loss, ChoiceField)
    assert isinstance(biases, SwitchField)
    with qtbot.waitSignal(fields.changed):
        enter(width, "6")
    with qtbot.waitSignal(fields.changed):
        loss.choose("mse")
    with qtbot.waitSignal(fields.changed):
        biases.click()
    assert fields.chosen(RunConfig()) == RunConfig(width=6, loss="mse", biases=True)


def test_a_refused_value_is_emitted_with_its_label(qtbot: QtBot, page: QWidget) -> None:
    fields = laid_out(page, ("width",))
    refused: list[str] = []
    fields.refused.connect(refused.append)
    enter(fields.number("width"), "65")
    assert refused == ["Width is '65'; allowed: a whole number from 1 to 64"]
    assert fields.chosen(RunConfig()).width != 65


def test_fields_are_named_and_explained(page: QWidget) -> None:
    fields = laid_out(page, tuple(RULES))
    for name in RULES:
        field = fields[name]
        assert field.objectName() == f"some_{name}"
        assert field.accessibleName()
        assert field.whatsThis()
        if isinstance(field, NumberField):
            assert RULES[name].allowed in field.toolTip()
            assert any(label.buddy() is field for label in page.findChildren(QLabel))
