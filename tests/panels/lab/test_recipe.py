"""The recipe of the lab."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.windows import enter, find
from xorviz.core.config import RULES, RunConfig
from xorviz.core.rules import SettingError
from xorviz.panels.lab.recipe import DEFAULT_SEEDS, DEFAULT_STEPS, LabRecipe
from xorviz.ui.forms.fields import NumberField, SwitchField

CURRENT_RUN = RunConfig(width=5, rate=0.5, activation="tanh", momentum=0.9)


class Bench:
    """A recipe on the screen, with its actions, and what it told."""

    def __init__(self, qtbot: QtBot) -> None:
        self.page = QWidget()
        qtbot.addWidget(self.page)
        self.run, self.cancel = QAction("Run lab", self.page), QAction("Cancel lab", self.page)
        self.run.setObjectName("lab_run")
        self.cancel.setObjectName("lab_cancel")
        self.recipe = LabRecipe()
        self.recipe.offer((self.run, self.cancel))
        self.recipe.setParent(self.page)
        self.changes: list[RunConfig] = []
        self.refused: list[str] = []
        self.recipe.recipe_changed.connect(self.changes.append)
        self.recipe.refused.connect(self.refused.append)
        with qtbot.waitExposed(self.page):
            self.page.show()

    def number(self, name: str) -> NumberField:
        return find(self.recipe, NumberField, name)

    @property
    def says(self) -> str:
        return find(self.recipe, QLabel, "lab_progress_text").text()

    @property
    def follows(self) -> QAction:
        return self.recipe.options[0]


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_it_begins_with_five_hundred_seeds_of_the_28_lines(bench: Bench) -> None:
    plan = bench.recipe.plan
    assert plan.recipes == (RunConfig(),)
    assert (plan.seeds, plan.steps) == (range(DEFAULT_SEEDS), DEFAULT_STEPS)


def test_it_is_as_on_the_bench_until_a_person_changes_it(bench: Bench) -> None:
    bench.recipe.show_current_run(CURRENT_RUN)
    assert bench.recipe.plan.recipes == (CURRENT_RUN,)
    assert bench.recipe.options_text == "as on the bench"
    enter(bench.number("lab_width"), "2")
    mine = replace(CURRENT_RUN, width=2)
    assert bench.recipe.plan.recipes == (mine,)
    assert bench.recipe.options_text == "of its own"
    bench.recipe.show_current_run(RunConfig())
    assert bench.recipe.plan.recipes == (mine,)
    bench.follows.trigger()
    assert bench.recipe.plan.recipes == (RunConfig(),)
    assert bench.changes == [CURRENT_RUN, mine, RunConfig()]


def test_a_recipe_from_elsewhere_is_its_own(bench: Bench) -> None:
    bench.recipe.show_recipe(CURRENT_RUN)
    assert not bench.follows.isChecked()
    assert bench.number("lab_width").value() == 5
    assert bench.recipe.plan.recipes == (CURRENT_RUN,)


def test_rate_and_biases_can_be_chosen(bench: Bench) -> None:
    enter(bench.number("lab_rate"), "0,25")
    find(bench.recipe, SwitchField, "lab_biases").click()
    assert bench.recipe.plan.recipes == (RunConfig(rate=0.25, biases=True),)


def test_seeds_and_steps_can_be_chosen(bench: Bench) -> None:
    for name, typed in (("lab_seed_count", "20"), ("lab_first_seed", "7"), ("lab_steps", "300")):
        enter(bench.number(name), typed)
    plan = bench.recipe.plan
    assert (plan.seeds, plan.steps) == (range(7, 27), 300)


def test_there_is_no_seed_beyond_the_last_one(bench: Bench) -> None:
    enter(bench.number("lab_first_seed"), "4294967295")
    with pytest.raises(SettingError, match="beyond the last seed, 4294967295: from 4294967295 on"):
        _ = bench.recipe.plan


def test_what_cannot_be_is_refused(bench: Bench) -> None:
    enter(bench.number("lab_seed_count"), "0")
    enter(bench.number("lab_rate"), "0")
    assert bench.refused == [
        "Seeds is '0'; allowed: a whole number from 1 to 1000000",
        f"Learning rate is '0'; allowed: {RULES['rate'].allowed}",
    ]


def test_progress_is_told_while_there_is_some(bench: Bench) -> None:
    bar = find(bench.recipe, QProgressBar, "lab_progress")
    assert not bar.isVisible()
    bench.recipe.show_progress(0.43, 5.2, "500 seeds")
    assert (bar.value(), bar.isVisible()) == (430, True)
    assert bench.says == "500 seeds: 43 %, 5 seconds left"
    bench.recipe.show_progress(0, 0, "500 seeds")
    assert bench.says == "500 seeds: 0 %, starting"
    bench.recipe.show_idle("500 seeds: done")
    assert bench.says == "500 seeds: done"
    assert not bar.isVisible()


def test_its_buttons_do_what_the_actions_do(qtbot: QtBot, bench: Bench) -> None:
    for action in (bench.run, bench.cancel):
        with qtbot.waitSignal(action.triggered):
            find(bench.recipe, QPushButton, f"{action.objectName()}_button").click()


def test_what_is_unusual_about_the_recipe_is_named(bench: Bench) -> None:
    bench.recipe.show_recipe(replace(CURRENT_RUN, targets=(0, 0, 0, 1)))
    words = [label.text() for label in bench.recipe.findChildren(QLabel)]
    assert "loss Σ(t−y)² · tanh · momentum 0.9 · U(−1, 1) · targets 0 0 0 1" in words
