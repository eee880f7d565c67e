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
from weakref import WeakSet, finalize

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.said import Said
from xorviz.core.rules import Choice, OrWord, SettingError, Switch, checked
from xorviz.core.runs.record import WEIGHT
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.files.atomic import FileError
from xorviz.files.weights.own_network import ORIENTATIONS
from xorviz.files.weights.said import said_of
from xorviz.watching.due_calls import NEVER, Due, DueCalls
from xorviz.watching.kept_states import KeptStates
from xorviz.watching.records import checked_path, write
from xorviz.watching.sender import Sender
from xorviz.watching.telling import tell
from xorviz.watching.weights.plain import Copied, PlainArrays, copied, plain_arrays
from xorviz.watching.weights.reading import WeightReading, first_reading
from xorviz.watching.weights.settings import is_switched_off, program_name, settings_of


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
    ``orientation`` is in-out if a row of w1 is an input, out-in if it is a hidden unit. A window
    is looked for, and opened if there is none, unless ``window`` is false or the environment
    variable XORVIZ_WATCH is off. Raises SettingError.
    """
    told = {"rate": rate, "loss": loss, "activation": activation, "output": output, "batch": batch}
    said = said_of(told | {"momentum": momentum}, order, targets)
    if said.output not in {None, "sigmoid"}:
        raise SettingError(
            f"output is {said.output!r}; the window shows networks whose output unit is a sigmoid; "
            "xorviz.check_step checks others, too"
        )
    checked(OrWord(Choice(ORIENTATIONS), "none"), "orientation", orientation)
    is_shown = checked(Switch(), "window", window) and not is_switched_off()
    source = WatchedSource(name, uuid4().hex, program_name(), batch=said.batch, every=every)
    return Watch(said, source, orientation, is_shown)


class Watch:
    """Keeps the weights that it is called with, and shows them in a window.

    A call never waits. It raises nothing but SettingError, for arrays that are no 2-H-1 network,
    until the first ones that are; what cannot be read later is left out. It costs less than 5
    microseconds, and less than 100 if a state is kept.
    """

    def __init__(
        self, said: Said, source: WatchedSource, orientation: str | None, is_shown: bool
    ) -> None:
        """Take what is known of the run."""
        self._said, self._source = said, source
        self._orientation, self._is_shown = orientation, is_shown
        self._call, self._next_call, self._next_time = -1, 0.0, 0.0
        """The newest call, and what is due after it."""
        self._calls = DueCalls(source.every)
        self._reading: WeightReading | None = None
        self._plain: PlainArrays | None = None
        self._last: Copied | None = None
        """Of a call that was not due, since it may be the last one."""
        self._kept: KeptStates | None = None
        self._sender: Sender | None = None
        self._paths: list[Path] = []
        self._is_closed = self._has_left_out = False
        self._lock = RLock()
        """Held while a state is kept: a program may call from several threads."""
        _open.add(self)

    def __call__(
        self, *weights: Any, w1: Any = None, b1: Any = None, w2: Any = None, b2: Any = None
    ) -> None:
        """Show the weights: arrays in the order w1, b1, w2, b2, or by these names; or a model."""
        self._call = call = self._call + 1
        if call >= self._next_call or monotonic() >= self._next_time:
            named = {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
            with self._lock:
                self._keep(weights, {k: value for k, value in named.items() if value is not None})
        elif self._plain is not None:
            try:  # as copied does it; a call would cost as much again
                self._last = weights, b"".join(weights)
            except Exception:
                self._last = None

    def record(self, path: Path | str) -> None:
        """Write the kept states at the end, or at once after it: .npz or a run file, .xorviz.

        Raises SettingError and FileError.
        """
        file = checked_path(path)
        if self._is_closed:
            self._write(file)
        else:
            self._paths.append(file)
            _recording.add(self)

    def close(self) -> None:
        """End: write what is to be recorded, and wait until an open window has got all.

        Raises FileError.
        """
        with self._lock:
            if self._is_closed:
                return
            numbers = self._read(self._last)  # of the last call, if it was not due
            if numbers is not None and self._kept is not None:
                self._add(numbers, self._kept)
            self._end()
            self._is_closed = True
        _open.discard(self)
        _recording.discard(self)
        try:
            for path in self._paths:
                self._write(path)
        finally:
            if self._sender is not None:
                self._sender.finish()

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

    def _keep(self, weights: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Keep the state of a call that is due. Raises SettingError."""
        self._last = None
        if self._is_closed:
            tell(_ELSEWHERE)
            self._wait_for(NEVER)
            return
        numbers: Array | None
        if self._reading is None or self._kept is None:
            numbers, kept = self._begin(weights, named)
        else:
            numbers, kept = self._later(self._reading, weights, named), self._kept
        self._wait_for(self._calls.after(self._call, monotonic()))
        if numbers is not None:
            self._add(numbers, kept)

    def _wait_for(self, due: Due) -> None:
        """Do nothing until then but count."""
        self._next_call, self._next_time = due

    def _read(self, weights: Copied | None) -> Array | None:
        """Return the numbers (P,) of plain arrays, or None."""
        if self._plain is None or weights is None:
            return None
        return self._plain.parameters(weights)

    def _add(self, numbers: Array, kept: KeptStates) -> None:
        if not np.abs(numbers).max() <= WEIGHT.high:  # false for NaN, too
            if np.isfinite(numbers).all():
                tell(f"a weight is larger than {WEIGHT.high:g}; the run is shown no further")
            else:
                kept.diverge()
            self._end()
            return
        step = self._call * self._source.every
        if step > MOST_STEPS:
            tell(f"step {step} is beyond {MOST_STEPS:g}; the run is shown no further")
            self._end()
            return
        kept.add(step, numbers)
        if self._sender is not None:
            self._sender.wake()

    def _begin(self, weights: tuple[Any, ...], named: dict[str, Any]) -> tuple[Array, KeptStates]:
        """Find out how the weights are read. Raises SettingError."""
        self._call = 0  # whatever was wrong before
        reading, network = first_reading(weights, named, self._orientation)
        config, assumed = settings_of(self._said, network)
        for note in network.notes:
            if note != f"w1 as {network.weights.w1.shape}":  # which is how it is meant
                tell(note)
        kept = KeptStates(config, replace(self._source, assumed=assumed))
        self._reading, self._kept = reading, kept
        self._plain = None if named else plain_arrays(weights, reading.places)
        if self._is_shown:
            self._show(kept)
        return reading.parameters(weights, named), kept

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

    def _show(self, kept: KeptStates) -> None:
        """Begin to send the states."""
        try:
            self._sender = Sender(kept)
        except RuntimeError as error:  # there are too many threads
            tell(f"no window can be found: {error}; the program continues")
            return
        self._ending = finalize(self, self._sender.end)
        self._ending.atexit = False  # there it is closed, which waits

    def _end(self) -> None:
        """Keep no more states, and send what is left."""
        self._wait_for(NEVER)
        self._plain = None
        if self._sender is not None:
            self._sender.end()

    def _write(self, path: Path) -> None:
        if self._kept is None:
            raise FileError(f"{path}: There is nothing to write: no weights were shown.")
        write(self._kept.record(), path)

    def _forget(self) -> None:
        """Leave the run to the parent, in a forked process."""
        self._lock = RLock()  # another thread may have held it
        self._wait_for(Due())
        self._plain, self._is_closed = None, True
        self._kept = None
        if self._sender is not None:
            self._ending.detach()
            self._sender.forget()
            self._sender = None


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
        except KeyboardInterrupt:
            tell("not all was shown")


def _forget_all() -> None:
    for see in list(_open):
        see._forget()
    _recording.clear()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
