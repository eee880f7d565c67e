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

    Pillow's own reduction of colours would be shorter, but does not keep white and black exactly.
    """

    def __init__(self, samples: Sequence[Pixels]) -> None:
        """Choose the colours from sample frames (h, w, 3). Needs Pillow."""
        self._palette = _palette(np.concatenate([_packed(sample).ravel() for sample in samples]))
        self._numbers = np.full(1 << 24, _UNKNOWN, np.uint8)
        self._frames: list[Image] = []

    def add(self, frame: Pixels) -> None:
        """Append a frame (h, w, 3), of the size of the samples."""
        from PIL.Image import fromarray  # noqa: PLC0415

        image = fromarray(self._numbered(_packed(frame)))
        image.putpalette(self._palette.astype(np.uint8).tobytes())
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

    def _numbered(self, packed: NDArray[np.int32]) -> Pixels:
        """Return the index (h, w) of the palette colour nearest to each pixel."""
        numbers = self._numbers[packed]
        is_new = numbers == _UNKNOWN
        if is_new.any():
            new = np.unique(packed[is_new])
            for some in np.array_split(new, 1 + len(new) // 4096):
                self._numbers[some] = _nearest(self._palette, _unpacked(some))
            numbers[is_new] = self._numbers[packed[is_new]]
        return numbers


def _packed(frame: Pixels) -> NDArray[np.int32]:
    """Return colours (h, w, 3) as single numbers (h, w)."""
    red, green, blue = np.moveaxis(frame.astype(np.int32), -1, 0)
    packed: NDArray[np.int32] = (red << 16) | (green << 8) | blue
    return packed


def _unpacked(colors: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return single numbers (n,) as colours (n, 3)."""
    return np.stack((colors >> 16, colors >> 8 & 255, colors & 255), axis=-1)


def _palette(packed: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return at most 255 colours (n, 3): the most frequent, and representatives of the rest."""
    colors, counts = np.unique(packed, return_counts=True)
    by_count = np.argsort(-counts, kind="stable")
    if len(colors) <= _COLORS:
        return _unpacked(colors)
    exact, rest = colors[by_count[:_EXACT]], np.sort(by_count[_EXACT:])
    return np.concatenate((_unpacked(exact), _cut(_unpacked(colors[rest]), _COLORS - _EXACT)))


def _cut(colors: NDArray[np.int32], n: int) -> NDArray[np.int32]:
    """Return n representative colours (n, 3) by median cut (Heckbert 1982)."""
    from PIL import Image  # noqa: PLC0415

    image = Image.fromarray(colors.astype(np.uint8)[None])
    reduced = image.quantize(n, method=Image.Quantize.MEDIANCUT).getpalette() or []
    return np.array(reduced, np.int32).reshape(-1, 3)[:n]


def _nearest(palette: NDArray[np.int32], colors: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the index of the palette colour nearest to each colour (n, 3)."""
    # |p - c|² without |c|², which is the same for all p; exact, since all values are below 2²⁴.
    p, c = palette.astype(np.float32), colors.astype(np.float32)
    nearest: NDArray[np.intp] = np.argmin((p**2).sum(axis=1) - 2 * (c @ p.T), axis=1)
    return nearest
