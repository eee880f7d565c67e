"""The session: requests frames from the training thread and passes their snapshots on."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from xorviz.core.analysis.jumps import STILL_SECONDS, CalmFrames
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.rules import SettingError
from xorviz.core.runs.current_run import TAKES_NO_STEPS
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.commands import (
    Adopt,
    Advance,
    Answer,
    Begin,
    Command,
    Failure,
    Intervene,
    Seek,
    checked_changes,
)
from xorviz.engine.pace import UNLIMITED, Clock, Pace, SpeedGauge
from xorviz.engine.preparation import Preparation
from xorviz.engine.thread import TrainingThread

_FOLLOWED_PER_SECOND, _PAUSED_PER_SECOND = 60.0, 1.0
"""Looks at the file of a watched run."""


P = ParamSpec("P")


def in_turn(change: Callable[Concatenate[Any, P], None]) -> Callable[Concatenate[Any, P], None]:
    """Have a method that changes the run of its ``_session`` wait for its turn there."""

    @wraps(change)
    def waiting(owner: Any, /, *args: P.args, **kwargs: P.kwargs) -> None:
        owner._session.in_turn(partial(change, owner, *args, **kwargs))

    return waiting


class TrainingSession(QObject):
    """Owns the activity: playing, stepping or paused. Never blocks the window's thread.

    At most one frame is under way, and its answer waits until the last one is painted, so slow
    drawing slows training down and builds no queue. The next frame is requested before painting
    if the kernel frees the GIL, otherwise after it. A seek is a frame too, requested before any
    other; a newer one replaces one that waits. What is too far for one frame is trained like any
    steps. A change waits until what was asked for before is done, and what is asked for after it
    waits, too, so that the run comes to the same in any hurry. The file of a watched run that grows
    is read 60 times a second while it is followed, and once if it is paused.
    """

    snapshot_arrived = Signal(object)  # Snapshot
    settled = Signal(object)  # Snapshot: what a change that follows works on
    previewed = Signal(object)  # Snapshot: with a weight that is tried, or the real one after it
    activity_changed = Signal(object)  # Activity
    progressed = Signal(object)  # (done, total): tuple[int, int], while stepping
    failed = Signal(object)  # Failure

    def __init__(
        self, parent: QObject | None = None, clock: Clock = time.perf_counter, kernel: str = NUMPY
    ) -> None:
        super().__init__(parent)
        self.preparation = Preparation(kernel, self)
        self.preparation.finished.connect(self._request)
        self.rules = StopRules()
        self.gauge = SpeedGauge()
        self.speed: float | None = None  # requested steps per second; None is unlimited
        self._activity = Activity.PAUSED
        self._at: Begin | Snapshot = Begin(0, Record(RunConfig()))  # until it is answered
        self._sought: int | None = None  # a step that waits for the frame under way
        self._waiting: deque[Callable[[], object]] = deque()  # changes, and what comes after them
        self._is_changing = False
        self._frame: Command | None = None  # under way
        self._is_wanted = False  # its answer, as nothing else was asked for since
        self._wanted_steps = 0  # while stepping; the pace counts those taken
        self._is_far = False  # stepping to a step that is sought
        self._calm = CalmFrames()
        self._is_left_out = False  # the newest snapshot, as it would flash
        self._trial: tuple[Intervention, bool] | None = None  # a weight, and whether it is of B
        self._is_previewed = False  # a trial is in sight, also after its end
        self._stillness = QTimer(self, singleShot=True, interval=round(1000 * STILL_SECONDS))
        self._stillness.timeout.connect(self._show_left_out)
        self._clock = clock
        self._pace = Pace()
        self._next_frame = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._next_frame.timeout.connect(self._request)
        self._thread = TrainingThread(self)
        self._thread.answered.connect(self._deliver)
        self._thread.painted.connect(self._request)
        self._thread.painted.connect(self.preparation.begin)

    @property
    def activity(self) -> Activity:
        """The current activity."""
        return self._activity

    @property
    def playing(self) -> bool:
        """Whether training continues until paused."""
        return self._activity is Activity.PLAYING

    @property
    def config(self) -> RunConfig:
        """The settings of the first run at the step shown, after the changes under way."""
        under_way = {
            change.field: change.value
            for command in self._changes_under_way
            if not command.beside
            for change in command.changes
            if not change.index
        }
        return replace(self._at.config, **under_way) if under_way else self._at.config  # type: ignore[arg-type]

    @property
    def _changes_under_way(self) -> list[Intervene]:
        """Changes of the run that are not answered yet."""
        sent = [one for one in self._thread.unanswered if isinstance(one, Intervene)]
        return [change for change in sent if change.run == self._at.run]

    @property
    def _is_watched(self) -> bool:
        """Whether another program trains the run."""
        return self._at.record.source is not None

    @property
    def _is_live(self) -> bool:
        """Whether it does so now."""
        source = self._at.record.source
        return source is not None and source.is_live

    @property
    def unanswered(self) -> int:
        """How many commands have no answer yet, with those that wait for others."""
        return len(self._thread.unanswered) + (self._sought is not None) + len(self._waiting)

    @property
    def step_wanted(self) -> int:
        """The step that the next command starts from: one that is sought, or the step shown."""
        if self._sought is not None:
            return self._sought
        return (self._frame if isinstance(self._frame, Seek) else self._at).step

    @Slot()
    def play(self) -> None:
        """Train until paused or stopped by a rule; a past step is first replayed to the newest."""
        if self._waits(self.play) or self._activity in {Activity.PLAYING, Activity.FAILED}:
            return
        self._set_activity(Activity.PLAYING)
        self._request()

    @Slot()
    def pause(self) -> None:
        """Request no more frames; the one under way still arrives, and a step that is sought."""
        if not self._waits(self.pause) and self._activity is not Activity.FAILED:
            self._is_wanted = False
            self._set_activity(Activity.PAUSED)

    @Slot()
    def toggle(self) -> None:
        """Pause if training, otherwise play."""
        if not self._waits(self.toggle):
            self.pause() if self._activity.is_training else self.play()

    def step(self, n: int = 1) -> None:
        """Take exactly n more steps, ignoring the stop rules; seek in a watched run; and pause."""
        if n < 1 or self._waits(partial(self.step, n)) or self._activity is Activity.FAILED:
            return
        if self._is_watched:
            self.seek(self.step_wanted + n)
        else:
            self._add_steps(n)
            self._request()

    def _add_steps(self, n: int, is_far: bool = False) -> None:
        """Take more steps than wanted so far; those of another activity are forgotten."""
        self._trial = None
        if self._activity is not Activity.STEPPING:
            self._wanted_steps = 0
        self._wanted_steps += n
        self._set_activity(Activity.STEPPING)
        self._is_far = is_far

    def seek(self, step: int) -> None:
        """Go to a step already taken, clamped to the run's range, and pause.

        In a watched run, go to the next kept step in that direction.
        """
        is_open = self._activity is not Activity.FAILED and self._at.run > 0
        if self._waits(partial(self.seek, step)) or not is_open:
            return
        self._trial = None
        step = min(step, self._at.newest)
        self._sought = self._at.record.towards(step, self.step_wanted)
        self._set_activity(Activity.PAUSED)
        self._request()

    def open_run(self, record: Record, step: int, beside: Record | None = None) -> None:
        """Open a run at one of its steps, optionally with another side by side, and pause.

        Also after a failure. Changes that wait are of another run, and dropped.
        """
        if not self._is_changing:
            self._waiting.clear()
        begin = Begin(self._at.run + 1, record, step, beside, self.preparation.kernel)
        self._at, self._sought, self._is_left_out, self._trial = begin, None, False, None
        self._start_pace()
        self._set_activity(Activity.PAUSED)
        self._send(begin)

    def intervene(
        self, field: str, value: float, index: tuple[int, ...] = (), beside: bool = False
    ) -> None:
        """Change the rate, the momentum or a weight from the next step on.

        At a past step the run branches. Raises SettingError for an invalid change, and for any
        change of a watched run.
        """
        self.change([Intervention(self.step_wanted, field, value, index)], beside)

    def try_weight(
        self, field: str, index: tuple[int, ...], value: float, beside: bool = False
    ) -> None:
        """Preview a weight at the step shown, and take no step until ``end_trial``.

        Only a preview: the run does not change, and going to a step ends it.
        """
        if isinstance(self._at, Snapshot) and self._activity is not Activity.FAILED:
            self._trial = Intervention(self._at.step, field, value, index), beside
            self._preview()

    @Slot()
    def end_trial(self) -> None:
        """Continue without the preview; it stays in sight until a change under way is answered."""
        if self._trial is None:
            return
        self._trial = None
        if not (self._changes_under_way or self._waiting) and isinstance(self._at, Snapshot):
            self._is_previewed = False
            self.previewed.emit(self._at)
        if self.playing:
            self._start_pace()
        self._request()

    def _preview(self) -> None:
        if self._trial is not None and isinstance(self._at, Snapshot):
            self._is_previewed = True
            self.previewed.emit(self._at.trying(*self._trial))

    def change(self, changes: Iterable[Intervention], beside: bool = False) -> None:
        """Make several changes, as ``intervene`` makes one; they end the way to a far step."""
        second = self._at.beside if beside else None
        if self._is_watched and second is None:
            raise SettingError(TAKES_NO_STEPS)
        run = second or self._at
        made = checked_changes(run if isinstance(run, Record) else run.record, changes)
        if self._activity is Activity.FAILED:
            return
        if self._is_far:
            self._set_activity(Activity.PAUSED)
        self._thread.send(Intervene(self._at.run, made, second is not None))

    def adopt(self, config: RunConfig, assumed: tuple[str, ...], batch: str | None = None) -> None:
        """Take settings of the watched run that were found out, and what is still assumed."""
        self._thread.send(Adopt(self._at.run, config, assumed, batch))

    def in_turn(self, change: Callable[[], object]) -> None:
        """Make a change once all that was asked for before is done; within a change, at once.

        Of many steps, at least a frame is taken first.
        """
        if self._is_changing:
            change()
        else:
            self._waiting.append(change)
            self._make_changes()

    def _waits(self, command: Callable[[], object]) -> bool:
        """Have a command wait behind the changes that wait; return whether there are any."""
        if waits := bool(self._waiting) and not self._is_changing:
            self._waiting.append(command)
        return waits

    def _make_changes(self) -> None:
        """Make the changes whose turn it is, and request the next frame."""
        if self._is_changing or not self._waiting:
            return
        self._show_left_out()
        while self._waiting and not (self._thread.unanswered or self._is_awaited):
            self._is_changing = True
            try:
                self._waiting.popleft()()
            finally:
                self._is_changing = False
        self._request()

    @property
    def _is_awaited(self) -> bool:
        """Whether changes wait for a frame that is not requested yet: a seek, or first steps."""
        is_unbegun = self._activity is Activity.STEPPING and not (self._pace.taken or self._is_far)
        return self._sought is not None or (is_unbegun and self.preparation.is_done)

    def set_speed(self, steps_per_second: float | None) -> None:
        """Train at this speed from now on; None is unlimited."""
        self.speed = steps_per_second
        if self.playing:
            self._is_wanted = False
            self._start_pace()
            self._request()

    def close(self) -> None:
        """End the threads; wait at most for the frame under way and the preparation."""
        self._is_left_out = False
        self._set_activity(Activity.PAUSED)
        self._next_frame.stop()
        self._stillness.stop()
        self.preparation.close()
        self._thread.close()

    def _start_pace(self) -> None:
        watched = _FOLLOWED_PER_SECOND if self.playing else _PAUSED_PER_SECOND
        self._pace.start(watched if self._is_watched else self.speed, self._clock())

    @Slot()
    def _request(self) -> None:
        """Request the next frame once it is due, unless one is under way: its answer does."""
        if self._frame is not None or self._trial is not None:
            return
        run, is_paused = self._at.run, self._activity is Activity.PAUSED
        is_ready = self.preparation.is_done
        if self._sought is not None and (is_ready or self._waiting):
            self._send(Seek(run, self._sought))
        elif not is_ready or (self._waiting and not self._is_awaited):
            return
        elif self._activity is Activity.STEPPING:
            self._send(Advance(run, self._wanted_steps - self._pace.taken, NEVER))
        elif not (self.playing or (is_paused and self._is_live)):
            return
        elif not (steps := self._pace.due(self._clock())):
            self._next_frame.start(math.ceil(1000 * self._pace.wait(self._clock())))
        elif not self._is_watched:
            self._send(Advance(run, steps, self.rules))
        else:
            self._pace.taken += steps  # one look is enough
            look = Seek(run, self._at.step)
            self._send(look if is_paused else Advance(run, UNLIMITED, NEVER))

    def _send(self, frame: Begin | Advance | Seek) -> None:
        self._frame, self._is_wanted = frame, True
        self._next_frame.stop()
        if isinstance(frame, Seek):
            self._sought = None
        self._thread.send(frame)

    @Slot(object)
    def _deliver(self, answer: Answer) -> None:
        """Process an answer, unless its run was replaced, and continue."""
        is_frame = answer.command is self._frame
        if is_frame:
            self._frame = None
        if answer.command.run == self._at.run:
            if isinstance(answer.result, Failure):
                self._fail(answer.result)
            else:
                self._receive(answer.result, answer, is_frame)
        self._make_changes()
        if is_frame:
            self._thread.begin_painting()

    def _receive(self, snapshot: Snapshot, answer: Answer, is_frame: bool) -> None:
        """Update the state from a snapshot and pass it on."""
        before, self._at = self._at, snapshot
        is_known = self._is_watched and _shown(snapshot) == _shown(before)
        is_known &= self._trial is not None or not self._is_previewed
        self._is_left_out &= is_known
        match answer.command:
            case Advance():
                is_wanted = is_frame and self._is_wanted
                if is_wanted and not self._is_watched:
                    self._count(snapshot.step - before.step)
                if answer.is_stopped and not self._is_live and (is_wanted or self.playing):
                    self._set_activity(Activity.PAUSED)
            case Begin(step=step) | Seek(step=step) if is_frame and self._sought is None:
                self._arrive(step - snapshot.step)
        if self._is_live:
            self.gauge.add(self._clock(), snapshot.record.newest)
        elif self._is_watched:
            self.gauge.clear()
        if self._waiting:  # before views show once more what is to change
            self.settled.emit(snapshot)
            self._make_changes()
        if self.preparation.is_free:
            self._request()
        if self._at is snapshot and not is_known:
            self._show(snapshot, isinstance(answer.command, Advance))

    def _show(self, snapshot: Snapshot, is_one_of_many: bool) -> None:
        """Pass the newest snapshot on, unless it is one frame of many and would flash.

        It is passed on after a moment without any, or when training ends.
        """
        is_training = self._activity.is_training
        if not is_one_of_many:
            self._calm.clear()
        elif not self._calm.shows(snapshot, self._clock(), is_step=not is_training):
            self._is_left_out = True
            if not is_training or self._is_watched:  # else another frame is sure to follow
                self._stillness.start()
            return
        self._stillness.stop()
        self._pass_on(snapshot)

    @Slot()
    def _show_left_out(self) -> None:
        if self._is_left_out:
            self._is_left_out = False
            self._pass_on(self._at)

    def _pass_on(self, snapshot: Begin | Snapshot) -> None:
        self._is_previewed = False
        self.snapshot_arrived.emit(snapshot)
        self._preview()

    def _count(self, taken: int) -> None:
        """Count steps taken while playing or stepping, which the last one ends."""
        self._pace.taken += taken
        if self.playing:
            self.gauge.add(self._clock(), self._at.step)
            return
        self.progressed.emit((self._pace.taken, self._wanted_steps))
        if self._pace.taken == self._wanted_steps:
            self._set_activity(Activity.PAUSED)

    def _arrive(self, left: int) -> None:
        """Train on to the step sought, if that is far; then play, take steps or pause."""
        if self._activity.is_training:
            self._start_pace()
        is_asked_for = self._is_wanted or self._activity is Activity.STEPPING
        is_over = self.playing or self._is_watched or self._changes_under_way
        if left > 0 and is_asked_for and not is_over:
            self._add_steps(left, is_far=self._activity is Activity.PAUSED)

    def _fail(self, failure: Failure) -> None:
        if self._activity is Activity.FAILED:
            return  # a consequence of the first, which it would hide
        self._sought = None
        self._set_activity(Activity.FAILED)
        self.failed.emit(failure)

    def _set_activity(self, activity: Activity) -> None:
        if activity is self._activity:
            return
        self._activity, self._is_wanted, self._is_far = activity, False, False
        self._start_pace()
        if activity is not Activity.PLAYING:
            self.gauge.clear()
        self.activity_changed.emit(activity)
        if not self._activity.is_training:
            self._show_left_out()


def _shown(seen: Begin | Snapshot) -> tuple[object, ...] | None:
    """Return what is shown of a watched run, to compare; nothing before the first snapshot."""
    if isinstance(seen, Begin):
        return None
    source, beside = seen.record.source, seen.beside
    return seen.step, seen.record, beside and beside.record, seen.parted_at, source and source.state
