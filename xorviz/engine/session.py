"""Owns the training thread and paces it: it asks for a frame, hands it on, and asks again."""

import math
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThread, QTimer, Signal, Slot

from xorviz.core.config import LIVE_FIELDS, RunConfig
from xorviz.core.rules import SettingError
from xorviz.core.stopping import NEVER, Halt, StopRules
from xorviz.core.trainer import Snapshot
from xorviz.engine.commands import Advance, Begin, ChangeSetting, Command, Failure
from xorviz.engine.garbage import GarbageCollector
from xorviz.engine.pace import Pace, SpeedGauge
from xorviz.engine.worker import TrainingWorker

BUDGET_SECONDS = 0.008
"""A frame trains no longer than this. With about as much drawing, that is 50 frames a second."""


_PASSED = QEvent.Type(QEvent.registerEventType())
_AFTER_PAINTING = Qt.EventPriority.LowEventPriority.value - 1
_PASSES_TO_PAINT = 2
"""Passes of the event loop: in the first a graphics scene tells its view, in the next it paints.

A timer of no length may fire between the two, and training would then share the interpreter
with painting.
"""


class Activity(StrEnum):
    """What the session is doing."""

    PAUSED = "paused"
    PLAYING = "running"
    STEPPING = "stepping"
    FAILED = "failed"


