"""The public function watch: shows the training loop of any program, live, in a window."""

import atexit
import os
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import RLock
from time import monotonic
from types import TracebackType
from typing import Any
from uuid import uuid4
from weakref import WeakSet

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.said import Said
from xorviz.core.rules import Choice, OrWord, SettingError, Switch, checked
from xorviz.core.runs.record import WEIGHT, WEIGHT_FIELDS
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.files.atomic import FileError
from xorviz.files.weights.known import known_of
from xorviz.files.weights.own_network import ORIENTATIONS
from xorviz.files.weights.said import TOLD, said_of
from xorviz.watching.due_calls import FRAME_SECONDS, kept_calls
from xorviz.watching.opening import Opening
from xorviz.watching.recorder import Recorder, checked_path
from xorviz.watching.states_file import Header
from xorviz.watching.telling import tell
from xorviz.watching.weight_reading import WeightReading, first_reading
from xorviz.watching.writer import RING

_SAID = (*TOLD, "targets")
"""Settings that a program may state; all others are read, or mean nothing for a watched run."""
_NEVER = float("inf")


def watch(
    name: str = "my network",
    *,
    rate: float | None = None,
    loss: str | None = None,
    activation: str | None = None,
    output: str | None = None,
    momentum: float | None = None,
    targets: str | Iterable[Any] | None = None,
    order: str | Iterable[Any] | None = None,
    batch: str | None = None,
    every: int = 1,
    orientation: str | None = None,
    window: bool = True,
) -> "Watch":
    """Return what shows a network that this program trains: call it with the weights.

    Give of the recipe what you know: ``batch`` is full, row or pass; ``order`` is that of the rows
    in ``targets``, 00,01,10,11 by default; ``every`` are the steps from one call to the next;
    ``orientation`` is in-out if a row of w1 is an input, out-in if it is a hidden unit. The states
    go into a file, which windows show. One is opened if there is none, unless ``window`` is false.
    If the environment variable XORVIZ_WATCH is off, there is neither. Raises SettingError.
    """
    told = {"rate": rate, "loss": loss, "activation": activation, "output": output, "batch": batch}
    said = said_of(told | {"momentum": momentum}, order, targets)
    if said.output not in {None, "sigmoid"}:
        raise SettingError(
            f"output is {said.output!r}; the window shows networks whose output unit is a sigmoid; "
            "xorviz.check_step checks others, too"
        )
    checked(OrWord(Choice(ORIENTATIONS), "none"), "orientation", orientation)
    opens = bool(checked(Switch(), "window", window))
    source = WatchedSource(name, uuid4().hex, _program(), batch=said.batch, every=every)
    return Watch(said, source, orientation, opens)


