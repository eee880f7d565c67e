"""A session that keeps what it signals and can be waited for."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from tests.support.cases import Clock
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Failure
from xorviz.engine.session import TrainingSession


class WatchedSession(TrainingSession):
    """A session, and all that it has signalled."""

    def __init__(self, bot: QtBot, clock: Clock, kernel: str) -> None:
        super().__init__(clock=clock, kernel=kernel)
        self._bot, self._test_clock = bot, clock
        self.snapshots: list[Snapshot] = []
        self.progress: list[tuple[int, int]] = []
        self.failures: list[Failure] = []
        self.snapshot_arrived.connect(self.snapshots.append)
        self.progressed.connect(self.progress.append)
        self.failed.connect(self.failures.append)

    @property
    def steps(self) -> list[int]:
        """The steps of the snapshots."""
        return [snapshot.step for snapshot in self.snapshots]

    @property
    def last(self) -> Snapshot:
        """The newest snapshot."""
        return self.snapshots[-1]

    def doing(self) -> Activity:
        """Return the activity; unlike a property, it may differ from one line to the next."""
        return self.activity

    def wait(self, condition: Callable[[], bool]) -> None:
        """Process events until a condition holds."""
        self._bot.waitUntil(condition)

    def rest(self) -> None:
        """Wait until the session is paused or failed and every command is answered."""
        at_rest = {Activity.PAUSED, Activity.FAILED}
        self.wait(lambda: self.activity in at_rest and self.unanswered == 0)

    def draw_for(self, seconds: float) -> None:
        """Let the drawing of each snapshot take this long by the test's clock."""

        def draw(_: Snapshot) -> None:
            self._test_clock.now += seconds

        self.snapshot_arrived.connect(draw)

    def begin(self, config: RunConfig) -> None:
        """Begin a run and wait for its first snapshot."""
        self.open_run(Record(config), 0)
        self.rest()

    def open(self, record: Record, step: int, beside: Record | None = None) -> None:
        """Open a run and wait for its first snapshot."""
        self.open_run(record, step, beside)
        self.rest()
