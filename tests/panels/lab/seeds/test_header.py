"""The header of the seeds panel: wrapping, progress and accessible name."""

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import with_outcomes
from tests.support.screen import is_near, pixel, shown
from xorviz.core.diagnosis.stuck_states import THREE_ROWS
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT
from xorviz.panels.lab.seeds.header import SeedHead
from xorviz.panels.lab.seeds.headline import Headline
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

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
