"""The recipe of the lab: following the current run, fields, progress and buttons."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import child, type_into
from xorviz.core.rules import SettingError
from xorviz.core.settings import LOSS_FORMULAS, SETTINGS, RunConfig
from xorviz.lab.results.published import EXPERIMENTS, Published
from xorviz.panels.lab.recipe import CURRENT, DEFAULT_STEPS, OWN, LabRecipe
from xorviz.ui.forms.fields import ChoiceField, NumberField, SwitchField

CURRENT_RUN = RunConfig(width=5, rate=0.5, activation="tanh", momentum=0.9)


class Recipe(Page[LabRecipe]):
    """The panel, and what it would train."""

    def enter(self, name: str, text: str) -> None:
        type_into(child(self.view, NumberField, name), text)

    @property
    def recipe(self) -> RunConfig:
        (recipe,) = self.view.plan.recipes
        return recipe

    @property
    def chosen(self) -> str:
        return str(child(self.view, ChoiceField).currentData())

    def choose_recipe(self, name: str) -> None:
        child(self.view, ChoiceField).choose(name)

    @property
    def texts(self) -> list[str]:
        labels = self.view.findChildren(QLabel)
        return [label.text().replace("\u202f", " ") for label in labels if label.isVisible()]


@pytest.fixture
def page(qtbot: QtBot) -> Recipe:
    return Recipe(qtbot, LabRecipe())


def test_it_follows_the_current_run_until_a_person_changes_it(page: Recipe) -> None:
    page.view.show_current_run(CURRENT_RUN)
    page.view.show_current_run(CURRENT_RUN)
    assert (page.recipe, page.chosen) == (CURRENT_RUN, CURRENT)
    assert page.view.follows_current_run
    (others,) = (text for text in page.texts if text.startswith("loss "))
    for part in (LOSS_FORMULAS["sse"], "tanh", "momentum 0.9", "uniform in [−1, 1]"):
        assert part in others
    assert "width 5" in page.view.description()
    page.enter("lab_width", "2")
    mine = replace(CURRENT_RUN, width=2)
    assert (page.recipe, page.chosen) == (mine, OWN)
    page.view.show_current_run(RunConfig())
    assert page.recipe == mine
    options: list[bool] = []
    page.view.follows_changed.connect(lambda: options.append(page.view.follows_current_run))
    page.choose_recipe(CURRENT)
    assert page.recipe == RunConfig()
    page.view.show_recipe(CURRENT_RUN)
    assert (page.recipe, page.view.follows_current_run) == (CURRENT_RUN, False)
    assert child(page.view, NumberField, "lab_width").value() == 5
    page.enter("lab_steps", "90")
    page.view.follow_current_run()
    assert (page.recipe, page.view.plan.steps) == (RunConfig(), DEFAULT_STEPS)
    assert options == [True, False, True]
    changes = [CURRENT_RUN, mine, RunConfig(), CURRENT_RUN, RunConfig()]
    assert page.heard["recipe_changed"] == changes


def test_fields_set_the_plan_which_is_500_seeds_of_the_28_lines_by_default(page: Recipe) -> None:
    plan = page.view.plan
    assert (plan.recipes, plan.seeds, plan.steps) == ((RunConfig(),), range(500), 20_000)
    page.enter("lab_rate", "0,25")
    child(page.view, SwitchField, "lab_biases").click()
    assert page.recipe == RunConfig(rate=0.25, biases=True)
    for name, typed in (("lab_seed_count", "20"), ("lab_first_seed", "7"), ("lab_steps", "300")):
        page.enter(name, typed)
    assert (page.view.plan.seeds, page.view.plan.steps) == (range(7, 27), 300)
    page.enter("lab_first_seed", "4294967295")
    assert child(page.view, NumberField, "lab_first_seed").text() == "4294967295", "as it is typed"
    with pytest.raises(SettingError, match=r"from 4294967295 .* there is 1 seed"):
        _ = page.view.plan
    page.enter("lab_seed_count", "1")
    assert page.view.plan.seeds == range(2**32 - 1, 2**32)


def test_numbers_are_explained_and_others_are_refused(page: Recipe) -> None:
    for name in ("lab_seed_count", "lab_first_seed", "lab_steps", "lab_rate", "lab_width"):
        number = child(page.view, NumberField, name)
        before = number.value()
        page.enter(name, "9" * 12)
        assert number.value() == before
        refusal = page.heard["refused"].pop()
        assert refusal.startswith(f"{number.accessibleName()} is ")
        assert refusal.endswith(number.rule.allowed)
        assert f"Allowed: {number.rule.allowed}." in number.toolTip()
        if (setting := SETTINGS.get(name.removeprefix("lab_"))) is not None:
            assert number.toolTip().startswith(setting.help)
            assert "the run again" not in number.toolTip(), "the current run does not change"


@pytest.mark.parametrize("one", EXPERIMENTS, ids=lambda one: one.name)
def test_a_published_experiment_is_a_recipe_until_a_number_is_changed(
    page: Recipe, one: Published
) -> None:
    page.choose_recipe(one.name)
    plan = page.view.plan
    assert (plan.recipes, plan.seeds, plan.steps) == (
        *(one.plan.recipes, one.plan.seeds, one.plan.steps),
    )
    assert page.chosen == one.name
    assert plan.starts == one.plan.starts
    assert one.beside(None) in page.view.description()
    for fact in (one.notes, one.source):
        assert any(fact.replace("\u202f", " ") in text for text in page.texts)
    page.enter("lab_seed_count", "7")
    assert page.chosen == OWN
    assert not any(one.source in text for text in page.texts)
    assert page.view.plan.recipes == one.plan.recipes
    page.enter("lab_seed_count", str(len(one.plan.seeds)))
    assert page.chosen == one.name, "by what is trained"
    page.enter("lab_rate", "0.7")
    assert (page.chosen, page.recipe) == (OWN, replace(one.plan.recipes[0], rate=0.7))
    page.choose_recipe(one.name)
    page.view.show_current_run(CURRENT_RUN)
    page.choose_recipe(CURRENT)
    plan = page.view.plan
    assert (plan.recipes, plan.seeds) == ((CURRENT_RUN,), range(500))
    assert plan.steps == DEFAULT_STEPS


def test_progress_is_shown_while_it_trains(page: Recipe) -> None:
    bar = child(page.view, QProgressBar, "lab_progress")
    assert not bar.isVisible()
    for share, seconds, then, text in (
        (0.43, 5.2, "", "500 seeds: 43 %, 5 seconds left"),
        (0, 0, "", "500 seeds: 0 %, starting"),
        (0.5, 9, "a map", "500 seeds: 50 %, 9 seconds left; next: a map"),
    ):
        page.view.show_progress(share, seconds, "500 seeds", then)
        assert (bar.value(), bar.isVisible()) == (1000 * share, True)
        assert text in page.texts
        assert page.view.description().endswith(f"{text}.")
    page.view.show_idle("500 seeds: done")
    assert "500 seeds: done" in page.texts
    assert not bar.isVisible()


def test_buttons_trigger_the_actions(page: Recipe) -> None:
    triggered: list[str] = []
    actions = [QAction(name, page.view) for name in ("lab_run", "lab_cancel")]
    for action in actions:
        action.setObjectName(action.text())
    page.view.offer(actions)
    for action in actions:
        action.triggered.connect(lambda _, one=action: triggered.append(one.text()))
        child(page.view, QPushButton, f"{action.text()}_button").click()
    assert triggered == ["lab_run", "lab_cancel"]


def test_steps_are_those_of_the_current_run_until_a_number_is_chosen(page: Recipe) -> None:
    for limit, newest, count, facts in (
        (700, 9, 700, ("stops at step 700",)),
        (None, 5, 5, ("no step limit", "has reached step 5")),
        (None, 0, DEFAULT_STEPS, ("no step limit", "isn't trained yet")),
        (10**9, 0, 10**8, ("stops at step 1 000 000 000", "at most 100 000 000")),
    ):
        page.view.show_own_steps(limit, newest)
        assert page.view.plan.steps == count
        (origin,) = (text for text in page.texts if text.startswith("The current run"))
        assert all(fact in origin for fact in facts)
        assert ("at most" in origin) == (count == 10**8)
    page.enter("lab_steps", "90")
    page.view.show_own_steps(700)
    assert page.view.plan.steps == 90
    page.view.restore_steps(80)
    assert page.view.plan.steps == 80
    page.choose("lab_follow_steps")
    page.view.restore_steps(60)
    assert page.view.plan.steps == 700


def test_steps_are_not_changed_while_they_are_typed(qtbot: QtBot, page: Recipe) -> None:
    field = child(page.view, NumberField, "lab_steps")
    page.view.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClick(field, Qt.Key.Key_7)
    typed = field.text()
    page.view.show_own_steps(300)
    assert field.text() == typed != "20\u202f000"
