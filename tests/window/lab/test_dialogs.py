"""The dialogs of the lab: cost and file."""

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.windows import find
from xorviz.core.numerals import THIN_SPACE
from xorviz.core.settings import RunConfig
from xorviz.lab.plan import LabPlan
from xorviz.window.lab.lab_controller import ask_about_cost, is_expensive

MILLION = LabPlan((RunConfig(),), range(1_000_000), 20_000)


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    return page


def test_only_long_or_large_plans_are_expensive() -> None:
    assert not is_expensive(LabPlan((RunConfig(),), range(500), 20_000), 2)
    assert is_expensive(MILLION, 2)
    assert is_expensive(LabPlan((RunConfig(width=64),), range(500), 1_000_000), 2)


@pytest.mark.parametrize("is_wanted", [True, False])
def test_an_expensive_plan_must_be_confirmed(page: QWidget, is_wanted: bool) -> None:
    done: list[bool] = []
    ask_about_cost(page, MILLION, 2, lambda: done.append(True))
    dialog = find(page, QMessageBox, "lab_cost_dialog")
    plain = dialog.text().replace(THIN_SPACE, " ")
    assert plain == "Train 1 000 000 networks for 20 000 steps each?"
    assert "minutes on 2 cores" in dialog.informativeText()
    assert "of memory" in dialog.informativeText()
    assert not done
    train = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Train")
    (train if is_wanted else dialog.button(QMessageBox.StandardButton.Cancel)).click()
    assert done == ([True] if is_wanted else [])
