"""The session: requests frames from the training thread and passes their snapshots on."""

import math
import time
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.current_run import TAKES_NO_STEPS
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import ProgramState
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity, CalmPassage, Hold, StepCount, is_ended
from xorviz.engine.commands import (
    Adopt,
    Advance,
    Answer,
    Begin,
    Command,
    Failure,
    Intervene,
    Look,
    Seek,
    UseKernel,
    checked_change,
    checked_weights,
)
from xorviz.engine.pace import UNLIMITED, Clock, Pace, SpeedGauge
from xorviz.engine.preparation import Preparation
from xorviz.engine.thread import TrainingThread

_FOLLOWED_PER_SECOND = 60.0
_LOOK_MS = 1000
"""From one look at a program to the next while its run is paused."""


class TrainingSession(QObject):
    """Owns the activity: playing, stepping or paused. Never blocks the window's thread.

    At most one frame is under way, and its answer waits until the last one is painted, so slow
    drawing slows training down and builds no queue. The next frame is requested before painting
    if the kernel frees the GIL, otherwise after it. A seek is a frame too, requested before any
    other; a newer one replaces one that waits. What is too far for one frame is trained like any
    steps. The file of a watched run that grows is read 60 times a second while it is followed, and
    once if it is paused.
    """

    snapshot_arrived = Signal(object)  # Snapshot
    activity_changed = Signal(object)  # Activity
    progressed = Signal(object)  # (done, total): tuple[int, int], while stepping
    failed = Signal(object)  # Failure

    def __init__(
        self, parent: QObject | None = None, clock: Clock = time.perf_counter, kernel: str = NUMPY
    ) -> None:
        super().__init__(parent)
        self.preparation = Preparation(kernel, self)
        self.preparation.done.connect(self._request_when_due)
        self.preparation.fell_back.connect(self._use_its_kernel)
        self.config = RunConfig()
        self.rules = StopRules()
        self.gauge = SpeedGauge()
        self.speed: float | None = None  # requested steps per second; None is unlimited
        self.hold = Hold(self)
        self.hold.changed.connect(self._pause_held)
        self._activity = Activity.PAUSED
        self._at: Begin | Snapshot = Begin(0, Record(self.config))  # until it is answered
        self._sought: int | None = None  # a step that is not answered yet
        self._goes_far = False  # where that is far, by training
        self._wanted_steps = StepCount()  # of a request
        self._frame: Command | None = None  # under way
        self._is_wanted = False  # its answer, as nothing else was asked for since
        self._calm = CalmPassage(self, self.snapshot_arrived)
        self._clock = clock
        self._pace = Pace()
        self._next_frame = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._next_frame.timeout.connect(self._request)
        self._looks = QTimer(self, interval=_LOOK_MS)
        self._looks.timeout.connect(self._look)
        self._thread = TrainingThread(self)
        self._thread.answered.connect(self._deliver)
        self._thread.painted.connect(self._request_when_due)
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
    def _is_watched(self) -> bool:
        """Whether another program trains the run."""
        return self._at.record.source is not None

    @property
    def _is_live(self) -> bool:
        """Whether it does so now."""
        source = self._at.record.source
        return source is not None and source.state is ProgramState.LIVE

    @property
    def unanswered(self) -> int:
        """How many commands have no answer yet, with a seek that waits for the frame under way."""
        waits = self._sought is not None and not self._is_seek(self._frame)
        return len(self._thread.unanswered) + waits

    @property
    def step_wanted(self) -> int:
        """The step that the next command starts from: one that is sought, or the step shown."""
        return self._at.step if self._sought is None else self._sought

    @Slot()
    def play(self) -> None:
        """Train until paused or stopped by a rule; a past step is first replayed to the newest."""
        if self._activity in {Activity.PLAYING, Activity.FAILED} or self.hold.refuses():
            return
        self._start_pace()
        self._set_activity(Activity.PLAYING)
        self._request()

    @Slot()
    def pause(self) -> None:
        """Request no more frames; the one under way still arrives, and a step that is sought."""
        if self._activity is not Activity.FAILED:
            self._goes_far = False
            self._set_activity(Activity.PAUSED)

    @Slot(str)
    def _pause_held(self, reason: str) -> None:
        if reason and self._activity.is_training:
            self.pause()

    @Slot()
    def toggle(self) -> None:
        """Pause if training, otherwise play."""
        self.pause() if self._activity.is_training else self.play()

    def step(self, n: int = 1) -> None:
        """Take exactly n more steps, ignoring the stop rules; seek in a watched run; and pause."""
        if n < 1 or self._activity is Activity.FAILED:
            return
        if self._is_watched:
            self.seek(self.step_wanted + n)
            return
        if self.hold.refuses():
            return
        self._add_steps(n)
        self._request()

    def _add_steps(self, n: int) -> None:
        """Take more steps than wanted so far; those of another activity are forgotten."""
        if self._activity is not Activity.STEPPING:
            self._wanted_steps = StepCount()
        self._wanted_steps.add(n)
        self._set_activity(Activity.STEPPING)

    def seek(self, step: int) -> None:
        """Go to a step already taken, clamped to the run's range, and pause.

        In a watched run, go to the next kept step in that direction.
        """
        if self._activity is Activity.FAILED or self._at.run == 0:
            return
        step = min(step, self._at.newest)
        self._sought = self._at.record.towards(step, self.step_wanted)
        self._goes_far, self._is_wanted = True, False
        self._set_activity(Activity.PAUSED)
        self._request()

    def open_run(
        self, record: Record, step: int, beside: Record | None = None, parted_at: int | None = None
    ) -> None:
        """Open a run at one of its steps, optionally with another side by side, and pause.

        Also after a failure. ``parted_at`` is the first step of a watched run at which the other
        one is known to differ.
        """
        kernel = self.preparation.kernel
        begin = Begin(self._at.run + 1, record, step, beside, kernel, parted_at)
        self._at = begin
        self._calm.drop()
        self._sought, self._goes_far = step, True
        self.config = record.config_at(step)
        self._set_activity(Activity.PAUSED)
        self._send(begin)

    def intervene(
        self, field: str, value: float, index: tuple[int, ...] = (), beside: bool = False
    ) -> None:
        """Change the rate, the momentum or a weight from the next step on.

        At a past step the run branches. Raises SettingError for an invalid change, and for any
        change of a watched run.
        """
        self._check_changeable(beside)
        wanted = Intervention(self.step_wanted, field, value, index)
        command = checked_change(self._at.run, wanted, beside, self._seen, self.config)
        if not index and not command.beside:
            self.config = replace(self.config, **{field: command.changes[0].value})  # type: ignore[arg-type]
        self._change_run(command)

    def set_weights(self, weights: Weights) -> None:
        """Set all weights of the first run, as ``intervene`` sets one."""
        self._check_changeable()
        self._change_run(checked_weights(self._at.run, weights, self._seen, self.config))

    @property
    def _seen(self) -> Snapshot | None:
        """What the last answer showed of the run, if there was one."""
        return self._at if isinstance(self._at, Snapshot) else None

    def _check_changeable(self, beside: bool = False) -> None:
        """Refuse a change of a watched run."""
        if self._is_watched and not (beside and self._at.beside is not None):
            raise SettingError(TAKES_NO_STEPS)

    def _change_run(self, command: Command) -> None:
        if self._activity is Activity.FAILED:
            return
        self._goes_far = False  # a change on the way ends it
        if self._sought is not None and not self._is_seek(self._frame):
            self._send(Seek(self._at.run, self._sought))  # commands are carried out in order
        self._thread.send(command)

    def _is_seek(self, command: Command | None) -> bool:
        """Return whether a command goes to the step that is sought."""
        return isinstance(command, Begin | Seek) and command.step == self._sought

    @Slot()
    def _use_its_kernel(self) -> None:
        self._thread.send(UseKernel(self._at.run, self.preparation.kernel))

    def adopt(self, config: RunConfig, assumed: tuple[str, ...]) -> None:
        """Take settings of the watched run that were found out, and what is still assumed."""
        self._thread.send(Adopt(self._at.run, config, assumed))

    def set_speed(self, steps_per_second: float | None) -> None:
        """Train at this speed from now on; None is unlimited."""
        self.speed = steps_per_second
        if self._activity is Activity.STEPPING:
            return
        self._is_wanted = False
        self._start_pace()
        if self.playing:
            self._request()

    def close(self) -> None:
        """End the threads; wait at most for the frame under way and the preparation."""
        self._calm.close()
        self._set_activity(Activity.PAUSED)
        self._looks.stop()
        self.preparation.close()
        self._thread.close()

    def _start_pace(self) -> None:
        speed = _FOLLOWED_PER_SECOND if self._is_watched else self.speed
        self._pace.start(speed, self._clock())

    def _set_looks(self) -> None:
        """Look at a program from time to time while its run is paused."""
        wanted = self._is_live and self._activity is Activity.PAUSED
        if wanted != self._looks.isActive():
            self._looks.start() if wanted else self._looks.stop()

    @Slot()
    def _look(self) -> None:
        if not self._thread.unanswered:
            self._thread.send(Look(self._at.run))

    @Slot()
    def _request(self) -> None:
        """Request the next frame, unless one is under way: its answer requests the next."""
        if self._frame is not None or not self.preparation.is_done:
            return
        seconds = self.preparation.budget_seconds
        match self._activity:
            case _ if self._sought is not None:
                self._send(Seek(self._at.run, self._sought))
            case Activity.STEPPING:
                self._send(Advance(self._at.run, self._wanted_steps.left, seconds, NEVER))
            case Activity.PLAYING:
                if steps := self._pace.due(self._clock()):
                    steps, rules = (UNLIMITED, NEVER) if self._is_watched else (steps, self.rules)
                    self._send(Advance(self._at.run, steps, seconds, rules))
                else:
                    self._request_when_due()

    def _send(self, frame: Command) -> None:
        self._frame, self._is_wanted = frame, True
        self._thread.send(frame)

    def _arrive(self) -> None:
        """Train on to the step sought, if that is far; then play, take steps or pause."""
        assert self._sought is not None
        left, self._sought = self._sought - self._at.step, None
        if left > 0 and self._goes_far and not (self.playing or self._is_watched):
            self._add_steps(left)
        self._start_pace()

    @Slot(object, object)
    def _deliver(self, command: Command, answer: Answer) -> None:
        """Process an answer, unless its run was replaced, and continue."""
        is_frame = command is self._frame
        is_wanted = is_frame and self._is_wanted
        if is_frame:
            self._frame = None
        if answer.run == self._at.run:
            if isinstance(answer, Failure):
                self._fail(answer)
            else:
                self._receive(answer, command, is_wanted)
        if is_frame or not self.preparation.is_done:
            self._thread.begin_painting()

    def _receive(self, snapshot: Snapshot, command: Command, is_wanted: bool) -> None:
        """Update the state from a snapshot and pass it on."""
        before, self._at = self._seen, snapshot
        taken = 0 if before is None else snapshot.step - before.step
        is_look = self._is_watched and isinstance(command, Advance | Look)
        is_known = is_look and before is not None and not _differ(snapshot, before)
        if not is_known:
            self._calm.drop()
        if self._is_seek(command):
            self._arrive()
        is_changing = any(isinstance(change, Intervene) for change in self._thread.unanswered)
        if not is_changing:
            self.config = snapshot.config
        if isinstance(command, Advance):
            if is_wanted:
                self._count_steps(1 if self._is_watched else taken)
            if is_ended(self._activity, snapshot, before, taken, self._wanted_steps):
                self.pause()
        self._set_looks()
        if self.preparation.is_free:
            self._request_when_due()
        if is_look:
            self._note_look(snapshot, is_known)
        if is_known:
            return
        arrived_at = self._clock() if isinstance(command, Advance) else None
        goes_on = self._activity.is_training and not self._is_watched
        self._calm.take(snapshot, arrived_at, not self._activity.is_training, goes_on)

    def _note_look(self, seen: Snapshot, is_known: bool) -> None:
        """Take the speed of a program that is running; else pause where nothing can come."""
        if self._is_live:
            self.gauge.add(self._clock(), seen.record.newest)
            return
        self.gauge.clear()
        # Correct code beside it may have to be trained further.
        if self.playing and (is_known or seen.beside is None):
            self.pause()

    def _count_steps(self, taken: int) -> None:
        """Count steps taken for the current request."""
        if self._activity is Activity.PLAYING:
            self._pace.took(taken)
            if not self._is_watched:
                self.gauge.add(self._clock(), self._at.step)
        else:
            self._wanted_steps.left -= taken
            self.progressed.emit(self._wanted_steps.progress)

    @Slot()
    def _request_when_due(self) -> None:
        is_paced = self.playing and self._sought is None
        seconds = self._pace.wait(self._clock()) if is_paced else 0.0
        if seconds > 0:
            self._next_frame.start(math.ceil(seconds * 1000))
        else:
            self._request()

    def _fail(self, failure: Failure) -> None:
        if self._activity is Activity.FAILED:
            return  # a consequence of the first, which it would hide
        self._sought = None
        self._set_activity(Activity.FAILED)
        self.failed.emit(failure)

    def _set_activity(self, activity: Activity) -> None:
        self._next_frame.stop()
        if activity is self._activity:
            return
        self._activity, self._is_wanted = activity, False
        if activity is not Activity.PLAYING:
            self.gauge.clear()
        self._set_looks()
        self.activity_changed.emit(activity)
        if not self._activity.is_training:
            self._calm.pass_left_out()


def _differ(seen: Snapshot, before: Snapshot) -> bool:
    """Return whether a watched run shows anything that it did not show before."""
    shown, shown_before = (
        (one.step, one.record, one.beside and one.beside.record, one.parted_at)
        for one in (seen, before)
    )
    now, then = seen.record.source, before.record.source
    return shown != shown_before or (now and now.state) is not (then and then.state)
