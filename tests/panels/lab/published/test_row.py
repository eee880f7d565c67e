"""A row of the published experiments: queued, running, finished and cancelled."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QTextDocumentFragment

from tests.support.cases import some
from xorviz.lab.results.published import EXPERIMENTS, Compared, ExperimentResult, Match
from xorviz.panels.lab.published.row import PublishedRow, PublishedState, summary

HINTON = EXPERIMENTS[1]
NEW = PublishedRow(HINTON)
RESULT = ExperimentResult(
    "25 of 30", Match.MATCH, "Matches in all", (Compared("largest step", 2489, 2489),)
)
FINISHED = replace(NEW, result=RESULT)


def test_free_rows() -> None:
    assert NEW.is_free
    assert NEW.mark is None
    assert NEW.state == PublishedState("–", "", "Not run yet")
    assert NEW.spoken == "hinton-problems 2-2-1. Published 25 of 30. Not run yet."
    assert FINISHED.is_free
    assert FINISHED.mark is Match.MATCH
    assert FINISHED.state == PublishedState("✓", RESULT.now, RESULT.verdict)
    assert "xorviz 25 of 30. Matches in all." in FINISHED.spoken


@pytest.mark.parametrize("before", some([FINISHED, NEW], 1), ids=["finished", "new"])
def test_a_row_is_queued_and_running(before: PublishedRow) -> None:
    waiting, running = replace(before, is_waiting=True), replace(before, progress=0.25)
    assert waiting.state == PublishedState("…", "waiting", "Waiting for other experiments")
    assert running.state == PublishedState("◔", "25 %", "Running, 25 %")
    for busy in (waiting, running):
        assert not busy.is_free
        assert busy.mark is None  # the previous result is hidden
        assert "xorviz" not in busy.spoken


@pytest.mark.parametrize(
    ("share", "sign", "now"), some([(0.0, "○", "0 %"), (0.999, "◕", "99 %"), (1.0, "●", "100 %")])
)
def test_progress_is_rounded_down(share: float, sign: str, now: str) -> None:
    assert replace(NEW, progress=share).state[:2] == (sign, now)


def paragraphs(row: PublishedRow) -> list[str]:
    return QTextDocumentFragment.fromHtml(row.details).toPlainText().split("\n")


def test_details_list_comparison_recipe_notes_and_source() -> None:
    title, verdict, compared, recipe, notes, source = paragraphs(FINISHED)
    assert title == HINTON.title
    assert verdict == "Matches in all."
    assert compared == "largest step: 2\u202f489, published 2\u202f489"
    assert recipe.startswith("Recipe: 2-2-1")
    assert notes.startswith("The number of networks that converge")
    assert source == f"Source: {HINTON.source}."
    for row in (NEW, replace(FINISHED, is_waiting=True), replace(FINISHED, progress=0.5)):
        assert len(paragraphs(row)) == 5


def test_the_summary_counts_current_results() -> None:
    soft = replace(NEW, result=ExperimentResult("r = 0", Match.SOFT, "Soft", ()))
    miss = replace(NEW, result=ExperimentResult("24 of 30", Match.MISS, "Misses", ()))
    assert summary([NEW, replace(NEW, is_waiting=True), replace(FINISHED, progress=0.5)]) == ""
    assert summary([FINISHED, NEW, soft, FINISHED]) == "2 matched · 1 not comparable"
    assert summary([FINISHED, soft, miss]) == "1 not matched · 1 matched · 1 not comparable"
