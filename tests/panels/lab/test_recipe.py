"""The recipe of the lab: following the current run, fields, progress and buttons."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.windows import enter, find
from xorviz.core.rules import SettingError
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.panels.lab.recipe import DEFAULT_SEEDS, DEFAULT_STEPS, LabRecipe
from xorviz.ui.forms.fields import NumberField, SwitchField

CURRENT_RUN = RunConfig(width=5, rate=0.5, activation="tanh", momentum=0.9)


class Harness:
    """A recipe on the screen with its actions, and the signals it has emitted."""

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
    def message(self) -> str:
        return find(self.recipe, QLabel, "lab_progress_text").text()

    @property
    def follows(self) -> QAction:
        return self.recipe.options[0]


@pytest.fixture
def harness(qtbot: QtBot) -> Harness:
    return Harness(qtbot)


def test_the_default_plan_is_500_seeds_of_the_28_lines(harness: Harness) -> None:
    plan = harness.recipe.plan
    assert plan.recipes == (RunConfig(),)
    assert (plan.seeds, plan.steps) == (range(DEFAULT_SEEDS), DEFAULT_STEPS)


def test_it_follows_the_current_run_until_a_person_changes_it(harness: Harness) -> None:
    harness.recipe.show_current_run(CURRENT_RUN)
    assert harness.recipe.plan.recipes == (CURRENT_RUN,)
    assert harness.recipe.options_text == "current run"
    enter(harness.number("lab_width"), "2")
    mine = replace(CURRENT_RUN, width=2)
    assert harness.recipe.plan.recipes == (mine,)
    assert harness.recipe.options_text == "own recipe"
    harness.recipe.show_current_run(RunConfig())
    assert harness.recipe.plan.recipes == (mine,)
    harness.follows.trigger()
    assert harness.recipe.plan.recipes == (RunConfig(),)
    assert harness.changes == [CURRENT_RUN, mine, RunConfig()]


def test_a_shown_recipe_stops_following(harness: Harness) -> None:
    harness.recipe.show_recipe(CURRENT_RUN)
    assert not harness.follows.isChecked()
    assert harness.number("lab_width").value() == 5
    assert harness.recipe.plan.recipes == (CURRENT_RUN,)


def test_fields_set_the_plan(harness: Harness) -> None:
    enter(harness.number("lab_rate"), "0,25")
    find(harness.recipe, SwitchField, "lab_biases").click()
    assert harness.recipe.plan.recipes == (RunConfig(rate=0.25, biases=True),)
    for name, typed in (("lab_seed_count", "20"), ("lab_first_seed", "7"), ("lab_steps", "300")):
        enter(harness.number(name), typed)
    plan = harness.recipe.plan
    assert (plan.seeds, plan.steps) == (range(7, 27), 300)


def test_seeds_beyond_the_largest_one_raise(harness: Harness) -> None:
    enter(harness.number("lab_first_seed"), "4294967295")
    with pytest.raises(SettingError, match="Too many seeds: from 4294967295"):
        _ = harness.recipe.plan


def test_invalid_numbers_are_refused(harness: Harness) -> None:
    enter(harness.number("lab_seed_count"), "0")
    enter(harness.number("lab_rate"), "0")
    assert harness.refused == [
        "Seeds is '0'; allowed: a whole number from 1 to 1\u202f000\u202f000",
        f"Learning rate is '0'; allowed: {SETTINGS['rate'].rule.allowed}",
    ]


def test_progress_is_shown_while_running(harness: Harness) -> None:
    bar = find(harness.recipe, QProgressBar, "lab_progress")
    assert not bar.isVisible()
    harness.recipe.show_progress(0.43, 5.2, "500 seeds")
    assert (bar.value(), bar.isVisible()) == (430, True)
    assert harness.message == "500 seeds: 43 %, 5 seconds left"
    harness.recipe.show_progress(0, 0, "500 seeds")
    assert harness.message == "500 seeds: 0 %, starting"
    harness.recipe.show_idle("500 seeds: done")
    assert harness.message == "500 seeds: done"
    assert not bar.isVisible()


def test_buttons_trigger_the_actions(qtbot: QtBot, harness: Harness) -> None:
    for action in (harness.run, harness.cancel):
        with qtbot.waitSignal(action.triggered):
            find(harness.recipe, QPushButton, f"{action.objectName()}_button").click()


def test_other_settings_are_summarized(harness: Harness) -> None:
    harness.recipe.show_recipe(replace(CURRENT_RUN, targets=(0, 0, 0, 1)))
    texts = [label.text() for label in harness.recipe.findChildren(QLabel)]
    assert (
        "loss Σ(t−y)² · tanh · momentum 0.9 · initial weights uniform in [−1, 1] · targets 0 0 0 1"
        in texts
    )


RUN = "The current run"
NONE = f"{RUN} has no step limit and"
ORIGINS = [
    ((700,), 700, f"{RUN} stops at step 700."),
    ((None, 5), 5, f"{NONE} has reached step 5."),
    ((None,), 20_000, f"{NONE} is not trained yet."),
    (
        *((10**9,), 10**8),
        f"{RUN} stops at step 1 000 000 000; the lab trains for at most 100 000 000.",
    ),
]


@pytest.mark.parametrize(("steps", "count", "text"), ORIGINS)
def test_steps_are_those_of_the_current_run(
    harness: Harness, steps: tuple[int, ...], count: int, text: str
) -> None:
    harness.recipe.show_own_steps(*steps)
    assert harness.recipe.plan.steps == count
    assert harness.recipe._origin.text().replace("\u202f", " ") == text


def test_chosen_steps_stay_until_those_of_the_run_are_wanted_again(harness: Harness) -> None:
    enter(harness.number("lab_steps"), "90")
    harness.recipe.show_own_steps(700)
    assert harness.recipe.plan.steps == 90
    harness.recipe.restore_steps(80)
    assert harness.recipe.plan.steps == 80
    harness.recipe.follow_steps.trigger()
    harness.recipe.restore_steps(60)
    assert harness.recipe.plan.steps == 700


def test_fields_do_not_tell_what_a_change_would_do_to_the_current_run(harness: Harness) -> None:
    for name in ("lab_width", "lab_rate"):
        tip = harness.number(name).toolTip()
        assert "Allowed: " in tip
        assert "the run again" not in tip
        assert "loss curve" not in tip
