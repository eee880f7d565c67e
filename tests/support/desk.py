"""A document with its session, as a person works on it, and all that it tells."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pytestqt.qtbot import QtBot

from xorviz.core.config import RunConfig
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.window.document.document import Document

CONFIG = RunConfig(width=2, rate=0.5, biases=True)
OTHER = replace(CONFIG, activation="tanh")


@dataclass
class Desk:
    """A document with its session, and all that was told."""

    qtbot: QtBot
    session: TrainingSession
    document: Document
    seen: list[Snapshot] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session.rules = NEVER
        self.session.set_speed(None)
        self.session.snapshot_arrived.connect(self.seen.append)
        self.document.project_changed.connect(self.projects.append)
        self.document.refused.connect(self.refused.append)
        self.document.noticed.connect(self.noticed.append)

    @property
    def now(self) -> Snapshot:
        return self.seen[-1]

    @property
    def pinned(self) -> list[tuple[str, Record]]:
        return [(run.name, run.record) for run in self.document.project.pinned]

    def labels(self) -> tuple[str | None, str | None]:
        """Return what can be undone and done again."""
        history = self.document.history
        return history.undo_label, history.redo_label

    def rest(self) -> None:
        at_rest = {Activity.PAUSED, Activity.FAILED}
        self.qtbot.waitUntil(
            lambda: self.session.activity in at_rest and self.session.unanswered == 0,
            timeout=20_000,
        )

    def do(self, wish: Callable[..., None], *arguments: object) -> None:
        """Wish for something, and wait until it is so."""
        wish(*arguments)
        self.rest()

    def put(self, project: Project) -> None:
        self.do(self.document.put, project)
        for told in (self.projects, self.refused, self.noticed):
            told.clear()

    def watch(self, count: int) -> None:
        """Wait for more snapshots."""
        until = len(self.seen) + count
        self.qtbot.waitUntil(lambda: len(self.seen) >= until, timeout=10_000)

    def train(self, n: int) -> None:
        self.do(self.session.step, n)

    def go_to(self, step: int) -> None:
        self.do(self.session.seek, step)
