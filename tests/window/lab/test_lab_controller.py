"""The lab in the whole window."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLabel,
    QMessageBox,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child
from tests.support.windows import Open, action, find, settle, text
from xorviz.core.network import flat
from xorviz.core.numerals import THIN_SPACE
from xorviz.core.settings import RunConfig
from xorviz.engine import lab_runner
from xorviz.engine.lab_runner import LabRunner, Order, Progress
from xorviz.lab.plan import LabPlan, shares_of
from xorviz.lab.results.findings import findings_of, train_many
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.map import MapPlan
from xorviz.lab.results.published import EXPERIMENTS
from xorviz.lab.training.training import advanced
from xorviz.lab.workers.workers import LabError, Workers
from xorviz.panels.lab.lab_gallery import INVITATION
from xorviz.panels.lab.lab_seeds import SeedHead
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.buttons import ActionButton
from xorviz.ui.forms.fields import ChoiceField, NumberField
from xorviz.window.lab import lab_controller
from xorviz.window.lab.lab_controller import LabController, is_expensive
from xorviz.window.main_window import MainWindow

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def in_threads() -> Workers:
    """Return a worker thread, which starts faster than processes."""
    return Workers(lambda: ThreadPoolExecutor(1), 1)


@pytest.fixture
def window(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    monkeypatch.setattr(lab_runner, "worker_processes", in_threads)
    window = open_window(RunConfig(rate=0.5))
    QTest.keyClick(window, Qt.Key.Key_3, CONTROL)
    choose(window, seeds=6, steps=600)
    return window


def choose(window: MainWindow, seeds: int, steps: int) -> None:
    find(window, NumberField, "lab_seed_count").setValue(seeds)
    find(window, NumberField, "lab_steps").setValue(steps)


def views(window: MainWindow) -> LabController:
    return window.lab


def runner(window: MainWindow) -> LabRunner:
    return window.lab.runner


def run(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "lab_run").trigger()
    rest(qtbot, window)


def rest(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not runner(window).names, timeout=60_000)


def seen(window: MainWindow) -> LabSnapshot:
    snapshot = views(window).seeds.snapshot
    assert snapshot is not None
    return snapshot


def test_a_key_trains_the_current_recipe_from_any_workspace(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(RunConfig(rate=0.5, width=4))
    window._docks.switch(Workspace.LAB)  # makes the fields
    choose(window, seeds=6, steps=600)
    window._docks.switch(Workspace.LEARN)
    run(qtbot, window)  # with real processes
    assert window._docks.workspace is Workspace.LAB
    snapshot = seen(window)
    alone = train_many([RunConfig(rate=0.5, width=4, seed=seed) for seed in range(6)], 600)
    assert snapshot.done.all()
    assert snapshot.loss.tolist() == alone.loss.tolist()
    assert views(window).gallery.snapshot is snapshot
    share = 100 * alone.right.mean()
    assert text(window, "status_message").startswith(f"{share:.1f} % of 6 seeds correct (")
    assert text(window, "status_message").endswith("): width 4, rate 0.5")


@pytest.mark.thorough
def test_a_new_window_has_no_workers(open_window: Open) -> None:
    fresh = open_window()
    fresh._docks.switch(Workspace.LEARN)
    assert fresh._lab is None


@pytest.mark.thorough
def test_the_recipe_follows_the_current_run(qtbot: QtBot, window: MainWindow) -> None:
    window.document.restart(RunConfig(width=7, activation="tanh", seed=3))
    settle(qtbot, window)
    assert views(window).recipe.plan.recipes == (RunConfig(width=7, activation="tanh", seed=0),)


@pytest.mark.thorough
@pytest.mark.parametrize("factor", some([1.0, 1 + 1e-6, 1.5, math.nan], 1))
def test_a_different_loss_of_an_opened_seed_is_reported(
    qtbot: QtBot, window: MainWindow, factor: float
) -> None:
    """Rounding errors grow where the learning rate is large."""
    run(qtbot, window)
    views(window).seeds.show_snapshot(replace(seen(window), loss=factor * seen(window).loss))
    views(window).seeds.open_requested.emit(seen(window).plan.config(4), 600)
    settle(qtbot, window)
    told = text(window, "status_message")
    if factor == 1.5:
        assert told.startswith("Seed 4 at step 600: loss 0.")
        assert " here, 0." in told
    else:
        assert told.startswith("Seed 4 is open")


@pytest.mark.thorough
def test_opening_a_seed_ends_what_goes_on_and_what_is_compared(
    qtbot: QtBot, window: MainWindow
) -> None:
    run(qtbot, window)
    views(window).seeds.show_snapshot(replace(seen(window), loss=2 * seen(window).loss))
    window.session.play()
    views(window).seeds.open_requested.emit(seen(window).plan.config(4), 600)
    views(window).seeds.open_requested.emit(seen(window).plan.config(5), 0)
    settle(qtbot, window)
    assert text(window, "status_message").startswith("Seed 5 is open")
    assert (window.session.playing, window.document.project.step) == (False, 0)


def test_a_cancelled_lab_keeps_its_results(qtbot: QtBot, window: MainWindow) -> None:
    cancel = action(window, "lab_cancel")
    assert not cancel.isEnabled()
    choose(window, seeds=3, steps=1_500_000)
    action(window, "lab_run").trigger()
    qtbot.waitUntil(lambda: "left" in text(window, "lab_progress_text"), timeout=20_000)
    assert cancel.isEnabled()
    action(window, "lab_cancel").trigger()
    rest(qtbot, window)
    assert text(window, "lab_progress_text").startswith("3 seeds: cancelled at")
    assert not cancel.isEnabled()
    assert seen(window).steps.min() > 0


@pytest.mark.thorough
def test_seeds_ordered_again_go_on_and_the_status_bar_says_so(
    qtbot: QtBot, window: MainWindow
) -> None:
    choose(window, seeds=3, steps=1_500_000)
    again = action(window, "lab_run").trigger
    again()
    first = runner(window).under_way
    again()
    assert (runner(window).under_way, runner(window).waiting) == (first, ())
    told = "The lab is already training: 3 seeds. Cancel lab stops it."
    assert text(window, "status_message") == told
    choose(window, seeds=2, steps=600)  # others replace them
    again()
    assert [len(order.plan) for order in runner(window).waiting] == [2]
    action(window, "lab_cancel").trigger()
    again()  # those that are being stopped do not count
    assert [len(order.plan) for order in runner(window).waiting] == [2]
    rest(qtbot, window)
    assert seen(window).done.all()
    views(window).map.map_requested.emit(replace(SMALL_MAP, steps=400_000))
    for _ in range(2):
        again()
        told = "Waiting for the end of Success map: 2 seeds. Cancel lab stops all."
        assert text(window, "status_message") == told
        assert runner(window).names == ("map", "seeds")
        window._status.forget_notice()
    runner(window).cancel_all()
    rest(qtbot, window)


def test_only_long_or_large_plans_are_expensive() -> None:
    assert not is_expensive(LabPlan((RunConfig(),), range(500), 20_000), 2)
    assert is_expensive(LabPlan((RunConfig(),), range(1_000_000), 20_000), 2)
    assert is_expensive(LabPlan((RunConfig(width=64),), range(500), 1_000_000), 2)


@pytest.mark.parametrize("is_wanted", [True, False])
def test_an_expensive_plan_must_be_confirmed(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, is_wanted: bool
) -> None:
    choose(window, seeds=1_000_000, steps=20_000)
    ordered: list[Order] = []
    monkeypatch.setattr(runner(window), "run", ordered.append)
    action(window, "lab_run").trigger()
    dialog = find(window, QMessageBox, "lab_cost_dialog")
    qtbot.waitUntil(dialog.isVisible)
    asked = dialog.text().replace(THIN_SPACE, " ")
    assert asked == "Train 1 000 000 networks for 20 000 steps each?"
    assert "minutes on 1 core" in dialog.informativeText()
    assert "of memory" in dialog.informativeText()
    assert not ordered
    train = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Train")
    (train if is_wanted else dialog.button(QMessageBox.StandardButton.Cancel)).click()
    assert len(ordered) == is_wanted


HINTON = next(one for one in EXPERIMENTS if "hinton" in one.name)
SMALL_MAP = MapPlan(
    RunConfig(),
    across="rate",
    up="width",
    across_values=(0.5, 1.0),
    up_values=(2, 3),
    seeds=5,
    steps=600,
    with_biases=False,
)


def test_a_map_is_trained_and_its_cells_can_be_shown(qtbot: QtBot, window: MainWindow) -> None:
    views(window).map.map_requested.emit(SMALL_MAP)
    assert runner(window).names == ("map",)
    rest(qtbot, window)
    map_picture = views(window).map.snapshot
    assert map_picture is not None
    assert map_picture.done.all()
    views(window).map.cell_requested.emit(map_picture, 3)
    rest(qtbot, window)
    config = RunConfig(rate=1, width=3)
    assert views(window).recipe.plan.recipes == (config,)
    assert seen(window).plan.recipes == (config,)
    cell = map_picture.plan.places_of(3)
    assert seen(window).loss.tolist() == map_picture.loss[cell.start : cell.stop].tolist()


@pytest.mark.thorough
def test_a_cell_shows_its_seeds_during_training(qtbot: QtBot, window: MainWindow) -> None:
    run(qtbot, window)
    wanted = replace(SMALL_MAP, steps=400_000)
    views(window).map.map_requested.emit(wanted)
    qtbot.waitUntil(lambda: views(window).map.snapshot is not None, timeout=20_000)
    assert views(window).gallery.snapshot is not None
    views(window).map.cell_requested.emit(views(window).map.snapshot, 2)
    assert runner(window).names == ("map", "seeds")
    first = seen(window)
    assert first.plan == wanted.plan
    qtbot.waitUntil(lambda: seen(window) is not first, timeout=20_000)  # updated by the map
    assert seen(window).plan == wanted.plan
    assert "next: 5 seeds" in text(window, "lab_progress_text")
    assert views(window).gallery.snapshot is None  # it shows no cells
    views(window).map.cell_requested.emit(views(window).map.snapshot, 1)  # another cell
    assert runner(window).names == ("map", "seeds")
    headline = find(window, SeedHead, "seed_head").headline
    assert headline is not None
    assert headline.recipe.startswith("recipe 2 of 4")
    action(window, "lab_cancel").trigger()
    rest(qtbot, window)
    assert text(window, "lab_progress_text").startswith("Success map: cancelled at")


@pytest.mark.thorough
def test_a_map_can_be_cancelled_alone(qtbot: QtBot, window: MainWindow) -> None:
    views(window).map.map_requested.emit(replace(SMALL_MAP, steps=400_000))
    action(window, "lab_run").trigger()
    assert runner(window).names == ("map", "seeds")
    action(window, "map_run").trigger()
    rest(qtbot, window)
    snapshot = views(window).map.snapshot
    assert snapshot is None or snapshot.was_stopped
    assert seen(window).done.all()
    assert text(window, "lab_progress_text") == "6 seeds: done"


@pytest.mark.thorough
def test_a_cancelled_lab_reports_no_success_rate(window: MainWindow) -> None:
    plan = LabPlan((RunConfig(rate=0.5),), range(20), 300)
    book = LabResults(plan)
    share, *_ = shares_of(plan, 1, (5,))
    cohort = advanced(share.drawn(), 300)
    book.add(share.places, cohort, findings_of(cohort))
    window.lab._show_progress(
        Progress(Order("seeds", plan, "20 seeds"), book.snapshot(is_over=True))
    )
    assert text(window, "lab_progress_text") == "20 seeds: cancelled at 25 %"
    assert "seeds right" not in text(window, "status_message")


@pytest.mark.thorough
def test_an_order_cancelled_at_once_replaces_nothing(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(qtbot, window)
    before = seen(window)
    monkeypatch.setattr(lab_runner, "shares_of", lambda *_: iter(()))
    run(qtbot, window)
    assert text(window, "lab_progress_text") == "6 seeds: cancelled at 0 %"
    assert seen(window) is before


@pytest.mark.thorough
def test_a_cell_replaces_seeds_being_trained(qtbot: QtBot, window: MainWindow) -> None:
    views(window).map.map_requested.emit(SMALL_MAP)
    rest(qtbot, window)
    choose(window, seeds=3, steps=1_500_000)
    action(window, "lab_run").trigger()
    views(window).map.cell_requested.emit(views(window).map.snapshot, 2)
    rest(qtbot, window)
    assert seen(window).plan.recipes == (RunConfig(rate=0.5, width=3),)
    assert seen(window).done.all()


@pytest.mark.thorough
def test_plans_that_cannot_be_are_refused(window: MainWindow) -> None:
    find(window, NumberField, "lab_first_seed").setValue(4294967295)
    action(window, "lab_run").trigger()
    assert "Too many seeds" in text(window, "status_message")
    views(window).map.map_requested.emit(replace(SMALL_MAP, seeds=10**7))
    assert "The number of networks is 40000000" in text(window, "status_message")
    assert runner(window).names == ()


@pytest.mark.thorough
def test_a_failed_lab_is_reported(
    qtbot: QtBot,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def throw(*_: object) -> None:
        raise LabError("No worker can be started.")

    with monkeypatch.context() as patched:
        patched.setattr(lab_runner, "shares_of", throw)
        run(qtbot, window)
    told = "The lab stopped with an error: No worker can be started."
    assert text(window, "status_message") == told
    assert text(window, "lab_progress_text").endswith("failed at 0 %")
    assert not action(window, "lab_cancel").isEnabled()
    assert capsys.readouterr().err == ""
    with monkeypatch.context() as patched:
        patched.setattr(lab_runner, "shares_of", lambda *_: 1 // 0)
        run(qtbot, window)
    assert "ZeroDivisionError" in text(window, "status_message")
    assert "Traceback" in capsys.readouterr().err
    run(qtbot, window)
    assert seen(window).done.all()


@pytest.mark.thorough
def test_every_panel_saves_its_table(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    run(qtbot, window)
    views(window).map.map_requested.emit(SMALL_MAP)
    views(window).published.experiment_requested.emit(HINTON)
    rest(qtbot, window)
    rows = {"seeds": 6, "map": 4, "gallery": 6, "published": 7}
    for name, count in rows.items():
        path = tmp_path / f"{name}.csv"
        action(window, f"lab_{name}_csv").trigger()
        (dialog,) = window.findChildren(QFileDialog, "save_dialog")
        dialog.selectFile(str(path))
        dialog.accept()
        assert text(window, "status_message") == f"Saved {path.name}."
        assert len(path.read_text().splitlines()) == 1 + count
        QApplication.sendPostedEvents(dialog, QEvent.Type.DeferredDelete)


@pytest.mark.thorough
def test_choices_are_restored(open_window: Open) -> None:
    window = open_window()
    window._docks.switch(Workspace.LAB)
    choose(window, seeds=77, steps=900)
    find(window, ChoiceField, "map_up").choose("momentum")
    find(window, ChoiceField, "map_across").choose("momentum")  # swaps the two
    find(window, NumberField, "map_seeds").setValue(12)
    find(window, NumberField, "map_steps").setValue(34)
    window.close()
    again = open_window()
    assert find(again, NumberField, "lab_seed_count").value() == 77
    assert find(again, NumberField, "lab_steps").value() == 900
    wanted = views(again).map.wanted
    assert (wanted.across, wanted.up) == ("momentum", "rate")
    assert (wanted.seeds, wanted.steps) == (12, 34)


@pytest.mark.thorough
def test_the_lab_s_own_recipe_is_restored(open_window: Open) -> None:
    window = open_window()
    window._docks.switch(Workspace.LAB)
    find(window, NumberField, "lab_rate").setValue(7)
    window.close()
    again = open_window()
    assert views(again).map.wanted.base.rate == 7
    action(again, "lab_follows").trigger()
    assert views(again).recipe.plan.recipes[0].rate == 0.01
    again.close()
    assert views(open_window()).recipe.plan.recipes[0].rate == 0.01


@pytest.mark.thorough
@pytest.mark.parametrize("panel", some(["seeds", "gallery"], 1))
def test_an_empty_panel_offers_to_run_the_lab(qtbot: QtBot, window: MainWindow, panel: str) -> None:
    button = getattr(views(window), panel).findChild(QPushButton)
    assert button is not None
    button.click()
    rest(qtbot, window)
    assert seen(window).done.all()


@pytest.mark.thorough
def test_the_lab_takes_as_many_steps_as_the_current_run(qtbot: QtBot, open_window: Open) -> None:
    window = open_window(RunConfig(rate=0.5))
    QTest.keyClick(window, Qt.Key.Key_3, CONTROL)
    recipe = views(window).recipe
    origin = recipe._origin
    assert recipe.plan.steps == 60_000
    assert origin.text() == "The current run stops at step 60\u202f000."
    find(window, NumberField, "stop_step").setValue(700)
    assert recipe.plan.steps == 700
    find(window, QAbstractButton, "stop_at_step").click()
    assert recipe.plan.steps == 20_000
    assert origin.text().endswith("The current run has no step limit and is not trained yet.")
    window.session.step(350)
    settle(qtbot, window)
    assert recipe.plan.steps == 350
    assert origin.text().endswith("has no step limit and has reached step 350.")
    find(window, NumberField, "lab_steps").setValue(90)
    assert not recipe.follow_steps.isChecked()
    window.session.step(1)
    settle(qtbot, window)
    assert recipe.plan.steps == 90
    recipe.follow_steps.trigger()
    assert recipe.plan.steps == 351


@pytest.mark.parametrize("name", some(["gallery", "seeds"], 1))
def test_a_network_opens_as_it_is_pictured(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Also where the run there has weights of its own."""
    window.document.restart(RunConfig(rate=0.5, seed=4))
    settle(qtbot, window)
    window.document.set_weight("w1", (0, 0), 7.0)
    settle(qtbot, window)
    before = window.document.project
    run(qtbot, window)
    pictured, panel = seen(window), getattr(views(window), name)
    panel.setFocus()
    for _ in range(5):
        QTest.keyClick(panel, Qt.Key.Key_Right)
    place = panel._pointed
    QTest.keyClick(panel, Qt.Key.Key_Return)
    settle(qtbot, window)
    opened = window._display.seen()
    assert (opened.config, opened.step) == (pictured.plan.config(place), 600)
    assert opened.trace.steps[0] == 0
    np.testing.assert_allclose(opened.outputs, pictured.outputs[place], rtol=0, atol=1e-9)
    np.testing.assert_allclose(flat(opened.weights), pictured.shown[place], rtol=0, atol=1e-9)
    assert text(window, "status_message") == (
        f"Seed {opened.config.seed} is open at step 600, as in the lab. "
        "See it in Learn. Undo goes back."
    )
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert window.document.project == before
    QTest.keyClick(panel, Qt.Key.Key_Return, SHIFT)
    settle(qtbot, window)
    assert window._display.seen().step == 0
    assert window._display.seen().config == pictured.plan.config(place)
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert window.document.project == before


