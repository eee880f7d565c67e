"""What a picture in a file is to be like: its size, resolution and background. Loads no Qt."""

import re
from dataclasses import dataclass

from xorviz.core.rules import Choice, Whole

MM_PER_INCH = 25.4
SCREEN_DPI = 96
"""Pixels of the screen per inch, as style sheets count them."""

BACKGROUND = Choice(("white", "transparent", "dark"))
"""What a picture is painted on, in colours that are readable there. Papers are white."""
DPI, PNG_DPI = Whole(50, 1200), 300
"""Pixels per inch that a PNG may have, and that are sharp in print."""
DRAWINGS = ("svg", "pdf")
"""Pictures that are sharp at any size, and so have no resolution."""
PICTURES = ("png", *DRAWINGS)

_LIMITS = {"mm": (10, 1000), "px": (40, 16_000)}
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)(?:(?:mm|px)?[x×*](\d+(?:[.,]\d+)?))?(mm|px)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a picture in mm or px; without a height it keeps its shape."""

    width: float
    height: float | None
    unit: str


class SizeRule:
    """The rule of what may be typed for a size; no text is the size on screen."""

    allowed = (
        "a width such as 85 mm or 1200 px, or a width and a height such as 120 x 90 mm; from 10 to "
        "1000 mm or 40 to 16000 px"
    )

    def parse(self, text: str) -> Size | None:
        """Return a size, None if there is no text. Raises ValueError."""
        packed = "".join(text.split()).lower()
        if not packed:
            return None
        if (found := _SIZE.fullmatch(packed)) is None:
            raise ValueError(self.allowed)
        sides = [float(side.replace(",", ".")) for side in found.groups()[:2] if side]
        low, high = _LIMITS[found[3]]
        if not all(low <= side <= high for side in sides):
            raise ValueError(self.allowed)
        return Size(sides[0], sides[1] if len(sides) == 2 else None, found[3])

    def check(self, value: object) -> str:
        """Return a size as text."""
        if not isinstance(value, str):
            raise ValueError(self.allowed)
        self.parse(value)
        return value


SIZE = SizeRule()


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """What the export dialog and the command line ask of a picture. A value."""

    size: Size | None = None
    """None for that on screen."""
    dpi: float = SCREEN_DPI
    """Pixels per inch of a PNG; the text of a panel is as large as on a screen with SCREEN_DPI."""
    background: str = "white"

    @property
    def is_clear(self) -> bool:
        """Whether there is nothing behind the picture."""
        return self.background == "transparent"

    def inches(self, kind: str, shape: tuple[float, float]) -> tuple[float, float]:
        """Return width and height of a picture of a kind, whose shape is given in screen pixels."""
        if self.size is None:
            return shape[0] / SCREEN_DPI, shape[1] / SCREEN_DPI
        per_pixel = SCREEN_DPI if kind in DRAWINGS else self.dpi
        per_inch = MM_PER_INCH if self.size.unit == "mm" else per_pixel
        height = self.size.height or self.size.width * shape[1] / shape[0]
        return self.size.width / per_inch, height / per_inch

    def layout(
        self, kind: str, shape: tuple[float, float], least: tuple[int, int]
    ) -> tuple[int, int]:
        """Return the screen pixels in which a panel is laid out for a picture of a kind.

        Its text then has its true size, but where the panel needs more space than the picture
        has: then all is smaller.
        """
        if self.size is None:
            return round(shape[0]), round(shape[1])
        across, up = (SCREEN_DPI * side for side in self.inches(kind, shape))
        grown = max(1, least[0] / across, least[1] / up)
        return round(across * grown), round(up * grown)
