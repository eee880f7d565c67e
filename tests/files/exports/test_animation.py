"""Animated GIFs as another program reads them."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from xorviz.files.exports.animation import LAST_FRAME_MS, GifWriter

Pixels = NDArray[np.uint8]

GROUND, INK = (244, 245, 247), (29, 38, 48)


def plain(height: int, width: int, color: Sequence[int] = GROUND) -> Pixels:
    return np.full((height, width, 3), color, np.uint8)


def moving_square(n: int) -> list[Pixels]:
    """Return frames of a square that moves to the right and changes its colour."""
    frames = []
    for i in range(n):
        frame = plain(40, 60)
        frame[10:18, 3 + 2 * i : 11 + 2 * i] = (200, 30, 10 * i)
        frames.append(frame)
    return frames


def shaded(phase: float) -> Pixels:
    """Return a smooth surface of thousands of colours under a flat bar with letters' ink."""
    x, y = np.meshgrid(np.linspace(0, 3, 120), np.linspace(0, 3, 90))
    waves = [np.sin(x + phase), np.cos(y + phase), np.sin(x * y + phase)]
    frame = (np.stack(waves, axis=-1) * 100 + 128).astype(np.uint8)
    frame[:20] = GROUND
    frame[5:9, 10:50] = INK
    return frame


def written(frames: Sequence[Pixels], samples: Sequence[Pixels], ms: float = 100) -> Image.Image:
    writer = GifWriter(samples)
    for frame in frames:
        writer.add(frame)
    return Image.open(io.BytesIO(writer.finish(ms)))


def read(image: Image.Image) -> list[Pixels]:
    return [np.array(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]


def durations(image: Image.Image) -> list[int]:
    return [frame.info["duration"] for frame in ImageSequence.Iterator(image)]


def test_every_frame_is_exact() -> None:
    frames = moving_square(12)
    image = written(frames, frames)
    assert image.size == (60, 40)
    assert np.array_equal(read(image), frames)


def test_frames_of_any_size_survive() -> None:
    random = np.random.default_rng(3)
    palette = random.integers(0, 256, (200, 3), dtype=np.uint8)
    for size in ((301, 1), (1, 1)):
        frames = [palette[random.integers(0, 200, size)] for _ in range(2)]
        assert np.array_equal(read(written(frames, frames)), frames)


def test_equal_frames_last_as_long_as_they_would_one_by_one() -> None:
    first, second = moving_square(2)
    image = written([first, first, second, second, second], [first, second])
    assert np.array_equal(read(image), [first, second])
    assert durations(image) == [200, 200 + LAST_FRAME_MS]
    assert durations(written([first, first], [first])) == [100 + LAST_FRAME_MS]


def test_frames_have_their_duration_the_last_is_longer_and_all_repeat() -> None:
    for ms, stay in [(1000 / 15, 70), (1, 20)]:
        image = written(moving_square(3), moving_square(1), ms)
        assert durations(image) == [stay, stay, LAST_FRAME_MS]
        assert image.info["loop"] == 0
    assert durations(written(moving_square(2), moving_square(2), 5000)) == [5000, 5000]


def test_flat_colours_stay_exact_others_near_and_nothing_flickers() -> None:
    frames = [shaded(phase) for phase in np.linspace(0, 2, 4)]
    for frame in frames:
        frame[60:] = frames[0][60:]
    for frame, seen in zip(frames, read(written(frames, frames)), strict=True):
        assert (seen[:5] == GROUND).all()
        assert (seen[5:9, 10:50] == INK).all()
        assert np.abs(seen.astype(int) - frame).mean() < 8
    seen = np.array(read(written(frames, frames[:1])))
    assert (seen[:, 60:] == seen[0, 60:]).all()
