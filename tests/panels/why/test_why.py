"""Why?: what is in sight in each state, and that all of it is of the network shown."""

from dataclasses import replace
from html import unescape

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import invalidate

from tests.panels.learn.check_steps import checked, upwards
from tests.support.page import Page
from tests.support.screen import child
from tests.support.snapshots import QUICK, trained
from tests.support.watched import watched_run
from xorviz.core.analysis.curvature import Curvature, curvature_of
from xorviz.core.diagnosis import diagnosis
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.network import Weights
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.lab.trials import trials
from xorviz.panels.why import curvature
from xorviz.panels.why.why import Why, origin_of

TRAP = trained(RunConfig(width=2, biases=True, rate=0.5, seed=13), 2000)
WATCHED = watched_run(name="mine").snapshot()
FAULTY = checked(upwards)


@pytest.fixture
def page(qtbot: QtBot) -> Page[Why]:
    return Page(qtbot, Why(), TRAP, (420, 900))


def in_sight(page: Page[Why]) -> set[str]:
    view = page.view
    parts: dict[str, QWidget] = {
        "evidence": view.evidence,
        "fixes": view.fixes,
        "check": view.check,
        "disclosure": child(view, QToolButton, "curvature_button"),
        "curvature": view.curvature,
    }
    return {name for name, part in parts.items() if part.isVisible()}


def test_it_scrolls_whatever_became_of_the_wrapper_of_its_bar(page: Page[Why]) -> None:
    page.view.add_check(WATCHED.record, FAULTY, "")
    page.show(WATCHED)
    page.view.resize(420, 200)
    QApplication.processEvents()
    area = child(page.view, QScrollArea)
    for scroll in (page.view.scroll_to_check, lambda: page.press(Qt.Key.Key_PageDown)):
        area.verticalScrollBar().setValue(0)
        invalidate(area.verticalScrollBar())
        scroll()
        assert area.verticalScrollBar().value()


def says(page: Page[Why]) -> str:
    return unescape(child(page.view, QLabel, "why_text").text())


@pytest.mark.parametrize(
    ("seen", "shown"),
    [
        (trained(QUICK), {"evidence"}),
        (TRAP, {"evidence", "fixes", "disclosure"}),
        (trained(QUICK, 30), {"evidence", "fixes", "disclosure"}),
        (trained(QUICK, 400), {"evidence", "disclosure"}),
    ],
    ids=["untrained", "stuck", "learning", "learned"],
)
def test_each_state_has_its_parts(page: Page[Why], seen: Snapshot, shown: set[str]) -> None:
    page.show(seen)
    assert in_sight(page) == shown
    said = diagnose_seen(seen).said
    assert said.head in says(page)
    assert said.text in says(page)
    assert said.whole in page.view.description()


def test_a_state_that_was_found_elsewhere_is_not_found_again(page: Page[Why]) -> None:
    other = trained(TRAP.config, 1500)
    page.view.show_diagnosis(diagnose_seen(other), other)
    page.show(trained(QUICK, 400))
    assert page.view.snapshot is other
    assert "Learned" not in says(page)


def test_a_check_is_shown_with_its_program_s_run_alone(page: Page[Why]) -> None:
    assert origin_of(TRAP.record) is None
    page.view.add_check(WATCHED.record, FAULTY, "Step 3 of mine")
    assert "check" not in in_sight(page)
    later = watched_run(name="mine", steps=60).snapshot()
    others = TRAP, watched_run(name="other").snapshot(), trained(QUICK, 400)
    for seen in (WATCHED, later, replace(WATCHED, run=7)):
        page.show(seen)
        assert "check" in in_sight(page)
        assert "Step 3 of mine" in page.view.description()
        for other in others:
            page.show(other)
            assert "check" not in in_sight(page)
            assert "Step 3 of mine" not in page.view.description()
    page.show(WATCHED)
    page.view.add_check(WATCHED.record, None, "Steps cannot be checked.")
    assert page.view.check.said == "Steps cannot be checked."


def test_the_curvature_is_computed_only_while_it_is_open(
    page: Page[Why], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Weights] = []

    def count(weights: Weights, config: RunConfig) -> Curvature:
        asked.append(weights)
        return curvature_of(weights, config)

    found = diagnose_seen(TRAP)  # it computes one
    for module in (diagnosis, curvature, trials):
        monkeypatch.setattr(module, "curvature_of", count)
    page.view.show_diagnosis(found, replace(TRAP, right_since=3))
    closed = len(asked)
    child(page.view, QToolButton, "curvature_button").click()
    assert "curvature" in in_sight(page)
    opened = len(asked)
    assert opened - closed == closed + 1, "what can be tried depends on it, too"
    page.view.hide()
    page.view.show_diagnosis(found, TRAP)
    assert len(asked) == opened, "out of sight"


def test_all_numbers_in_sight_are_in_one_table(page: Page[Why]) -> None:
    page.view.add_check(WATCHED.record, FAULTY, "Step 3 of mine")
    page.show(WATCHED)
    page.choose("curvature")
    header, rows = page.view.table() or ((), ())
    found = list(rows)
    assert tuple(header) == ("step", "of", "number", "value")
    assert {row[0] for row in found} == {WATCHED.step}
    kinds = {str(row[2]) for row in found}
    assert {"target", "output", "h1", "yours", "finding", "eigenvalue"} <= kinds


def test_a_picture_has_all_of_the_column(page: Page[Why]) -> None:
    page.view.resize(300, 200)
    assert page.view.drawing().height() > page.view.height()
