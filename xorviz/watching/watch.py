"""The public function watch: shows the training loop of any program, live, in a window."""

import atexit
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import RLock
from time import monotonic
from typing import Any
from uuid import uuid4
from weakref import WeakSet

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.first_updates import MOST_NUMBERS
from xorviz.core.rules import Choice, OrWord, SettingError, Switch, checked
from xorviz.core.runs.record import WEIGHT, WEIGHT_FIELDS
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import Role, RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.weights.known import TOLD, known_of, told_of, trained
from xorviz.files.weights.own_network import ORIENTATIONS, OrientationError
from xorviz.watching.places import opened_window, tell
from xorviz.watching.predictions import Predictions
from xorviz.watching.recorder import FRAME_SECONDS, Recorder, checked_path, kept_calls
from xorviz.watching.states_file import OUTPUTS, Header
from xorviz.watching.weight_reading import (
    WeightReading,
    any_reading,
    arrays_of,
    first_reading,
    held_in,
    said_by,
)

_SAID = (*(name for name, row in TOLD.items() if row.part is Role.TRAINING), "targets")
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
    coding: str | None = None,
    optimizer: str | None = None,
    targets: str | Iterable[Any] | None = None,
    order: str | Iterable[Any] | None = None,
    batch: str | None = None,
    every: int = 1,
    orientation: str | None = None,
    window: bool = True,
    predict: Callable[..., Any] | None = None,
) -> "Watch":
    """Return what shows a network that this program trains: call it with the weights.

    Give of the recipe what you know: ``coding`` is that of inputs and targets, zero-one or
    plus-minus; ``batch`` is full, row, pass or shuffled; ``order`` is that of the rows in
    ``targets`` and in a pass, 00,01,10,11 by default; ``every`` are the steps from one call to the
    next; ``orientation`` is in-out if a row of w1 is an input, out-in if it is a hidden unit. The
    states go into a file, which windows show. One is opened if there is none, at most once by a
    process, unless ``window`` is false. If the environment variable XORVIZ_WATCH is off, there is
    neither.

    A network of another shape than 2-H-1 is shown, too, in a window of its own. ``predict(x)``
    returns its outputs for one row or for all four, as for check_code: they are shown, and the
    first three updates are checked. In these calls alone the weights are moved, and put back to
    the last bit before the call returns; no other thread may train them then. Raises SettingError.
    """
    told = {"rate": rate, "loss": loss, "activation": activation, "output": output, "batch": batch}
    told |= {"momentum": momentum, "coding": coding, "optimizer": optimizer}
    said = told_of(told, order, targets)
    if said.get("output") == "relu":
        raise SettingError("output is 'relu'; windows show sigmoid, tanh, linear; check_step more")
    RunConfig(**trained(said))  # refuses what does not go together
    checked(OrWord(Choice(ORIENTATIONS), "none"), "orientation", orientation)
    opens = bool(checked(Switch(), "window", window))
    if not (predict is None or callable(predict)):
        raise SettingError(f"predict is {predict!r:.80}; allowed: a function")
    source = WatchedSource(name, uuid4().hex, _program(), batch=said.get("batch"), every=every)
    return Watch(said, source, orientation, opens, predict)


