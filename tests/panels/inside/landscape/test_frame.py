"""Layout of a landscape: parts apart and inside, and coordinates."""

import pytest
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.snapshots import QUICK, trained
from xorviz.core.analysis.landscape import Landscape, LandscapeQuestion
from xorviz.core.analysis.planes import PlaneKind
from xorviz.panels.inside.landscape.frame import Frame

NOTES = [
    "One sentence, of a length that needs a panel with room to spare for it.",
    "Another one, about as long as the first one was before it.",
    "A slice.",
]
SIZES = [(200, 150), (240, 200), (480, 400), (900, 700)]


@pytest.fixture
def metrics(qtbot: QtBot) -> QFontMetricsF:
    return QFontMetricsF(QFont())


@pytest.fixture
def landscape() -> Landscape:
    return LandscapeQuestion(trained(QUICK, 100), PlaneKind.CURVATURE, (0, 1)).answer()


def framed(width: int, height: int, landscape: Landscape, metrics: QFontMetricsF) -> Frame:
    return Frame.of(QSizeF(width, height), landscape, NOTES, metrics)


@pytest.mark.parametrize(("width", "height"), some(SIZES, 1))
def test_parts_are_inside_and_do_not_overlap(
    width: int, height: int, landscape: Landscape, metrics: QFontMetricsF
) -> None:
    frame = framed(width, height, landscape, metrics)
    inside = QRectF(0, 0, width, height)
    parts = [part for part in (frame.chart.rect, frame.bar, frame.notes) if not part.isEmpty()]
    assert all(inside.contains(part) for part in parts)
    assert not any(a.intersects(b) for i, a in enumerate(parts) for b in parts[:i])
    assert frame.chart.rect.height() >= 0.4 * height
    assert frame.notes.top() - frame.chart.rect.bottom() >= metrics.height()


def test_small_sizes_omit_notes_bar_and_names(landscape: Landscape, metrics: QFontMetricsF) -> None:
    small = framed(200, 130, landscape, metrics)
    large = framed(900, 700, landscape, metrics)
    assert (small.text, large.text) == (NOTES[-1], " ".join(NOTES))
    assert (small.bar.isEmpty(), large.bar.isEmpty()) == (True, False)
    assert (small.has_names, large.has_names) == (True, True)
    assert not framed(200, 100, landscape, metrics).has_names