class TrainingSession(QObject):
    """The one owner of playing or not. Lives in the window's thread; never blocks it.

    At most one Advance is under way, and the next is asked for after the answer's pictures are
    drawn, so slow drawing slows training down and never builds a queue.
    """

    snapshot_arrived = Signal(object)  # Snapshot
    activity_changed = Signal(object)  # Activity
    playing_changed = Signal(bool)
    stepping_progressed = Signal(object)  # (done, total): tuple[int, int]
    failed = Signal(object)  # Failure

    _command_sent = Signal(object)  # Command

    def __init__(
        self, parent: QObject | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self.config = RunConfig()
        self.rules = StopRules()
        self.gauge = SpeedGauge()
        self._speed: float | None = None
        self._activity = Activity.PAUSED
        self._run = 0
        self._step = 0
        self._steps_left = self._steps_wanted = 0
        self._unanswered: deque[Command] = deque()
        self._errand = 0  # counts what was wished for: to play, to step, another speed
        self._passes_left = 0
        self._frame_errand: int | None = None  # for which the frame under way was asked
        self._clock = clock
        self._pace = Pace()
        self._next_frame = QTimer(self)
        self._next_frame.setSingleShot(True)
        self._next_frame.setTimerType(Qt.TimerType.PreciseTimer)
        self._next_frame.timeout.connect(self._ask)

        self._garbage = GarbageCollector(self)
        self._thread = QThread(self)
        self._thread.setObjectName("training")
        self._worker = TrainingWorker()
        self._worker.moveToThread(self._thread)
        self._command_sent.connect(self._worker.obey, Qt.ConnectionType.QueuedConnection)
        self._worker.answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._thread.start()

    @property
    def activity(self) -> Activity:
        """What the session is doing."""
        return self._activity

    @property
    def playing(self) -> bool:
        """Whether training goes on by itself."""
        return self._activity is Activity.PLAYING

    @property
    def unanswered(self) -> int:
        """How many commands have no answer yet."""
        return len(self._unanswered)

    @property
    def speed(self) -> float | None:
        """Steps per second asked for; None is as fast as it goes."""
        return self._speed

    @Slot()
    def play(self) -> None:
        """Train until paused or stopped by a rule."""
        if self._activity in {Activity.PLAYING, Activity.FAILED}:
            return
        self._steps_left = 0
        self._errand += 1
        self._pace.start(self._speed, self._clock())
        self._set_activity(Activity.PLAYING)
        self._ask()

    @Slot()
    def pause(self) -> None:
        """Stop asking for steps; the frame under way still arrives."""
        if self._activity is Activity.FAILED:
            return
        self._steps_left = 0
        self._next_frame.stop()
        self._set_activity(Activity.PAUSED)

    @Slot()
    def toggle(self) -> None:
        """Play if nothing is going on, pause otherwise."""
        if self._activity is Activity.PAUSED:
            self.play()
        else:
            self.pause()

    def step(self, n: int = 1) -> None:
        """Take exactly n more steps, whatever the stop rules say, and pause."""
        if n < 1 or self._activity is Activity.FAILED:
            return
        if self._activity is not Activity.STEPPING:
            self._steps_left = self._steps_wanted = 0
            self._errand += 1
        self._steps_left += n
        self._steps_wanted += n
        self._next_frame.stop()
        self._set_activity(Activity.STEPPING)
        self._ask()

    def reset(self, config: RunConfig) -> None:
        """Pause and begin a run of this config at step 0, also after a failure."""
        self._run += 1
        self._steps_left = 0
        self.config = config
        self._next_frame.stop()
        self._set_activity(Activity.PAUSED)
        self._send(Begin(self._run, config))

    def change(self, name: str, value: float) -> None:
        """Change the rate or the momentum from the next step on.

        Raises SettingError if out of range, and changes nothing.
        """
        if name not in LIVE_FIELDS:
            raise SettingError(f"{name} cannot change during a run")
        self.config = RunConfig.from_dict(self.config.to_dict() | {name: value})
        if self._activity is not Activity.FAILED:
            self._send(ChangeSetting(self._run, name, value))

    def set_speed(self, steps_per_second: float | None) -> None:
        """Aim at this speed from now on; None is as fast as it goes."""
        self._speed = steps_per_second
        if self._activity is Activity.STEPPING:
            return
        self._errand += 1
        self._pace.start(steps_per_second, self._clock())
        if self.playing:
            self._next_frame.stop()
            self._ask()

    def close(self) -> None:
        """End the thread and wait for it: at most a frame's time."""
        self._next_frame.stop()
        self._set_activity(Activity.PAUSED)
        self._thread.quit()
        self._thread.wait()
        self._garbage.close()

    @Slot()
    def _ask(self) -> None:
        """Ask for the next frame, unless one is under way: its answer asks again."""
        if self._frame_errand is not None:
            return
        if self._activity is Activity.STEPPING:
            self._ask_for(self._steps_left, NEVER)
        elif self._activity is Activity.PLAYING:
            if steps := self._pace.due(self._clock()):
                self._ask_for(steps, self.rules)
            else:
                self._ask_when_due()

    def _ask_for(self, steps: int, rules: StopRules) -> None:
        self._frame_errand = self._errand
        self._send(Advance(self._run, steps, BUDGET_SECONDS, rules))

    def _send(self, command: Command) -> None:
        self._unanswered.append(command)
        self._command_sent.emit(command)

    @Slot(object)
    def _deliver(self, answer: Snapshot | Failure) -> None:
        """Hand an answer on, unless a reset has overtaken it, and let things go on."""
        command = self._unanswered.popleft()
        is_frame = isinstance(command, Advance)
        is_wanted = is_frame and self._frame_errand == self._errand
        if is_frame:
            self._frame_errand = None
        if answer.run == self._run:
            if isinstance(answer, Failure):
                self._fail(answer)
            else:
                taken, self._step = answer.step - self._step, answer.step
                if is_wanted:
                    self._count(taken)
                if is_frame:
                    self._notice_end(answer.halt)
                self.snapshot_arrived.emit(answer)
        if is_frame:
            self._go_on()

    def _count(self, taken: int) -> None:
        """Count steps that were taken for the errand that still goes on."""
        if self._activity is Activity.PLAYING:
            self._pace.took(taken)
            self.gauge.add(self._clock(), self._step)
        elif self._activity is Activity.STEPPING:
            self._steps_left -= taken
            done = self._steps_wanted - self._steps_left
            self.stepping_progressed.emit((done, self._steps_wanted))

    def _notice_end(self, halt: Halt | None) -> None:
        """Pause where a rule, a divergence or the last of the wanted steps ends the errand."""
        stopped = halt is Halt.DIVERGED or (halt is not None and self.playing)
        if stopped or (self._activity is Activity.STEPPING and self._steps_left == 0):
            self.pause()

    def _go_on(self) -> None:
        """Ask again once what the last answer changed has been painted, and steps are due."""
        self._passes_left = _PASSES_TO_PAINT
        self._pass()

    def _pass(self) -> None:
        QCoreApplication.postEvent(self, QEvent(_PASSED), _AFTER_PAINTING)

    def customEvent(self, event: QEvent) -> None:  # noqa: ARG002, N802
        """Count one pass of the event loop."""
        self._passes_left -= 1
        if self._passes_left > 0:
            self._pass()
        else:
            self._ask_when_due()

    def _ask_when_due(self) -> None:
        if self._activity in {Activity.PLAYING, Activity.STEPPING}:
            seconds = self._pace.wait(self._clock()) if self.playing else 0.0
            if seconds > 0:
                self._next_frame.start(math.ceil(seconds * 1000))
            else:
                self._ask()

    def _fail(self, failure: Failure) -> None:
        if self._activity is Activity.FAILED:
            return  # what follows from the first failure would only hide it
        self._next_frame.stop()
        self._set_activity(Activity.FAILED)
        self.failed.emit(failure)

    def _set_activity(self, activity: Activity) -> None:
        was_playing = self.playing
        if activity is self._activity:
            return
        self._activity = activity
        if activity is not Activity.PLAYING:
            self.gauge.clear()
        self.activity_changed.emit(activity)
        if self.playing != was_playing:
            self.playing_changed.emit(self.playing)