@pytest.mark.thorough
def test_a_network_being_trained_to_its_step_can_be_undone_at_once(
    qtbot: QtBot, window: MainWindow
) -> None:
    run(qtbot, window)
    before = window.document.project
    config = seen(window).plan.config(2)
    views(window).seeds.open_requested.emit(config, 3_000_000)
    qtbot.waitUntil(
        lambda: window._display.seen().step > 0 and window._display.seen().config == config
    )
    assert window._display.seen().step < 3_000_000, "in slices, with the window alive"
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert window.document.project == before


@pytest.mark.thorough
def test_seeds_that_wait_for_the_map_are_not_offered_again(
    qtbot: QtBot, window: MainWindow
) -> None:
    seeds, gallery = views(window).seeds, views(window).gallery
    words = child(gallery, QLabel)
    assert words.text() == INVITATION
    find(window, NumberField, "map_seeds").setValue(2)
    find(window, NumberField, "map_steps").setValue(2000)
    child(views(window).map, ActionButton, "map_run_button").click()
    action(window, "lab_run").trigger()
    assert runner(window).names == ("map", "seeds")
    assert words.isVisible()
    assert words.text().startswith("Waiting for the first results")
    action(window, "lab_cancel").trigger()
    rest(qtbot, window)
    assert seeds.is_empty
    assert words.text() == INVITATION


