"""Colours and texts of map cells."""

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.settings import RunConfig
from xorviz.lab.results.map import MapCells, MapPlan
from xorviz.panels.lab.map.look import MapLook, compact, map_colors
from xorviz.ui.draw.cell_grid import NONE
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, contrast, luminance

PLAN = MapPlan(RunConfig(), seeds=10, across_values=(0.1, 0.5, 1), up_values=(2, 3))


def cells(
    done: list[int], right: list[int], medians: list[float], learning: tuple[int, ...] = (0,) * 6
) -> MapCells:
    columns = np.array(done), np.array(right), np.array(learning), np.array(medians)
    return MapCells(PLAN, *(column.reshape(PLAN.shape) for column in columns))


SOME = cells([10, 10, 10, 4, 4, 0], [0, 5, 10, 1, 0, 0], [np.nan, 640, 10, 4000, np.nan, np.nan])


def test_rates_are_percent_on_a_fixed_scale() -> None:
    look = MapLook.of_shares(SOME)
    assert tuple(look.texts.flat) == ("0", "50", "100", "25", "0", "")
    assert look.levels.ravel().tolist() == [0, 128, LEVELS - 1, 64, 0, NONE]
    assert look.ends == ("0", "100 %")


def test_a_share_that_would_rise_with_more_steps_has_a_plus() -> None:
    """From half a percent on: less would not change the number."""
    counts = [1000] * 6, [0, 999, 1000, 40, 0, 0], [np.nan] * 6
    look = MapLook.of_shares(cells(*counts, (900, 1, 0, 5, 4, 0)))
    assert tuple(look.texts.flat) == ("0+", "99", "100", "4+", "0", "0")
    assert look.widest == "99+"
    assert look.note == "+ some still learning"
    assert MapLook.of_shares(SOME).note == ""


def test_medians_have_a_logarithmic_scale_of_the_plan() -> None:
    look = MapLook.of_medians(SOME)
    assert tuple(look.texts.flat) == ("–", "640", "10", "4.0k", "–", "")
    half = round((LEVELS - 1) * np.log(4000 / 640) / np.log(400))
    assert look.levels.ravel().tolist() == [0, half, LEVELS - 1, 0, 0, NONE]
    assert look.ends == ("4\u202f000", "10 steps")
    plan = MapPlan(RunConfig(), seeds=1, steps=1, across_values=(1,), up_values=(2,))
    one = np.ones(plan.shape, dtype=np.int64)
    look = MapLook.of_medians(MapCells(plan, one, one, 0 * one, one.astype(float)))
    assert tuple(look.texts.flat) == ("1",)
    assert 0 <= look.levels.item() < LEVELS


@pytest.mark.parametrize(
    ("steps", "text"),
    some([(7, "7"), (640.5, "640"), (999, "999"), (999.6, "1.0k"), (1300, "1.3k"), (13_260, "13k"),
     (999_499, "999k"), (999_600, "1.0M"), (2e6, "2.0M"), (1e9, "1.0G")], 3),
)  # fmt: skip
def test_compact_numbers_of_steps(steps: float, text: str) -> None:
    assert compact(steps) == text


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_colours_are_monotonic_and_numbers_legible(theme: Theme) -> None:
    colors = map_colors(theme)
    assert len(colors) == LEVELS
    assert colors[-1][0].name().upper() == theme.accent
    assert all(contrast(fill.name(), ink.name()) >= 4.5 for fill, ink in colors)
    lights = [luminance(fill.name()) for fill, _ in colors]
    assert lights in (sorted(lights), sorted(lights, reverse=True))