class Watch:
    """Writes the weights that it is called with into a file, which a window shows.

    A call never waits and never raises: at what cannot be read the recording ends, with a sentence
    on standard error. It costs less than a microsecond, 15 if a state is written, and 100 if that
    is of tensors or a model.
    """

    _is_closed = True
    """Until it is made: a copy that fails is not."""

    def __init__(
        self, said: Mapping[str, Any], source: WatchedSource, orientation: str | None, opens: bool,
        predict: Callable[..., Any] | None,
    ) -> None:  # fmt: skip
        """Take what is known of the run, whether a window is opened, and a function."""
        self._predictions = Predictions(predict)
        self._said, self._source = said, source
        self._orientation, self._opens = orientation, opens
        self._count = count().__next__
        """Of calls; one call takes each number, whatever thread it is from."""
        self._kept = kept_calls()
        self._next_kept = self._next_time = 0.0
        """The next call whose state is kept, and when one of another is due."""
        self._reading: WeightReading | None = None
        self._is_plain = False
        """Whether calls have arrays of NumPy alone."""
        self._last: tuple[int, tuple[Any, ...], bytes] | None = None
        """A call that was not due, since it may be the last one: its number, arrays and data."""
        self._recorder = Recorder()
        self._newest = -1
        """The newest call whose state was written."""
        self._window: subprocess.Popen[bytes] | None = None
        self._is_closed = self._has_outputs = False
        self._process = os.getpid()
        self._lock = RLock()
        """Held while a state is written: a program may call from several threads."""
        _open.add(self)

    def __call__(self, /, *weights: Any, **named: Any) -> None:
        """Show the weights: arrays in the order w1, b1, w2, b2, or by these names; or a model.

        Those of a network of another shape may be in any order and have any names.
        """
        try:
            call = self._count()
            if call >= self._next_kept or monotonic() >= self._next_time:
                self._take(call, weights, named)
            elif self._is_plain:
                try:
                    self._last = call, weights, b"".join(weights)
                except Exception:  # tensors, lists, models, and arrays that are not in one piece
                    self._last = None
        except Exception as error:  # whatever a program's own objects raise
            self._fail(error)

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
                with suppress(Exception):  # they may not be in one piece any more
                    is_now = b"".join(weights) == data  # or have been trained since
                    numbers = self._reading.earlier(weights, data)
                    self._write(call, numbers, False, self._outputs(is_now))
                    if is_now:
                        self._recorder.say(self._predictions.take(call, weights, {}))
            self._end()
            self._next_kept = 0  # another call says that the run has ended
            if self._window is not None and self._window.poll() is None:
                self._window.returncode = 0  # it outlives this process, and nobody waits for it
            self._recorder.export()

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
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

    def _take(self, call: int, weights: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Write the state of a call that is due. Raises SettingError."""
        if os.getpid() != self._process:
            self._leave()
            tell(_ELSEWHERE)
            self._end()
            return
        with self._lock:
            if self._is_closed:
                tell(_CLOSED)
                self._next_kept = self._next_time = _NEVER
            if self._next_kept == _NEVER:
                return
            self._last = None
            if self._reading is None:
                numbers = self._begin(weights, named)
                self._count, call = count(1).__next__, 0  # whichever thread was the first
            else:
                numbers = self._reading.numbers(held_in(weights, named))
            outputs = self._outputs(True)
            is_kept = call >= self._next_kept
            while self._next_kept <= call:
                self._next_kept = next(self._kept)
            if (now := monotonic()) >= self._next_time:
                self._next_time = now + FRAME_SECONDS
                if self._window is not None and (code := self._window.poll()):
                    tell(
                        f"the window has ended with exit code {code}; run 'xorviz watch' to see why"
                    )
            self._write(call, numbers, is_kept, outputs)
            path = self._recorder.path
            if call == 0 and self._opens and path is not None and not _is_off():
                self._window = opened_window(path)
            self._recorder.say(self._predictions.take(call, weights, named))

    def _fail(self, error: Exception) -> None:
        """End the recording, and say why; nothing that fails here may reach the program either."""
        with suppress(Exception), self._lock:
            self._end()
            tell(f"{said_by(error)[:-1]}; the recording ends here, and your program continues")

    def _begin(self, weights: tuple[Any, ...], named: dict[str, Any]) -> Array:
        """Find out how the weights are read, and begin to write. Raises SettingError."""
        given = {name: self._said[name] for name in _SAID if name in self._said}
        # A step of a state for each row is none of a run.
        ours = {name: value for name, value in given.items() if value != "row"}
        held = held_in(weights, named)
        try:
            reading, network = first_reading(held, self._orientation)
        except OrientationError as error:
            ways = " or ".join(f"orientation={way!r}" for way in error.allowed)
            raise SettingError(f"{error}; say {ways}") from None
        except SettingError:
            has_names = bool(named) and named.keys() <= {*WEIGHT_FIELDS}
            if has_names or self._orientation is not None:  # meant for a 2-H-1 network
                raise
            reading, config = any_reading(held), RunConfig(**ours)
            arrays: Mapping[str, tuple[int, ...]] | None = arrays_of(reading)
            notes = [_NO_PANELS]
        else:
            config, arrays = known_of(ours, network=network).recipe, None
            as_meant = f"w1 as {network.weights.w1.shape}"
            notes = [note for note in network.notes if note != as_meant]
        numbers = reading.numbers(held)
        for note in notes:
            tell(note)
        targets, why_not = self._said.get("targets"), self._unchecked(numbers.size)
        finding = self._predictions.use(held, targets, why_not)
        if arrays is not None and self._predictions.shape:
            arrays = {**arrays, OUTPUTS: self._predictions.shape}
        source = replace(self._source, assumed=tuple(name for name in _SAID if name not in given))
        header = Header.of(config, source, arrays)
        self._kept = kept_calls(header.share)
        self._next_kept, self._has_outputs = next(self._kept), bool(header.outputs)
        self._recorder.begin(header, is_hidden=_is_off())
        self._recorder.say(finding)
        self._reading = reading
        self._is_plain = bool(weights) and all(type(array) is np.ndarray for array in weights)
        return numbers

    def _unchecked(self, count: int) -> str:
        """Return why updates of so many weights are not checked, if that is so."""
        why = ""
        if count > MOST_NUMBERS:
            why = f"predict would be called too often for {count} weights; use xorviz.check_code"
        elif self._source.every != 1 or self._source.batch in {"pass", "shuffled"}:
            why = "there are several updates from one call to the next"
        return f"The code is not checked: {why}." if why else ""

    def _outputs(self, are_now: bool) -> bytes:
        """Return the outputs to be written; no numbers unless weights are as at the call."""
        return self._predictions.outputs(are_now).tobytes() if self._has_outputs else b""

    def _write(self, call: int, numbers: Array, is_kept: bool, outputs: bytes) -> None:
        """Write a state, or end where it is the last one that is shown."""
        if call <= self._newest:  # another thread may have been faster
            return
        step = call * self._source.every
        # No sum or product: they may warn or raise, as the program has asked NumPy to.
        low, high = numbers.item(numbers.argmin()), numbers.item(numbers.argmax())
        if WEIGHT.low <= low and high <= WEIGHT.high and step <= MOST_STEPS:  # false for NaN
            self._newest = call
            self._recorder.add(step, numbers.tobytes() + outputs, is_kept)
            return
        diverged = not np.isfinite(numbers).all()
        if not diverged:
            what = f"a step is beyond {MOST_STEPS:g}"
            if step <= MOST_STEPS:
                what = f"a weight is beyond {WEIGHT.high:g}"
            tell(f"{what}; no further steps are shown")
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
        if self._window is not None:
            self._window.returncode = 0


def _is_off() -> bool:
    """Return whether the user wants no window to find runs."""
    return os.environ.get("XORVIZ_WATCH", "").strip().lower() == "off"


def _program() -> str:
    """Return what runs here, such as train.py, Python 3.11.7."""
    script = Path(sys.argv[0]).name if getattr(sys, "argv", None) else ""
    if "ipykernel" in sys.modules:
        script = "a notebook"
    python = f"Python {platform.python_version()}"
    return f"{script}, {python}" if script not in {"", "-c", "-"} else python


_NO_PANELS = (
    "these are not the arrays of a network with two inputs, one hidden layer and one output: a "
    "window of their own shows the weights, and the outputs if predict is given"
)
_CLOSED = "this run has ended: call xorviz.watch again to show another one"
_ELSEWHERE = "this process was forked from the one that is watched; call xorviz.watch in it, too"
_open: WeakSet[Watch] = WeakSet()


def _for_all(do: Callable[[Watch], None]) -> None:
    for see in list(_open):
        do(see)


atexit.register(_for_all, Watch._finish)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=partial(_for_all, Watch._leave))
