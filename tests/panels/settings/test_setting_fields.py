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


def test_every_setting_can_be_shown_and_is_wished_again(page: QWidget) -> None:
    fields = laid_out(page, tuple(RULES))
    for config in (OTHER, RunConfig(), replace(OTHER, rate=1 / 3)):
        fields.show(config)
        assert fields.chosen(config) == config
    fields.show(OTHER)
    assert fields.chosen(RunConfig()) == OTHER


def test_what_has_no_field_stays_as_it_is(page: QWidget) -> None:
    fields = laid_out(page, ("width", "biases"))
    fields.show(RunConfig(width=7))
    assert fields.chosen(OTHER) == replace(OTHER, width=7, biases=False)


def test_showing_is_not_choosing(qtbot: QtBot, page: QWidget) -> None:
    fields = laid_out(page, tuple(RULES))
    with qtbot.assertNotEmitted(fields.changed):
        fields.show(OTHER)


def test_each_kind_of_field_tells_when_a_person_changes_it(qtbot: QtBot, page: QWidget) -> None:
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


def test_what_cannot_be_is_refused_by_its_name(qtbot: QtBot, page: QWidget) -> None:
    fields = laid_out(page, ("width",))
    refused: list[str] = []
    fields.refused.connect(refused.append)
    enter(fields.number("width"), "65")
    assert refused == ["Width is '65'; allowed: a whole number from 1 to 64"]
    assert fields.chosen(RunConfig()).width != 65


def test_fields_can_be_told_apart_and_explain_themselves(page: QWidget) -> None:
    fields = laid_out(page, tuple(RULES))
    for name in RULES:
        field = fields[name]
        assert field.objectName() == f"some_{name}"
        assert field.accessibleName()
        assert field.whatsThis()
        if isinstance(field, NumberField):
            assert RULES[name].allowed in field.toolTip()
            assert any(label.buddy() is field for label in page.findChildren(QLabel))
