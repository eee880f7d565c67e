"""The colours and lines by which kept runs are told apart."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from xorviz.core.runs.project import MOST_PINNED
from xorviz.ui.theme.palette import DARK, Theme

WIDTH = 1.5
"""Of a line, in pixels that do not depend on the screen."""

SOLID: tuple[float, ...] = ()
DASHED = (6.0, 4.0)
"""Lengths of line and gap in pixels."""

SWATCH_WIDTH, SWATCH_HEIGHT = 28, 12
_SWATCH_RATIO = 3.0
"""Sharp at any scale factor up to this one."""

_HUES = (
    ("#0C97D9", "#AFC8FF"),
    ("#B58A65", "#F5C288"),
    ("#E3478F", "#BD3377"),
    ("#6A7615", "#4D791A"),
    ("#643386", "#715FCD"),
    ("#7B2425", "#D87768"),
)
"""Blue, orange, pink, olive, violet and red, for the light and the dark theme.

Found by a search: each stands out from the panel by 3 to 1 at least, and from the others, the ink
and the accent by a CIEDE2000 of 15, with any of the three kinds of colour blindness too.
"""


@dataclass(frozen=True, slots=True)
class RunStyle:
    """How the curve of one kept run is drawn."""

    light: str
    dark: str
    """Its colour in each theme, as #RRGGBB."""
    dash: tuple[float, ...]
    """SOLID, or the lengths of line and gap in pixels."""

    def color(self, theme: Theme) -> str:
        """Return its colour in a theme."""
        return self.dark if theme.name == DARK.name else self.light


RUN_STYLES: tuple[RunStyle, ...] = tuple(
    RunStyle(light, dark, dash) for dash in (SOLID, DASHED) for light, dark in _HUES
)
assert len(RUN_STYLES) == MOST_PINNED


def pen(style: int, theme: Theme) -> QPen:
    """Return the pen of a kept run. Not a cosmetic one: that would be hair-thin on fine screens."""
    drawn = RUN_STYLES[style]
    return line_pen(drawn.color(theme), WIDTH, drawn.dash)


def line_pen(color: str, width: float, dash: tuple[float, ...] = SOLID) -> QPen:
    """Return a pen with flat ends, which leave a gap as long as it is said to be."""
    made = QPen(QColor(color), width)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash:
        made.setDashPattern([length / width for length in dash])
    return made


def swatch(style: int, theme: Theme) -> QPixmap:
    """Return a short line in the style of a kept run: 28 x 12 px, sharp on fine screens too."""
    picture = QPixmap(round(SWATCH_WIDTH * _SWATCH_RATIO), round(SWATCH_HEIGHT * _SWATCH_RATIO))
    picture.setDevicePixelRatio(_SWATCH_RATIO)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen(style, theme))
    middle = SWATCH_HEIGHT / 2
    painter.drawLine(QPointF(0, middle), QPointF(SWATCH_WIDTH, middle))
    painter.end()
    return picture