class Watch:
    """Writes the weights that it is called with into a file, which a window shows.

    A call never waits. It raises nothing but SettingError, for arrays that are no 2-H-1 network,
    until the first ones that are; what cannot be read later is left out. It costs less than a
    microsecond, 6 if a state is written, and 100 if that is of tensors or a model.
    """

    def __init__(
        self, said: Said, source: WatchedSource, orientation: str | None, opens: bool
    ) -> None:
        """Take what is known of the run, and whether a window is opened."""
        self._said, self._source = said, source
        self._orientation, self._opens = orientation, opens
        self._count = count().__next__
        """Of calls; one call takes each number, whatever thread it is from."""
        self._kept = kept_calls(may_take_rows=source.batch in {None, "row"})
        self._next_kept, self._next_time = float(next(self._kept)), 0.0
        """The next call whose state is kept, and when one of another is due."""
        self._reading: WeightReading | None = None
        self._is_plain = False
        self._last: tuple[int, tuple[Any, ...], bytes] | None = None
        """A call that was not due, since it may be the last one: its number, arrays and data."""
        self._recorder = Recorder()
        self._newest = -1
        """The newest call whose state was written."""
        self._opening: Opening | None = None
        self._is_closed = self._has_left_out = False
        self._process = os.getpid()
        self._lock = RLock()
        """Held while a state is written: a program may call from several threads."""
        _open.add(self)

    def __call__(
        self, *weights: Any, w1: Any = None, b1: Any = None, w2: Any = None, b2: Any = None
    ) -> None:
        """Show the weights: arrays in the order w1, b1, w2, b2, or by these names; or a model."""
        call = self._count()
        if call >= self._next_kept or monotonic() >= self._next_time:
            self._take(call, weights, (w1, b1, w2, b2))
        elif self._is_plain:
            try:
                self._last = call, weights, b"".join(weights)
            except Exception:  # tensors, lists, models, and arrays that are not in one piece
                self._last = None

    def record(self, path: Path | str) -> None:
        """Write the states into a file of yours, too.

        One that ends with .xwatch is written from now on as that of the window is, and can be
        watched; .npz and a run file, .xorviz, are written at the end, or at once after it. Raises
        SettingError and FileError.
        """
        file = checked_path(path)
        with self._lock:
            self._recorder.record(file)

    def close(self) -> None:
        """End: write the last state, and what is to be recorded. Raises FileError."""
        if self._is_closed:
            return
        self._is_closed = True
        if os.getpid() != self._process:
            return
        with self._lock:
            if self._reading is not None and self._last is not None:
                call, weights, data = self._last
                self._write(call, self._reading.plain_numbers(weights, data), is_kept=False)
            self._end()
            if self._opening is not None and not self._opening.is_over():
                self._opening.close()
            self._recorder.export()

    def __enter__(self) -> "Watch":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self._finish()

    def __del__(self) -> None:
        self._finish()

    def _finish(self) -> None:
        """Close, and say what fails."""
        try:
            self.close()
        except FileError as failure:
            tell(str(failure))

    def _take(self, call: int, weights: tuple[Any, ...], by_name: tuple[Any, ...]) -> None:
        """Write the state of a call that is due. Raises SettingError."""
        if os.getpid() != self._process:
            self._leave()
            tell(_ELSEWHERE)
            self._end()
            return
        with self._lock:
            if self._next_kept == _NEVER:
                return
            self._last = None
            if self._reading is None:
                numbers: Array | None = self._begin(weights, _named(by_name))
                self._count, call = count(1).__next__, 0  # whatever was wrong before
            else:
                numbers = self._later(self._reading, weights, by_name)
            is_kept = call >= self._next_kept
            while self._next_kept <= call:
                self._next_kept = next(self._kept)
            if (now := monotonic()) >= self._next_time:
                self._next_time = now + FRAME_SECONDS
            if self._opening is not None and self._opening.is_over():
                self._opening = None
            self._write(call, numbers, is_kept)

    def _begin(self, weights: tuple[Any, ...], named: dict[str, Any]) -> Array:
        """Find out how the weights are read, and begin to write. Raises SettingError."""
        reading, network = first_reading(weights, named, self._orientation)
        values = {name: getattr(self._said, name) for name in _SAID}
        given = {name: value for name, value in values.items() if value is not None}
        config = known_of(given, network=network).recipe
        numbers = reading.numbers(weights, named)
        for note in network.notes:
            if note != f"w1 as {network.weights.w1.shape}":  # which is how it is meant
                tell(note)
        source = replace(self._source, assumed=tuple(name for name in _SAID if name not in given))
        is_off = os.environ.get("XORVIZ_WATCH", "").strip().lower() == "off"
        path = self._recorder.begin(Header.of(config, source, RING), is_hidden=is_off)
        if self._opens and path is not None and not is_off:
            self._opening = Opening.where_needed(path)
        self._reading, self._is_plain = reading, bool(reading.kinds)
        return numbers

    def _later(
        self, reading: WeightReading, weights: tuple[Any, ...], by_name: tuple[Any, ...]
    ) -> Array | None:
        """Return the numbers (P,) of a call; None, and say so once, if they cannot be read."""
        numbers = reading.plain_numbers(weights) if self._is_plain else None
        if numbers is not None:
            return numbers
        try:
            return reading.numbers(weights, _named(by_name))
        except SettingError as error:
            if not self._has_left_out:
                tell(f"{error}; calls like this one are left out")
            self._has_left_out = True
            return None

    def _write(self, call: int, numbers: Array | None, is_kept: bool) -> None:
        """Write a state, if it could be read, or end where it is the last one that is shown."""
        if numbers is None or call <= self._newest:  # another thread may have been faster
            return
        step = call * self._source.every
        # No sum or product: they may warn or raise, as the program has asked NumPy to.
        low, high = numbers.item(numbers.argmin()), numbers.item(numbers.argmax())
        if WEIGHT.low <= low and high <= WEIGHT.high and step <= MOST_STEPS:  # false for NaN
            self._newest = call
            self._recorder.add(step, numbers.tobytes(), is_kept)
            return
        diverged = not np.isfinite(numbers).all()
        if not diverged:
            what = f"a step is beyond {MOST_STEPS:g}"
            if step <= MOST_STEPS:
                what = f"a weight is beyond {WEIGHT.high:g}"
            tell(f"{what}; the run is shown no further")
        self._end(diverged)

    def _end(self, diverged: bool = False) -> None:
        """Write no more states."""
        self._next_kept = self._next_time = _NEVER
        self._is_plain, self._last = False, None
        self._recorder.end(diverged)

    def _leave(self) -> None:
        """Leave the run to the parent, in a forked process."""
        self._lock = RLock()  # another thread may have held it
        self._recorder.leave()
        self._next_kept = 0  # the next call says so
        if self._opening is not None:
            self._opening.close()


def _named(values: tuple[Any, ...]) -> dict[str, Any]:
    """Return the arrays that were given by their names."""
    return {n: value for n, value in zip(WEIGHT_FIELDS, values, strict=True) if value is not None}


def _program() -> str:
    """Return what runs here, such as train.py, Python 3.11.7."""
    script = Path(sys.argv[0]).name if getattr(sys, "argv", None) else ""
    if "ipykernel" in sys.modules:
        script = "a notebook"
    python = f"Python {platform.python_version()}"
    return f"{script}, {python}" if script not in {"", "-c", "-"} else python


_ELSEWHERE = "this process was forked from the one that is watched; call xorviz.watch in it, too"
_open: WeakSet[Watch] = WeakSet()


def _for_all(do: Callable[[Watch], None]) -> None:
    for see in list(_open):
        do(see)


atexit.register(_for_all, Watch._finish)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=partial(_for_all, Watch._leave))
