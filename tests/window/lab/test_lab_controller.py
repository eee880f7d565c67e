"""The lab in the whole window."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child
from tests.support.windows import Open, action, find, settle, text
from tests.window.lab.conftest import Rest
from xorviz.core.network import flat
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.engine.lab_runner import Order, Progress
from xorviz.lab.plan import LabPlan, shares_of
from xorviz.lab.results.findings import findings_of, train_many
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.map import MapPlan, StartMap
from xorviz.lab.results.published import EXPERIMENTS
from xorviz.lab.training.training import advanced
from xorviz.lab.workers import workers
from xorviz.lab.workers.workers import Lab as Trainers
from xorviz.lab.workers.workers import LabError
from xorviz.panels.lab.lab_gallery import INVITATION
from xorviz.panels.lab.lab_seeds import SeedHead
from xorviz.panels.registry import Workspace
from xorviz.ui.forms.fields import ChoiceField, NumberField
from xorviz.window.lab.lab_controller import is_expensive
from xorviz.window.main_window import MainWindow

CONFIG = RunConfig(rate=0.5)
LONG = 1_500_000
SMALL_MAP = MapPlan(
    RunConfig(), across_values=(0.5, 1.0), up_values=(2, 3), seeds=5, steps=600, with_biases=False
)
LONG_MAP = replace(SMALL_MAP, steps=400_000)
QUICK = next(one for one in EXPERIMENTS if one.name == "hinton_problems")


@pytest.fixture
def window(qtbot: QtBot, empty_window: MainWindow) -> MainWindow:
    """Return the window in the workspace Lab, with a plan of six seeds."""
    empty_window.file.put(Project(Record(CONFIG), 0), None)
    settle(qtbot, empty_window)
    empty_window._desk.switch(Workspace.LAB)
    choose(empty_window, 6, 600)
    return empty_window


def choose(window: MainWindow, seeds: int, steps: int) -> None:
    find(window, NumberField, "lab_seed_count").setValue(seeds)
    find(window, NumberField, "lab_steps").setValue(steps)


def run(window: MainWindow) -> None:
    action(window, "lab_run").trigger()


def seen(window: MainWindow) -> LabSnapshot:
    snapshot = window.lab.seeds.snapshot
    assert snapshot is not None
    return snapshot


def map_of(window: MainWindow) -> LabSnapshot:
    snapshot = window.lab.map.snapshot
    assert snapshot is not None
    return snapshot


def says(window: MainWindow) -> str:
    return text(window, "status_message")


def ended(window: MainWindow) -> str:
    return text(window, "lab_progress_text")


def ordered(window: MainWindow) -> list[str]:
    """Return the names of the order under way and of those that wait."""
    return [order.name for order in window.lab.runner.orders]


def waiting(window: MainWindow) -> list[int]:
    """Return how many networks each order that waits has."""
    return [len(order.plan) for order in window.lab.runner.orders[1:]]


@pytest.mark.thorough
def test_a_key_trains_the_current_recipe_from_any_workspace(
    qtbot: QtBot, window: MainWindow, rest: Rest
) -> None:
    window.document.restart(RunConfig(rate=0.5, width=4, seed=3))
    settle(qtbot, window)
    window._desk.switch(Workspace.LEARN)
    run(window)
    rest()
    assert window._desk.workspace is Workspace.LAB
    snapshot = seen(window)
    alone = train_many([RunConfig(rate=0.5, width=4, seed=seed) for seed in range(6)], 600)
    assert snapshot.loss.tolist() == alone.loss.tolist()
    assert window.lab.gallery.snapshot is snapshot
    assert says(window).startswith(f"{100 * alone.right.mean():.1f}\u00a0% correct; ")
    assert "; width 4 · rate 0.5 · 600 steps" in says(window)
    assert ended(window) == "6 seeds: done"


def test_a_cancelled_lab_keeps_its_results(qtbot: QtBot, window: MainWindow, rest: Rest) -> None:
    cancel = action(window, "lab_cancel")
    assert not cancel.isEnabled()
    choose(window, 3, LONG)
    run(window)
    qtbot.waitUntil(lambda: "left" in ended(window))
    assert cancel.isEnabled()
    cancel.trigger()
    rest()
    assert ended(window).startswith("3 seeds: cancelled at")
    assert not cancel.isEnabled()
    assert seen(window).steps.min() > 0


def test_seeds_ordered_again_go_on_and_the_status_bar_says_so(
    window: MainWindow, rest: Rest
) -> None:
    runner = window.lab.runner
    choose(window, 3, LONG)
    run(window)
    first, *_ = runner.orders
    run(window)
    assert runner.orders == [first]
    assert says(window).startswith("The lab is already training: 3 seeds.")
    choose(window, 2, 600)  # others replace them
    run(window)
    assert waiting(window) == [2]
    action(window, "lab_cancel").trigger()
    run(window)  # those that are being stopped do not count
    assert waiting(window) == [2]
    rest()
    assert seen(window).done.all()


def test_seeds_wait_for_a_map_that_can_be_cancelled_alone(window: MainWindow, rest: Rest) -> None:
    words = child(window.lab.gallery, QLabel)
    assert words.text() == INVITATION
    window.lab.map.map_requested.emit(LONG_MAP)
    for _ in range(2):
        window._status.forget_notice()
        run(window)
        assert says(window).startswith("Waiting for Success map to finish: 6 seeds.")
        assert ordered(window) == ["map", "seeds"]
    assert words.text().startswith("Waiting for the first results")
    action(window, "map_run").trigger()
    rest()
    snapshot = window.lab.map.snapshot
    assert snapshot is None or snapshot.was_stopped
    assert seen(window).done.all()
    assert ended(window) == "6 seeds: done"


def test_only_long_or_large_plans_are_expensive() -> None:
    assert not is_expensive(LabPlan((RunConfig(),), range(500), 20_000), 2)
    assert is_expensive(LabPlan((RunConfig(),), range(3_000_000), 1), 100)
    assert is_expensive(LabPlan((RunConfig(width=64),), range(500), 1_000_000), 2)


@pytest.mark.parametrize("is_wanted", [True, False])
def test_an_expensive_plan_must_be_confirmed(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, is_wanted: bool
) -> None:
    choose(window, 1_000_000, 20_000)
    ordered: list[Order] = []
    monkeypatch.setattr(window.lab.runner, "train", ordered.append)
    run(window)
    dialog = find(window, QMessageBox, "lab_cost_dialog")
    qtbot.waitUntil(dialog.isVisible)
    assert "1\u202f000\u202f000 networks for 20\u202f000 steps" in dialog.text()
    for part in ("minutes on 1 core", "of memory"):
        assert part in dialog.informativeText()
    assert not ordered
    cancel = dialog.button(QMessageBox.StandardButton.Cancel)
    assert dialog.defaultButton() is cancel
    train = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Train")
    (train if is_wanted else cancel).click()
    assert len(ordered) == is_wanted


def test_a_map_is_trained_and_its_cells_can_be_shown(window: MainWindow, rest: Rest) -> None:
    window.lab.map.map_requested.emit(SMALL_MAP)
    assert ordered(window) == ["map"]
    rest()
    known = map_of(window)
    assert known.done.all()
    window.lab.map.cell_requested.emit(known, 1)  # while nothing is trained
    rest()
    assert seen(window).plan.recipes == known.plan.recipes[1:2]
    choose(window, 3, LONG)
    run(window)
    window.lab.map.cell_requested.emit(known, 3)  # replaces these seeds
    rest()
    config = RunConfig(rate=1, width=3)
    assert window.lab.recipe.plan.recipes == seen(window).plan.recipes == (config,)
    cell = known.plan.places_of(3)
    assert seen(window).loss.tolist() == known.loss[cell.start : cell.stop].tolist()


@pytest.mark.thorough
def test_a_cell_shows_its_seeds_during_training(
    qtbot: QtBot, window: MainWindow, rest: Rest
) -> None:
    run(window)
    rest()
    window.lab.map.map_requested.emit(LONG_MAP)
    qtbot.waitUntil(lambda: window.lab.map.snapshot is not None)
    assert window.lab.gallery.snapshot is not None
    window.lab.map.cell_requested.emit(window.lab.map.snapshot, 2)
    first = seen(window)
    qtbot.waitUntil(lambda: seen(window) is not first)  # updated by the map
    assert first.plan == seen(window).plan == LONG_MAP.plan
    assert "next: 5 seeds" in ended(window)
    assert window.lab.gallery.snapshot is None  # it shows no cells
    window.lab.map.cell_requested.emit(window.lab.map.snapshot, 1)  # another cell
    assert ordered(window) == ["map", "seeds"]
    headline = find(window, SeedHead, "seed_head").headline
    assert headline is not None
    assert headline.recipe.startswith("recipe 2 of 4")
    action(window, "lab_cancel").trigger()
    rest()
    assert ended(window).startswith("Success map: cancelled at")


def test_a_cancelled_lab_reports_no_success_rate_and_one_without_results_shows_nothing(
    window: MainWindow, rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = LabPlan((CONFIG,), range(20), 300, waves=(5,))
    book = LabResults(plan)
    share, *_ = shares_of(plan, 1)
    cohort = advanced(share.drawn(), 300)
    book.add(share.places, cohort, findings_of(cohort))
    order = Order("seeds", plan, "20 seeds")
    window.lab.runner.progressed.emit(Progress(order, book.snapshot(is_over=True)))
    assert ended(window) == "20 seeds: cancelled at 25 %"
    assert "correct (" not in says(window)
    before = seen(window)
    monkeypatch.setattr(workers, "shares_of", lambda *_: iter(()))
    run(window)
    rest()
    assert ended(window) == "6 seeds: cancelled at 0 %"
    assert seen(window) is before


def test_plans_that_cannot_be_are_refused(window: MainWindow) -> None:
    first = find(window, NumberField, "lab_first_seed")
    first.setValue(4294967295)
    run(window)
    assert "Too many seeds" in says(window)
    first.setValue(0)
    window.lab.map.map_requested.emit(replace(SMALL_MAP, seeds=10**7))
    assert "The number of networks is 40000000" in says(window)
    assert window.lab.runner.orders == []


def test_a_failed_lab_is_reported_and_works_again(
    window: MainWindow, rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throw(*_: object) -> None:
        raise LabError("No worker can be started.")

    with monkeypatch.context() as patched:
        patched.setattr(Trainers, "run", throw)
        run(window)
        rest()
    assert says(window) == "The lab stopped with an error: No worker can be started."
    assert ended(window).endswith("failed at 0 %")
    assert not action(window, "lab_cancel").isEnabled()
    run(window)
    rest()
    assert seen(window).done.all()


@pytest.mark.thorough
def test_choices_and_the_lab_s_own_recipe_are_restored(open_window: Open) -> None:
    window = open_window()
    window._desk.switch(Workspace.LAB)
    choose(window, 77, 900)
    find(window, ChoiceField, "map_up").choose("momentum")
    find(window, ChoiceField, "map_across").choose("momentum")  # swaps the two
    find(window, NumberField, "map_seeds").setValue(12)
    find(window, NumberField, "map_steps").setValue(34)
    find(window, NumberField, "lab_rate").setValue(7)
    window.close()
    again = open_window()
    assert find(again, NumberField, "lab_seed_count").value() == 77
    assert find(again, NumberField, "lab_steps").value() == 900
    wanted = again.lab.map.wanted
    assert isinstance(wanted, MapPlan)
    assert (wanted.across, wanted.up, wanted.seeds, wanted.steps) == ("momentum", "rate", 12, 34)
    assert wanted.base.rate == 7
    find(again, ChoiceField, "lab_recipe_choice").choose("current")
    assert again.lab.recipe.plan.recipes[0].rate == 0.01
    again.close()
    assert open_window().lab.recipe.plan.recipes[0].rate == 0.01


def test_the_lab_takes_as_many_steps_as_the_current_run(qtbot: QtBot, window: MainWindow) -> None:
    recipe = window.lab.recipe
    recipe.follow_steps.setChecked(True)
    assert recipe.plan.steps == 60_000
    find(window, NumberField, "stop_step").setValue(700)
    assert recipe.plan.steps == 700
    assert recipe._origin.text().endswith("stops at step 700.")
    find(window, QAbstractButton, "stop_at_step").click()
    assert recipe.plan.steps == 20_000
    assert recipe._origin.text().endswith("no step limit and isn't trained yet.")
    window.session.step(350)
    settle(qtbot, window)
    assert recipe.plan.steps == 350
    find(window, NumberField, "lab_steps").setValue(90)
    assert not recipe.follow_steps.isChecked()
    window.session.step(1)
    settle(qtbot, window)
    assert recipe.plan.steps == 90
    recipe.follow_steps.trigger()
    assert recipe.plan.steps == 351


# Networks of the lab as the current run.


@pytest.mark.parametrize("name", some(["gallery", "seeds"], 1))
def test_a_network_opens_as_it_is_pictured(
    qtbot: QtBot, window: MainWindow, rest: Rest, name: str
) -> None:
    """Also where the run there has weights of its own."""
    window.document.restart(RunConfig(rate=0.5, seed=4))
    settle(qtbot, window)
    window.document.set_weight("w1", (0, 0), 7.0)
    settle(qtbot, window)
    before = window.document.project
    run(window)
    rest()
    pictured, panel = seen(window), getattr(window.lab, name)
    panel.setFocus()
    for _ in range(5):
        QTest.keyClick(panel, Qt.Key.Key_Right)
    place = panel._pointed
    for modifier, step in (
        (Qt.KeyboardModifier.NoModifier, 600),
        (Qt.KeyboardModifier.ShiftModifier, 0),
    ):
        QTest.keyClick(panel, Qt.Key.Key_Return, modifier)
        settle(qtbot, window)
        opened = window._display.seen()
        assert (opened.config, opened.step) == (pictured.plan.config(place), step)
        assert opened.trace.steps[0] == 0
        if step:
            told = f"Seed {opened.config.seed} is open at step 600, as in the lab."
            assert says(window).startswith(told)
            found = (opened.outputs, pictured.outputs[place])
            np.testing.assert_allclose(*found, rtol=0, atol=1e-9)
            weights = flat(opened.weights), pictured.shown[place]
            np.testing.assert_allclose(*weights, rtol=0, atol=1e-9)
        action(window, "undo").trigger()
        settle(qtbot, window)
        assert window.document.project == before


@pytest.mark.parametrize(
    ("factor", "told"),
    [
        (1 + 1e-6, "Seed 4 is open at step 600, as in the lab."),
        (1.5, "Seed 4 at step 600: loss 0."),
        (math.nan, "Seed 4 is open at step 600."),
    ],
)
def test_a_different_loss_of_an_opened_seed_is_reported(
    qtbot: QtBot, window: MainWindow, rest: Rest, factor: float, told: str
) -> None:
    """Rounding errors grow where the learning rate is large."""
    run(window)
    rest()
    window.lab.seeds.show_snapshot(replace(seen(window), loss=factor * seen(window).loss))
    window.lab.seeds.open_requested.emit(seen(window).plan.config(4), 600)
    settle(qtbot, window)
    assert says(window).startswith(told)


def test_opening_a_seed_ends_what_goes_on_and_what_is_compared(
    qtbot: QtBot, window: MainWindow, rest: Rest
) -> None:
    run(window)
    rest()
    window.lab.seeds.show_snapshot(replace(seen(window), loss=2 * seen(window).loss))
    window.session.play()
    window.lab.seeds.open_requested.emit(seen(window).plan.config(4), 600)
    window.lab.seeds.open_requested.emit(seen(window).plan.config(5), 0)
    settle(qtbot, window)
    assert says(window).startswith("Seed 5 is open")
    assert (window.session.playing, window.document.project.step) == (False, 0)
    before = window.document.project
    config = seen(window).plan.config(2)
    window.lab.seeds.open_requested.emit(config, 3_000_000)
    qtbot.waitUntil(
        lambda: window._display.seen().step > 0 and window._display.seen().config == config
    )
    assert window._display.seen().step < 3_000_000, "in slices, with the window alive"
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert window.document.project == before


def test_a_start_of_the_map_is_a_run_and_undo_brings_the_last_one_back(
    qtbot: QtBot, window: MainWindow, rest: Rest
) -> None:
    lab, before = window.lab, window.document.project
    window.session.intervene("w2", 3.0, (0, 0))
    settle(qtbot, window)
    lab.map.head.choose_pair("w1[x1→h1] w2[h3→o]")
    requested = replace(lab.map.wanted, steps=40)
    assert isinstance(requested, StartMap)
    assert requested.parameters[6] == 3, "what was set at step 0 belongs to the start"
    lab.map.map_requested.emit(requested)
    qtbot.waitUntil(lambda: lab.map.snapshot is not None and map_of(window).done.sum() >= 81)
    lab.runner.cancel_all()
    rest()
    assert ended(window).startswith("Map of starts: ")
    found, cell = map_of(window), (16, 32)
    lab.map.open_requested.emit(requested.run(cell), 40)
    settle(qtbot, window)
    assert says(window) == "This start is open at step 40. See it in Learn. Undo goes back."
    run = window.document.project.record
    assert run.loss == pytest.approx(found.loss[requested.place(cell)], rel=1e-9)
    assert lab.map._base_cell == cell
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert window.document.project.record.config == before.record.config
    assert lab.map._base_cell == requested.cell_of(window.document.project.record) != cell


def test_a_published_result_stands_beside_the_one_here(window: MainWindow, rest: Rest) -> None:
    window.lab.recipe.show_published(QUICK)
    run(window)
    rest()
    told = QUICK.beside(QUICK.read(seen(window)))
    assert told in window.lab.recipe.description()
    assert told.removesuffix(".") in window.lab.seeds.description()
    assert says(window) == told
    choose(window, 6, 600)
    assert QUICK.published not in window.lab.recipe.description()
