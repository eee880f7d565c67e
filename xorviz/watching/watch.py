"""The public function watch: shows the training loop of any program, live, in a window."""

import atexit
import os
from collections.abc import Iterable
from dataclasses import replace
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
from xorviz.core.runs.record import WEIGHT, weight_shapes
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.files.atomic import FileError
from xorviz.files.weights.own_network import ORIENTATIONS
from xorviz.files.weights.said import said_of
from xorviz.watching.due_calls import NEVER, Due, DueCalls
from xorviz.watching.opening import Opening
from xorviz.watching.recorder import Recorder, checked_path
from xorviz.watching.states_file import Header, known_settings
from xorviz.watching.telling import tell
from xorviz.watching.weights.plain import Copied, PlainArrays, copied, plain_arrays
from xorviz.watching.weights.reading import WeightReading, first_reading
from xorviz.watching.weights.settings import is_switched_off, program_name, settings_of
from xorviz.watching.writer import RING


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
    source = WatchedSource(name, uuid4().hex, program_name(), batch=said.batch, every=every)
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
        self._call, self._next_call, self._next_time = -1, 0.0, 0.0
        """The newest call, and what is due after it."""
        self._calls = DueCalls(may_take_rows=source.batch in {None, "row"})
        self._reading: WeightReading | None = None
        self._plain: PlainArrays | None = None
        self._last: Copied | None = None
        """Of a call that was not due, since it may be the last one."""
        self._recorder = Recorder()
        self._written = -1
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
        self._call = call = self._call + 1
        if call >= self._next_call or monotonic() >= self._next_time:
            named = {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
            with self._lock:
                self._take(
                    call, weights, {k: value for k, value in named.items() if value is not None}
                )
        elif self._plain is not None:
            try:  # as copied does it; a call would cost as much again
                self._last = weights, b"".join(weights)
            except Exception:
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
        if self._recorder.is_asked:
            _recording.add(self)

    def close(self) -> None:
        """End: write the last state, and what is to be recorded. Raises FileError."""
        with self._lock:
            if self._is_closed or os.getpid() != self._process:
                return
            numbers = self._read(self._last)  # of the last call, if it was not due
            if numbers is not None:
                self._add(self._call, numbers, is_kept=False)
            self._end()
            self._is_closed = True
        _open.discard(self)
        _recording.discard(self)
        self._recorder.export()

    def __enter__(self) -> "Watch":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.close()
        except FileError as failure:
            if error is None:
                raise
            tell(str(failure))

    def _take(self, call: int, weights: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Write the state of a call that is due. Raises SettingError."""
        self._last = None
        if self._is_closed or os.getpid() != self._process:
            tell(_ELSEWHERE)
            self._wait_for(NEVER)
            return
        if self._reading is None:
            numbers: Array | None = self._begin(weights, named)
            self._call = call = 0  # whatever was wrong before
        else:
            numbers = self._later(self._reading, weights, named)
        if self._opening is not None and self._opening.is_over():
            self._opening = None
        is_kept = self._calls.is_kept(call)
        self._wait_for(self._calls.after(call, monotonic()))
        if numbers is not None:
            self._add(call, numbers, is_kept)

    def _wait_for(self, due: Due) -> None:
        """Do nothing until then but count."""
        self._next_call, self._next_time = due

    def _read(self, weights: Copied | None) -> Array | None:
        """Return the numbers (P,) of plain arrays, or None."""
        if self._plain is None or weights is None:
            return None
        return self._plain.parameters(weights)

    def _add(self, call: int, numbers: Array, is_kept: bool) -> None:
        """Write a state, or end where it is the last one that can be shown."""
        if not numbers.dot(numbers) <= WEIGHT.high:  # false for NaN, too
            largest = np.abs(numbers).max()
            if not np.isfinite(largest):
                self._end(diverged=True)
                return
            if largest > WEIGHT.high:
                tell(f"a weight is larger than {WEIGHT.high:g}; the run is shown no further")
                self._end()
                return
        step = call * self._source.every
        if step > MOST_STEPS:
            tell(f"step {step} is beyond {MOST_STEPS:g}; the run is shown no further")
            self._end()
        elif call > self._written:  # another thread may have been faster
            self._written = call
            self._recorder.add(step, numbers.tobytes(), is_kept)

    def _begin(self, weights: tuple[Any, ...], named: dict[str, Any]) -> Array:
        """Find out how the weights are read, and begin to write. Raises SettingError."""
        reading, network = first_reading(weights, named, self._orientation)
        config, assumed = settings_of(self._said, network)
        for note in network.notes:
            if note != f"w1 as {network.weights.w1.shape}":  # which is how it is meant
                tell(note)
        self._reading = reading
        self._plain = None if named else plain_arrays(weights, reading.places)
        source = replace(self._source, assumed=assumed)
        header = Header(source, known_settings(config), weight_shapes(config), RING)
        is_found = not is_switched_off()
        file = self._recorder.begin(header, is_found)
        if self._opens and file is not None:
            self._opening = Opening.where_needed(file)
        return reading.parameters(weights, named)

    def _later(
        self, reading: WeightReading, weights: tuple[Any, ...], named: dict[str, Any]
    ) -> Array | None:
        """Return the numbers (P,) of a call; None, and say so once, if they cannot be read."""
        quickly = None if self._plain is None else self._read(copied(weights))
        try:
            return reading.parameters(weights, named) if quickly is None else quickly
        except SettingError as error:
            if not self._has_left_out:
                tell(f"{error}; calls like this one are left out")
            self._has_left_out = True
            return None

    def _end(self, diverged: bool = False) -> None:
        """Write no more states."""
        self._wait_for(NEVER)
        self._plain = None
        self._recorder.end(max(0, self._call) * self._source.every, diverged)

    def _forget(self) -> None:
        """Leave the run to the parent, in a forked process."""
        self._lock = RLock()  # another thread may have held it
        self._wait_for(Due())
        self._plain, self._is_closed = None, True
        self._recorder.leave()
        if self._opening is not None:
            self._opening.close()


_ELSEWHERE = "this process was forked from the one that is watched; call xorviz.watch in it, too"
_open: WeakSet[Watch] = WeakSet()
_recording: set[Watch] = set()
"""Not to be lost before they are written."""


def _close_all() -> None:
    """Close what a program has left open at its end."""
    for see in list(_open):
        try:
            see.close()
        except FileError as error:
            tell(str(error))


def _forget_all() -> None:
    for see in list(_open):
        see._forget()
    _recording.clear()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
