"""Animated GIFs, written by Pillow. Shapes: h by w pixels, n colours."""

import io
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]

LAST_FRAME_MS = 2000
"""Minimum time for the last frame before the animation repeats."""
PILLOW_MISSING = "Animated GIFs need Pillow: pip install 'xorviz[gif]'"

_COLORS = 255
_UNKNOWN = 255
"""Stands for a colour whose palette index has not been computed."""
_EXACT = 48
"""Number of most frequent colours that are kept exactly."""
_SHORTEST_MS, _LONGEST_MS = 20, 655_350


def is_available() -> bool:
    """Return whether Pillow is installed."""
    return find_spec("PIL") is not None


class GifWriter:
    """Collects frames, a byte for each pixel. All share 255 colours, so that nothing flickers.

    Pillow's own search for the nearest colour would be shorter, but does not find white and black.
    """

    def __init__(self, samples: Sequence[Pixels]) -> None:
        """Choose the colours from sample frames (h, w, 3). Needs Pillow."""
        self._palette = _palette(np.concatenate([s.reshape(1, -1, 3) for s in samples], axis=1))
        self._numbers = np.full(1 << 24, _UNKNOWN, np.uint8)
        self._frames: list[Image] = []

    def add(self, frame: Pixels) -> None:
        """Append a frame (h, w, 3), of the size of the samples."""
        from PIL.Image import fromarray  # noqa: PLC0415

        colors = frame @ np.array([1 << 16, 1 << 8, 1])
        new = np.unique(colors[self._numbers[colors] == _UNKNOWN])
        for some in np.array_split(new, 1 + len(new) // 4096):
            self._numbers[some] = _nearest(self._palette, some[:, np.newaxis] >> (16, 8, 0) & 255)
        image = fromarray(self._numbers[colors])
        image.putpalette(self._palette.tobytes())
        self._frames.append(image)

    def finish(self, milliseconds: float) -> bytes:
        """Return the file; each frame's duration is rounded to hundredths of a second.

        Frames that are equal are joined. Takes about 3 ms for each.
        """
        durations = [milliseconds] * (len(self._frames) - 1) + [max(milliseconds, LAST_FRAME_MS)]
        in_range = [10 * round(min(max(ms, _SHORTEST_MS), _LONGEST_MS) / 10) for ms in durations]
        first, *others = self._frames
        file, how = io.BytesIO(), {"duration": in_range, "loop": 0, "optimize": False}
        first.save(file, "GIF", save_all=True, append_images=others, **how)
        return file.getvalue()


def _palette(sample: Pixels) -> Pixels:
    """Return at most 255 colours (n, 3): the most frequent, and others that stand for the rest.

    These are chosen by median cut (Heckbert 1982).
    """
    from PIL.Image import Quantize, fromarray  # noqa: PLC0415

    counted = sorted(fromarray(sample).getcolors(1 << 24) or (), reverse=True)
    colors = np.array([color for _, color in counted], np.uint8)
    if len(colors) <= _COLORS:
        return colors
    rest = fromarray(colors[np.newaxis, _EXACT:]).quantize(_COLORS - _EXACT, Quantize.MEDIANCUT)
    reduced = np.array(rest.getpalette(), np.uint8).reshape(-1, 3)
    return np.concatenate((colors[:_EXACT], reduced[: _COLORS - _EXACT]))


def _nearest(palette: Pixels, colors: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the index of the palette colour nearest to each colour (n, 3)."""
    # |p - c|² without |c|², which is the same for all p; exact, since all values are below 2²⁴.
    p, c = palette.astype(np.float32), colors.astype(np.float32)
    nearest: NDArray[np.intp] = np.argmin((p**2).sum(axis=1) - 2 * (c @ p.T), axis=1)
    return nearest
