"""The styles of the curves of runs."""

from dataclasses import dataclass

from PySide6.QtGui import QPen

from xorviz.core.runs.project import MOST_PINNED
from xorviz.ui.plot.lines import SOLID, stroke_pen
from xorviz.ui.theme.palette import DARK, Theme

WIDTH = 1.5
"""Of a line, in logical pixels."""

DASHED = (6.0, 4.0)
"""Lengths of line and gap, in pixels."""

_HUES = (
    ("#0C97D9", "#AFC8FF"),
    ("#B58A65", "#F5C288"),
    ("#E3478F", "#BD3377"),
    ("#6A7615", "#4D791A"),
    ("#643386", "#715FCD"),
    ("#7B2425", "#D87768"),
)
"""Blue, orange, pink, olive, violet and red, for the light and the dark theme.

Found by a search: contrast with the panel at least 3 to 1; CIEDE2000 of at least 15 from the
others, the ink and the accent, also with any of the three kinds of colour blindness.
"""


@dataclass(frozen=True, slots=True)
class RunStyle:
    """Colour and dash of a pinned run's curve."""

    light: str
    dark: str
    """The colour in each theme, as #RRGGBB."""
    dash: tuple[float, ...]
    """SOLID, or the lengths of line and gap, in pixels."""

    def color(self, theme: Theme) -> str:
        """Return the colour in a theme."""
        return self.dark if theme.name == DARK.name else self.light

    def pen(self, theme: Theme, width: float = WIDTH) -> QPen:
        """Return the pen of a width; not cosmetic, which is hair-thin on high-DPI screens."""
        return stroke_pen(theme, self.color(theme), width, self.dash)


RUN_STYLES: tuple[RunStyle, ...] = tuple(
    RunStyle(light, dark, dash) for dash in (SOLID, DASHED) for light, dark in _HUES
)
assert len(RUN_STYLES) == MOST_PINNED

BESIDE = RunStyle("#CD46FF", "#C800FF", SOLID)
"""Of run B side by side with A: a purple, at least 16 from the others and far from the ink."""

DRAWN = RunStyle("#4D3EFF", "#998CF7", (3.0, 3.0))
"""A violet that is at least 14 from all of these in CIEDE2000, in shorter dashes than theirs."""
