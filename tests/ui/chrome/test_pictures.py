"""The colour scale, icons at every size, and a text that is replaced while it is read."""

from importlib.resources import files

import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QIcon, QImage
from pytestqt.qtbot import QtBot

from tests.support.screen import is_near, pixel, rgb, shown
from xorviz.files import assets
from xorviz.files.exports.pictures import svg_bytes
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.chrome.icons import coloured, tinted
from xorviz.ui.theme.palette import DARK, LEVELS, diverging

SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<rect width="16" height="16" fill="#000"/></svg>'
)
ICONS = files("xorviz.resources").joinpath("icons").iterdir()
NAMES = sorted(e.name.removesuffix(".svg") for e in ICONS if e.name.endswith(".svg"))
TITLES = ("−5", "0", "+5")


def picture(icon: QIcon, size: int, mode: QIcon.Mode = QIcon.Mode.Normal) -> QImage:
    return icon.pixmap(QSize(size, size), 1.0, mode).toImage()


def solid(image: QImage) -> set[tuple[int, ...]]:
    """Return the colours of opaque pixels."""
    size = range(image.width())
    is_opaque = [[image.pixelColor(x, y).alpha() == 255 for x in size] for y in size]
    return {tuple(color) for color in rgb(image)[is_opaque].tolist()}


def test_every_icon_is_drawn_in_the_theme_s_colour_but_the_program_s_own(qtbot: QtBot) -> None:
    icon = tinted(SQUARE, "#ff8000", "#808080")
    for mode, color in ((QIcon.Mode.Normal, (255, 128, 0)), (QIcon.Mode.Disabled, (128,) * 3)):
        for size in (16, 64):
            image = picture(icon, size, mode)
            assert (image.width(), solid(image)) == (size, {color})
    for name in set(NAMES) - {"run_file", "xorviz"}:
        image = picture(tinted(assets.read_text(f"icons/{name}.svg"), "#0b7f73", "#808080"), 32)
        assert solid(image), name
        assert all(max(map(abs, map(int.__sub__, color, (0x0B, 0x7F, 0x73)))) <= 2
                   for color in solid(image))  # fmt: skip
        assert image.pixelColor(0, 0).alpha() == 0
    own = solid(picture(coloured(assets.read_text("icons/xorviz.svg")), 32))
    assert any(max(color) - min(color) > 100 for color in own)
    assert len(own) > 1


def test_a_colour_scale_has_the_colours_of_the_map_spread_evenly(qtbot: QtBot) -> None:
    strip = shown(qtbot, ColorBar(diverging), 201, 40)
    strip.apply_theme(DARK)
    for x in (0, 50, 100, 200):
        fill, _ = diverging(DARK)[round(x / 200 * (LEVELS - 1))]
        assert is_near(pixel(strip, QPoint(x, 3)), fill.name())


@pytest.mark.parametrize(("width", "labels"), [(300, TITLES), (30, ("−5", "+5"))])
@pytest.mark.parametrize("title", ["", "weight"])
def test_a_colour_scale_has_the_labels_that_fit_and_a_title_beside_it(
    qtbot: QtBot, width: int, labels: tuple[str, ...], title: str
) -> None:
    strip = ColorBar(diverging, title)
    strip.set_labels(TITLES)
    shown(qtbot, strip, width + (60 if title else 0), 60)
    of = f" of {title}" if title else ""
    assert strip.accessibleName() == f"Colours{of} from −5 to +5"
    texts = [part.rpartition(">")[2] for part in svg_bytes(strip).decode().split("</text>")[:-1]]
    assert [text for text in texts if text] == ([title] if title else []) + [*labels]
    assert (strip.bar.left() > strip.fontMetrics().horizontalAdvance(title)) == bool(title)
    strip.set_labels(("0", "1"), "gradient")
    assert strip.accessibleName() == "Colours of gradient from 0 to 1"
