"""No sequence of changes to a document loses a trained run without a notice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from tests.support.bits import bits
from tests.support.windows import CONFIG, DocumentHarness
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.window.document.document import Document

NAMES = (
    *("undo",) * 6, *("redo",) * 2, *("seek",) * 2, *("rate",) * 2, *("weight",) * 2,
    "weight beside", "restart", "reset", "lock", "unlock", "pin", "recall", "delete", "rename",
    "hide", "train",
)  # fmt: skip
OPERATIONS = st.tuples(
    st.sampled_from(NAMES),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from([0, 30, 90]),
    st.sampled_from([True, True, True, False]),
)
"""A name, a number from 0 to 1 for its parameters, the steps to train, whether to wait then."""


def perform(harness: DocumentHarness, name: str, share: float) -> None:
    """Perform an operation on a document, if it is possible."""
    document, project = harness.document, harness.document.project
    config, pinned = harness.session.config, project.pinned
    style = pinned[int(share * len(pinned))].style if pinned else -1
    value = (-1.0, 0.25, 0.5, 1.0)[int(share * 4)]
    wishes: dict[str, Callable[[], object]] = {
        "seek": lambda: harness.session.seek(round(share * project.record.newest)),
        "rate": lambda: document.change_setting("rate", abs(value)),
        "weight": lambda: document.set_weight("w1", (0, 0), value),
        "restart": lambda: document.restart(replace(config, width=1 + int(share * 3))),
        "lock": lambda: document.start_side_by_side(replace(config, activation="tanh")),
        "unlock": document.end_side_by_side,
        "undo": document.undo,
        "redo": document.redo,
        "pin": document.pin,
        "reset": document.reset,
    }
    if project.beside is not None:
        wishes["weight beside"] = lambda: document.set_weight_beside("w1", (0, 0), value)
    if pinned:
        wishes["recall"] = lambda: document.recall(style)
        wishes["delete"] = lambda: document.delete(style)
        wishes["rename"] = lambda: document.rename(style, f"name {value}")
        wishes["hide"] = lambda: document.show_run(style, False)
    wishes.get(name, lambda: None)()


@dataclass
class Ledger:
    """Records the runs of a document that must not be lost."""

    harness: DocumentHarness
    reached: set[Record] = field(default_factory=set)
    undone: list[tuple[RunConfig, set[Record]]] = field(default_factory=list)
    """The runs that redo restores, with the start of the current run there."""
    may_be_lost: set[Record] = field(default_factory=set)

    def seen(self) -> tuple[Record, ...]:
        """Return the current and the pinned runs."""
        project = self.harness.document.project
        both = (project.record,) if project.beside is None else (project.record, project.beside)
        return *both, *(run.record for run in project.pinned)

    def do(self, name: str, share: float, steps: int, is_patient: bool) -> None:
        """Perform an operation and train, and note which runs may be lost by it."""
        start, there = self.harness.document.project.record.config, set(self.seen())
        undo, redo = self.harness.labels()
        perform(self.harness, name, share)
        if name == "undo" and undo is not None:
            self.undone.append((start, there))
        elif name == "redo" and redo is not None:
            self.undone.pop()
        elif redo is not None and self.harness.labels()[1] is None:
            for its_start, runs in self.undone:
                self.may_be_lost.update(r for r in runs if start not in {its_start, r.config})
            self.undone.clear()
        self.harness.session.step(steps)
        if is_patient:
            self.harness.rest()
        self.note()

    def note(self) -> None:
        """Note all runs since the last call."""
        self.reached.update(self.seen())
        for snapshot in self.harness.seen:
            self.reached.add(snapshot.record)
            if snapshot.beside is not None:
                self.reached.add(snapshot.beside.record)
        self.harness.seen[:-1] = []

    def reachable(self) -> set[Record]:
        """Return all runs that undo and redo restore."""
        found = set(self.seen())
        for way in (self.harness.document.undo, self.harness.document.redo):
            place = 0 if way == self.harness.document.undo else 1
            while self.harness.labels()[place] is not None:
                self.harness.do(way)
                found.update(self.seen())
        return found


def has_come_along(record: Record, other: Record) -> bool:
    """Return whether another run had the same state at this one's newest step, bit for bit."""
    if record.newest == 0:
        return True  # nothing was trained
    if record.config != other.config or record.newest > other.newest:
        return False
    mine = record.checkpoints[-1]
    its = Recording(other).fork(record.newest).record().checkpoints[-1]
    return bits(mine.parameters) == bits(its.parameters) and bits(mine.velocity) == bits(
        its.velocity
    )


@pytest.fixture
def harnesses(qtbot: QtBot) -> Iterator[Callable[[], DocumentHarness]]:
    """Return a function that opens a new document."""
    opened: list[DocumentHarness] = []

    def open_one() -> DocumentHarness:
        session = TrainingSession()
        harness = DocumentHarness(qtbot, session, Document(session))
        opened.append(harness)
        harness.put(Project(Record(CONFIG), 0))
        return harness

    yield open_one
    for harness in opened:
        harness.session.close()


@given(operations=st.lists(OPERATIONS, min_size=4, max_size=16))
def test_no_trained_run_is_lost_silently(
    harnesses: Callable[[], DocumentHarness], operations: list[tuple[str, float, int, bool]]
) -> None:
    """Each is current, pinned or in the history, bit for bit.

    Exceptions are undone runs of another start than the run changed next, and runs for which
    there was no space, which is reported.
    """
    harness = harnesses()
    ledger = Ledger(harness)
    for operation in operations:
        ledger.do(*operation)
    harness.rest()
    ledger.note()
    assert harness.session.activity is Activity.PAUSED
    accounted_for = ledger.reachable() | ledger.may_be_lost
    if any("Could not pin" in notice for notice in harness.noticed):
        return
    for record in ledger.reached:
        assert any(has_come_along(record, other) for other in accounted_for), record
    harness.session.close()
