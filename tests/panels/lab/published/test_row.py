"""A row of the published experiments: queued, running, finished and cancelled."""

import pytest

from tests.support.cases import some
from xorviz.core.numerals import THIN_SPACE
from xorviz.lab.results.published import EXPERIMENTS
from xorviz.lab.results.published_readings import Compared, ExperimentResult, Match
from xorviz.panels.lab.published.row import PublishedRow, shorter, summary

HINTON = EXPERIMENTS[1]
NEW = PublishedRow(HINTON)
RESULT = ExperimentResult(
    "25 of 30, median 730", Match.MATCH, "Matches in all", (Compared("largest step", 2489, 2489),)
)
FINISHED = NEW.finished(RESULT)


def test_a_new_row() -> None:
    assert NEW.is_free
    assert NEW.mark is None
    assert (NEW.now, NEW.verdict) == ("", "Not run yet")
    assert NEW.spoken == "hinton-problems 2-2-1. Published 25 of 30, median 730. Not run yet."


@pytest.mark.parametrize("before", some([FINISHED, NEW], 1), ids=["finished", "new"])
def test_a_row_is_queued_running_and_cancelled(before: PublishedRow) -> None:
    waiting = before.waiting()
    assert not waiting.is_free
    assert (waiting.now, waiting.verdict) == ("waits", "Waits for others to end")
    running = waiting.running(0.25)
    assert not running.is_free
    assert (running.now, running.verdict) == ("25 %", "Running, 25 %")
    for busy in (waiting, running, running.waiting()):
        assert busy.mark is None  # the previous result is hidden
        assert busy.stopped() == before
    assert before.stopped() == before


@pytest.mark.parametrize(
    "busy", some([NEW.waiting(), NEW, FINISHED.running(0.9), NEW.running(0.9)], 1)
)
def test_a_finished_row_is_free(busy: PublishedRow) -> None:
    row = busy.finished(RESULT)
    assert row == FINISHED
    assert row.is_free
    assert row.mark is Match.MATCH
    assert (row.now, row.verdict) == (RESULT.now, RESULT.verdict)


@pytest.mark.parametrize(
    ("share", "now"),
    some([(-0.1, "0 %"), (0.0, "0 %"), (0.999, "99 %"), (1.0, "100 %"), (1.5, "100 %")]),
)
def test_progress_is_rounded_down_and_clipped(share: float, now: str) -> None:
    assert NEW.running(share).now == now


def test_the_spoken_text_has_the_result_only_when_free() -> None:
    assert "xorviz 25 of 30, median 730. Matches in all." in FINISHED.spoken
    assert "xorviz" not in FINISHED.running(0.5).spoken
    assert "xorviz" not in FINISHED.waiting().spoken


def test_details_list_comparison_recipe_notes_and_source() -> None:
    verdict, compared, recipe, notes, source = FINISHED.paragraphs
    assert verdict == "Matches in all."
    assert compared == "largest step: 2\u202f489, published 2\u202f489"
    assert recipe.startswith("Recipe: 2-2-1")
    assert notes.startswith("How many converge")
    assert source == f"Source: {HINTON.source}."
    for row in (NEW, FINISHED.waiting(), FINISHED.running(0.5)):
        assert len(row.paragraphs) == 4
    assert not any(THIN_SPACE in paragraph for paragraph in FINISHED.paragraphs)


def test_the_tool_tip_is_wrapped_below_its_title() -> None:
    title, *lines = FINISHED.tip.split("\n")
    assert title == HINTON.title
    assert max(map(len, lines)) <= 72
    assert " ".join(lines) == " ".join(FINISHED.paragraphs)


def test_shorter_values_keep_the_numbers() -> None:
    assert shorter("25 of 30, median 730") == "25 of 30 · 730"
    assert shorter("98.8 %") == "98.8 %"


def test_the_summary_counts_current_results() -> None:
    soft = NEW.finished(ExperimentResult("r = 0", Match.SOFT, "Soft", ()))
    miss = NEW.finished(ExperimentResult("24 of 30", Match.MISS, "Misses", ()))
    assert summary([NEW, NEW.waiting(), FINISHED.running(0.5)]) == ""
    assert summary([FINISHED, NEW, soft, FINISHED]) == "2 matched · 1 soft"
    assert summary([FINISHED, soft, miss]) == "1 missed · 1 matched · 1 soft"
