"""Animated GIFs, written frame by frame. Shapes: h by w pixels, n colours."""

import io
import struct
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

LAST_FRAME_MS = 2000
"""Minimum time for the last frame before the animation repeats."""

_COLORS = 255
_UNKNOWN = 255
"""Stands for a colour whose palette index has not been computed."""
_EXACT = 48
"""Number of most frequent colours that are kept exactly."""
_LONGEST_MS = 655_350
_HEADER = "<6sHHBBB"
_NETSCAPE = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
"""Repeat endlessly."""
_HEADER_BYTES = struct.calcsize(_HEADER) + 3 * 256
_IMAGE, _TRAILER = b"\x2c", b"\x3b"


PILLOW_MISSING = "Animated GIFs need Pillow: pip install 'xorviz[gif]'"


def is_available() -> bool:
    """Return whether Pillow is installed."""
    return find_spec("PIL") is not None


class GifWriter:
    """Compresses each frame as it is added; memory is the size of the file plus 17 MB.

    All frames share 255 colours, so that nothing flickers.
    """

    def __init__(self, samples: Sequence[Pixels]) -> None:
        """Choose the colours from sample frames (h, w, 3). Needs Pillow."""
        self._height, self._width, _ = samples[0].shape
        self._palette = _palette(np.concatenate([_packed(sample).ravel() for sample in samples]))
        self._numbers = np.full(1 << 24, _UNKNOWN, np.uint8)
        self._last: Pixels | None = None
        self._images: list[bytes] = []

    def add(self, frame: Pixels) -> None:
        """Append a frame (h, w, 3), of the size of the samples."""
        pixels = self._numbered(_packed(frame))
        top, bottom, left, right = _changed(self._last, pixels)
        self._last = pixels
        part = pixels[top:bottom, left:right]
        self._images.append(_image(part, left, top))

    def finish(self, milliseconds: float) -> bytes:
        """Return the file; each frame's duration is rounded to hundredths of a second."""
        start = struct.pack(_HEADER, b"GIF89a", self._width, self._height, 0b1111_0111, 0, 0)
        palette = self._palette.astype(np.uint8).tobytes() + bytes(3 * (256 - len(self._palette)))
        control, last = _control(milliseconds), _control(max(milliseconds, LAST_FRAME_MS))
        frames = [control + image for image in self._images[:-1]]
        return b"".join([start, palette, _NETSCAPE, *frames, last, self._images[-1], _TRAILER])

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


def _changed(last: Pixels | None, pixels: Pixels) -> tuple[int, int, int, int]:
    """Return top, bottom, left and right of the changed part; a single pixel if nothing changed."""
    if last is None:
        return 0, len(pixels), 0, len(pixels[0])
    differs = last != pixels
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return 0, 1, 0, 1
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _image(part: Pixels, left: int, top: int) -> bytes:
    """Return the GIF block for a part of a frame (h, w): its position and compressed pixels."""
    from PIL import Image  # noqa: PLC0415

    file = io.BytesIO()
    # As grey levels; without Pillow's palette, the indices refer to the file's own.
    Image.fromarray(np.ascontiguousarray(part)).save(file, "GIF", optimize=False, interlace=0)
    height, width = part.shape
    place = struct.pack("<cHHHHB", _IMAGE, left, top, width, height, 0)
    return place + file.getvalue()[_HEADER_BYTES + len(place) : -len(_TRAILER)]


def _control(milliseconds: float) -> bytes:
    """Return the block before a frame: its duration, and to keep it below the next."""
    hundredths = round(min(max(milliseconds, 20), _LONGEST_MS) / 10)
    return struct.pack("<4sHBB", b"\x21\xf9\x04\x04", hundredths, 0, 0)
