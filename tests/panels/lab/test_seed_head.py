"""The header of the seeds panel: wrapping, progress and accessible name."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import trained_seeds, with_outcomes
from tests.support.screen import is_near, pixel, shown
from xorviz.core.diagnosis.stuck_states import THREE_ROWS
from xorviz.panels.lab.lab_seeds import Headline, SeedHead, seed_readout
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, RIGHT_SO_FAR
from xorviz.ui.theme.palette import DARK, LIGHT, Theme


def test_a_done_plan_has_a_rate_with_its_interval() -> None:
    headline = Headline.of(with_outcomes([RIGHT] * 425 + [THREE_ROWS] * 75))
    assert (headline.number, headline.word) == ("85.0\u00a0%", "correct")
    assert headline.notes[0] == "425 of 500 seeds; 95\u00a0% interval 81.6 to 87.9"
    assert headline.notes[1] == "learned 85.0\u00a0%"
    assert headline.short_notes == ("81.6 to 87.9\u00a0%", "425 of 500")
    assert headline.progress is None
    assert headline.recipe.startswith("width 3 · rate 0.5")


def test_rates_near_0_and_100_percent() -> None:
    assert "interval 0.0 to 27.8" in Headline.of(with_outcomes([THREE_ROWS] * 10)).notes[0]
    assert "interval 72.2 to 100.0" in Headline.of(with_outcomes([RIGHT] * 10)).notes[0]
    assert Headline.of(with_outcomes([RIGHT])).notes[0].startswith("1 of 1 seed;")
    headline = Headline.of(with_outcomes([RIGHT] * 9_999 + [THREE_ROWS]))
    assert headline.number == "99.9\u00a0%"
    assert headline.short_notes[0] == "99.9 to 100.0\u00a0%"


def test_during_training_networks_once_right_are_counted() -> None:
    headline = Headline.of(with_outcomes([RIGHT, THREE_ROWS, RIGHT_SO_FAR, NOT_YET]))
    assert (headline.number, headline.word) == ("2 of 4", "correct so far")
    assert headline.progress == 0.75
    assert headline.notes == ("75\u00a0% done",)


def test_a_network_stopped_early_counts_as_complete_progress() -> None:
    snapshot = with_outcomes([RIGHT, NOT_YET], steps=1000)
    snapshot.steps[:] = np.array([10, 500])
    assert Headline.of(snapshot).progress == 0.75


def test_one_of_several_recipes_is_numbered() -> None:
    snapshot = trained_seeds(seeds=20, steps=1000, widths=(1, 3))
    first, second = (Headline.of(snapshot, recipe) for recipe in (0, 1))
    assert first.recipe.startswith("recipe 1 of 2: width 1")
    assert second.recipe.startswith("recipe 2 of 2: width 3")
    assert first.number == "0.0\u00a0%"
    assert second.number != first.number


def test_the_spoken_headline() -> None:
    spoken = Headline.of(with_outcomes([RIGHT] * 4)).spoken
    assert spoken.startswith("100.0\u00a0% correct; 4 of 4 seeds; 95\u00a0% interval")
    assert "width 3" in spoken


def test_a_done_network_no_longer_right_does_not_count() -> None:
    snapshot = with_outcomes([RIGHT, THREE_ROWS, RIGHT_SO_FAR, NOT_YET])
    snapshot.first_right[1] = 5
    assert Headline.of(snapshot).number == "2 of 4"


def test_a_cancelled_plan_has_a_rate_of_done_networks_only() -> None:
    outcomes = [RIGHT] * 15 + [THREE_ROWS] * 5 + [RIGHT_SO_FAR] * 10 + [NOT_YET] * 10
    headline = Headline.of(replace(with_outcomes(outcomes), is_over=True))
    assert (headline.number, headline.word) == ("75.0\u00a0%", "correct")
    assert headline.notes[0] == "15 of 20 that finished; 95\u00a0% interval 53.1 to 88.8"
    assert headline.notes[1] == "cancelled at 75\u00a0%"
    assert headline.progress is None


@pytest.mark.parametrize("early", some([["diverging"], []], 1))
def test_a_cancelled_plan_without_done_networks_has_no_rate(early: list[str]) -> None:
    snapshot = with_outcomes([*early, *[RIGHT_SO_FAR] * 30, *[NOT_YET] * 10])
    snapshot.steps[: len(early)] = 6
    headline = Headline.of(replace(snapshot, is_over=True))
    assert (headline.number, headline.word) == (f"30 of {40 + len(early)}", "correct so far")
    assert all("interval" not in note for note in (*headline.notes, *headline.short_notes))
    assert headline.notes[0].startswith("cancelled at ")
    assert headline.progress is None


def test_read_outs_of_seeds() -> None:
    names = [RIGHT, THREE_ROWS, "diverging", RIGHT_SO_FAR, NOT_YET]
    snapshot = with_outcomes(names, first_seed=40)
    assert [seed_readout(snapshot, place) for place in range(5)] == [
        "seed 40: correct, first at step 10, loss 0.0004000",
        "seed 41: three rows learned, never correct in 1\u202f000 steps, loss 0.5000",
        "seed 42: diverging, diverged at step 7, loss 0.5000",
        "seed 43: correct so far, at step 500, first at step 40",
        "seed 44: not yet correct, at step 500",
    ]


def test_the_read_out_of_a_network_no_longer_right() -> None:
    snapshot = with_outcomes(["oscillating"])
    snapshot.first_right[0] = 12
    assert seed_readout(snapshot, 0) == "seed 0: oscillating, first correct at step 12, loss 0.5000"


DONE = Headline.of(with_outcomes([RIGHT] * 17 + [THREE_ROWS] * 3))
GOING_ON = Headline.of(with_outcomes([RIGHT, NOT_YET]))


def fitted(qtbot: QtBot, headline: Headline, width: int, is_small: bool = False) -> SeedHead:
    head = SeedHead()
    head.show_headline(headline)
    return shown(qtbot, head, width, head.height_for(width, is_small))


def right_end(image: QImage) -> int:
    ground = image.pixelColor(image.width() - 1, 0)
    xs, ys = range(image.width()), range(image.height())
    return max(x for x in xs if any(image.pixelColor(x, y) != ground for y in ys))


def test_a_narrow_header_wraps(qtbot: QtBot) -> None:
    heights = [fitted(qtbot, DONE, width).height() for width in (1400, 560, 420)]
    assert heights[0] <= heights[1] < heights[2]


@pytest.mark.parametrize("width", some([260, 300, 420, 560], 1))
@pytest.mark.parametrize("is_small", [False, True])
def test_nothing_is_cut_off(qtbot: QtBot, width: int, is_small: bool) -> None:
    head = fitted(qtbot, DONE, width, is_small)
    image = head.grab().toImage()
    foot = image.pixelColor(0, image.height() - 1)
    assert all(image.pixelColor(x, image.height() - 1) == foot for x in range(width))
    assert right_end(image) < width


def test_a_small_header_keeps_the_interval(qtbot: QtBot) -> None:
    small, large = (fitted(qtbot, DONE, 284, is_small) for is_small in (True, False))
    assert small.height() < large.height() / 2
    narrow = fitted(qtbot, DONE, 180, is_small=True)
    assert narrow.height() == small.height(), "what has no room is left out"
    # The interval fits beside the number and its word.
    assert right_end(small.grab().toImage()) > 200


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_progress_is_shown_as_a_bar(qtbot: QtBot, theme: Theme) -> None:
    head = fitted(qtbot, GOING_ON, 400)
    head.apply_theme(theme)
    foot = head.rect().bottomLeft()
    assert GOING_ON.progress == 0.75
    assert is_near(pixel(head, foot + head.rect().topLeft()), QColor(theme.accent))
    for x, color in ((290, theme.accent), (310, theme.hairline)):
        foot.setX(x)
        assert is_near(pixel(head, foot), QColor(color))
    head.show_headline(DONE)
    assert not is_near(pixel(head, foot), QColor(theme.hairline), 0)


def test_accessible_name_and_tool_tip(qtbot: QtBot) -> None:
    head = fitted(qtbot, DONE, 400)
    assert head.accessibleName() == DONE.spoken
    assert head.toolTip().startswith(f"{DONE.recipe}\n\n95 % interval")