# Published experiments.

QUICK = next(one for one in EXPERIMENTS if one.name == "hinton_problems")


def free(window: MainWindow) -> list[bool]:
    """Return which experiments are neither running nor queued."""
    rows = views(window).published._rows
    return [rows[one.name].is_free for one in EXPERIMENTS]


def test_a_requested_experiment_is_trained_and_read(qtbot: QtBot, window: MainWindow) -> None:
    view = views(window).published
    view.experiment_requested.emit(QUICK)
    assert not view._rows[QUICK.name].is_free
    qtbot.waitUntil(lambda: view._rows[QUICK.name].mark is not None, timeout=20_000)
    assert view._rows[QUICK.name].mark == "match"
    rest(qtbot, window)
    assert all(free(window))


@pytest.mark.thorough
def test_cancelled_experiments_can_be_requested_again(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_controller, "is_expensive", lambda *_: False)
    view = views(window).published
    view.all_requested.emit()
    assert not any(free(window))
    names = runner(window).names
    view.all_requested.emit()  # does not replace the same orders
    assert runner(window).names == names
    action(window, "lab_cancel").trigger()
    rest(qtbot, window)
    assert all(free(window))
    assert view.table() is None


@pytest.mark.thorough
def test_an_experiment_that_waits_can_be_cancelled(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "lab_run").trigger()
    views(window).published.experiment_requested.emit(QUICK)
    assert not all(free(window))
    runner(window).cancel(f"published {QUICK.name}")
    assert all(free(window))
    rest(qtbot, window)
    assert views(window).published.table() is None
