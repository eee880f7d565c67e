"""Icons at every size, in the colours of the theme."""

from importlib.resources import files

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from pytestqt.qtbot import QtBot

from tests.support.screen import is_near
from xorviz.files import assets
from xorviz.ui.chrome.icons import coloured, tinted

SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<rect width="16" height="16" fill="#000"/></svg>'
)
NAMES = sorted(
    entry.name.removesuffix(".svg")
    for entry in files("xorviz.resources").joinpath("icons").iterdir()
    if entry.name.endswith(".svg")
)


def picture(icon: QIcon, size: int, mode: QIcon.Mode = QIcon.Mode.Normal) -> QImage:
    return icon.pixmap(QSize(size, size), 1.0, mode).toImage()


def solid_colors(image: QImage) -> set[str]:
    """Return the colours of opaque pixels."""
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {color.name() for color in pixels if color.alpha() == 255}


def test_an_icon_is_drawn_for_every_size(qtbot: QtBot) -> None:
    for size in [16, 20, 24, 32, 40, 48, 64]:
        image = picture(tinted(SQUARE, "#ff8000", "#808080"), size)
        assert image.size() == QSize(size, size)
        assert solid_colors(image) == {"#ff8000"}


def test_a_disabled_icon_has_its_own_colour(qtbot: QtBot) -> None:
    icon = tinted(SQUARE, "#ff8000", "#808080")
    assert solid_colors(picture(icon, 16, QIcon.Mode.Disabled)) == {"#808080"}


def test_every_icon_is_drawn_in_the_theme_s_colour(qtbot: QtBot) -> None:
    for name in [name for name in NAMES if name not in {"run_file", "xorviz"}]:
        icon = tinted(assets.read_text(f"icons/{name}.svg"), "#0b7f73", "#808080")
        image = picture(icon, 64)
        assert solid_colors(image)
        assert all(is_near(QColor(color), "#0b7f73", tolerance=2) for color in solid_colors(image))
        assert image.pixelColor(0, 0).alpha() == 0


def test_the_program_s_own_icon_keeps_its_colours(qtbot: QtBot) -> None:
    image = picture(coloured(assets.read_text("icons/xorviz.svg")), 64)
    assert len(solid_colors(image)) > 1
    assert any(QColor(color).saturation() > 100 for color in solid_colors(image))
