"""How a published experiment stands: on its way, read, and given up."""

import pytest

from xorviz.core.numerals import THIN_SPACE
from xorviz.lab.results.published import EXPERIMENTS
from xorviz.lab.results.published_readings import Compared, ExperimentResult, Match
from xorviz.panels.lab.published.row import PublishedRow, shorter, summary

HINTON = EXPERIMENTS[1]
NEW = PublishedRow(HINTON)
READING = ExperimentResult(
    "25 of 30, median 730", Match.MATCH, "Matches in all", (Compared("largest step", 2489, 2489),)
)
READ = NEW.finished(READING)


def test_before_it_has_run() -> None:
    assert NEW.is_free
    assert NEW.mark is None
    assert (NEW.now, NEW.verdict) == ("", "Not run yet")
    assert NEW.spoken == "hinton-problems 2-2-1. Published 25 of 30, median 730. Not run yet."


@pytest.mark.parametrize("before", [NEW, READ], ids=["new", "read"])
def test_it_waits_runs_is_stopped_and_is_free_again(before: PublishedRow) -> None:
    waiting = before.waiting()
    assert not waiting.is_free
    assert (waiting.now, waiting.verdict) == ("waits", "Waits for others to end")
    running = waiting.running(0.25)
    assert not running.is_free
    assert (running.now, running.verdict) == ("25 %", "Running, 25 %")
    for busy in (waiting, running, running.waiting()):
        assert busy.mark is None  # what it got before is not for now
        assert busy.stopped() == before
    assert before.stopped() == before


@pytest.mark.parametrize("busy", [NEW, NEW.waiting(), NEW.running(0.9), READ.running(0.9)])
def test_once_it_is_read_it_is_free(busy: PublishedRow) -> None:
    row = busy.finished(READING)
    assert row == READ
    assert row.is_free
    assert row.mark is Match.MATCH
    assert (row.now, row.verdict) == (READING.now, READING.verdict)


@pytest.mark.parametrize(
    ("share", "now"),
    [(-0.1, "0 %"), (0.0, "0 %"), (0.999, "99 %"), (1.0, "100 %"), (1.5, "100 %")],
)
def test_progress_is_rounded_down_and_kept_in_bounds(share: float, now: str) -> None:
    assert NEW.running(share).now == now


def test_at_zero_percent_it_runs_already() -> None:
    assert not NEW.running(0).is_free
    assert NEW.running(0).verdict == "Running, 0 %"


def test_words_tell_the_reading_only_while_it_holds() -> None:
    assert "xorviz 25 of 30, median 730. Matches in all." in READ.spoken
    assert "xorviz" not in READ.running(0.5).spoken
    assert "xorviz" not in READ.waiting().spoken


def test_the_details_are_what_was_compared_and_how() -> None:
    verdict, compared, recipe, notes, source = READ.paragraphs
    assert verdict == "Matches in all."
    assert compared == "largest step: 2\u202f489, published 2\u202f489"
    assert recipe.startswith("Recipe: 2-2-1")
    assert notes.startswith("How many converge")
    assert source == f"Source: {HINTON.source}."
    for row in (NEW, READ.waiting(), READ.running(0.5)):
        assert len(row.paragraphs) == 4
    assert not any(THIN_SPACE in paragraph for paragraph in READ.paragraphs)


def test_a_tip_is_wrapped_below_its_title() -> None:
    title, *lines = READ.tip.split("\n")
    assert title == HINTON.title
    assert max(map(len, lines)) <= 72
    assert " ".join(lines) == " ".join(READ.paragraphs)


def test_a_narrow_place_has_the_numbers() -> None:
    assert shorter("25 of 30, median 730") == "25 of 30 · 730"
    assert shorter("98.8 %") == "98.8 %"


def test_the_summary_counts_what_holds_now() -> None:
    soft = NEW.finished(ExperimentResult("r = 0", Match.SOFT, "Soft", ()))
    miss = NEW.finished(ExperimentResult("24 of 30", Match.MISS, "Misses", ()))
    assert summary([NEW, NEW.waiting(), READ.running(0.5)]) == ""
    assert summary([READ, NEW, soft, READ]) == "2 matched · 1 soft"
    assert summary([READ, soft, miss]) == "1 missed · 1 matched · 1 soft"
