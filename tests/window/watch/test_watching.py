"""News of programs: which run becomes the current one, which are pinned, which are dropped."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from pytestqt.qtbot import QtBot

from tests.support.cases import Clock
from tests.support.watched import watched_record
from tests.support.windows import CONFIG, DocumentHarness
from xorviz.core.runs.project import MOST_PINNED, Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.engine.session import TrainingSession
from xorviz.engine.watching.news import News
from xorviz.window.document.document import Document
from xorviz.window.watch.watching import Watching


@dataclass
class Programs(DocumentHarness):
    """A document that hears of programs."""

    clock: Clock = field(default_factory=Clock)
    forgotten: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.watching = Watching(self.session, self.document, self.clock)
        self.watching.noticed.connect(self.noticed.append)

    def tell(self, name: str, step: int, is_live: bool = True, is_lost: bool = False) -> Record:
        """Let a program have come to a step; return its run."""
        record = watched_record(steps=(0, 1, step) if step > 1 else step, name=name)
        self.session._hear(News(record, is_live, is_lost))
        self.qtbot.waitUntil(lambda: not self.session.unanswered)
        return record

    @property
    def current(self) -> str:
        source = self.document.project.record.source
        return "ours" if source is None else source.name


@pytest.fixture
def programs(
    qtbot: QtBot, session: TrainingSession, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Programs]:
    harness = Programs(qtbot, session, Document(session), clock=clock)
    monkeypatch.setattr(session.programs, "forget", harness.forgotten.append)
    harness.put(Project(Record(CONFIG), 0))
    yield harness
    harness.watching.close()


def test_the_first_is_followed_and_others_are_listed(programs: Programs) -> None:
    programs.tell("one", 10)
    assert (programs.current, programs.session.playing, programs.pinned) == ("one", True, [])
    two = programs.tell("two", 20)
    assert (programs.current, programs.pinned) == ("one", [("two", two)])
    assert programs.labels() == ("watch one", None)
    assert "two is watched, too" in programs.noticed[-1]


def test_after_it_has_ended_the_next_is_followed(programs: Programs) -> None:
    one = programs.tell("one", 10)
    programs.tell("one", 10, is_live=False)
    programs.rest()
    programs.tell("two", 20)
    assert (programs.current, programs.pinned) == ("two", [("one", one)])


def test_pinned_ones_are_renewed_now_and_then(programs: Programs) -> None:
    programs.tell("one", 10)
    programs.tell("two", 20)
    count = len(programs.projects)
    for step in range(21, 24):
        programs.tell("two", step)
    assert len(programs.projects) == count
    assert programs.watching._later.isActive()
    programs.watching._later.timeout.emit()
    assert len(programs.projects) == count + 1
    assert programs.pinned == [("two", watched_record(steps=(0, 1, 23), name="two"))]
    assert programs.labels() == ("watch one", None)
    assert not programs.watching._later.isActive()


def test_the_one_that_is_chosen_is_followed_and_the_other_stays_listed(programs: Programs) -> None:
    one, two = programs.tell("one", 10), programs.tell("two", 20)
    programs.watching.recall(0)
    programs.qtbot.waitUntil(lambda: programs.now.record == two)
    assert (programs.current, programs.session.playing) == ("two", True)
    assert programs.pinned == [("two", two), ("one", one)]


def test_one_that_is_undone_or_left_out_of_another_project_stays_listed(programs: Programs) -> None:
    programs.tell("one", 10)
    programs.do(programs.document.undo)
    assert programs.current == "ours"
    grown = programs.tell("one", 11)
    assert (programs.current, programs.pinned) == ("ours", [("one", grown)])


def test_one_that_is_deleted_is_heard_no_more(programs: Programs) -> None:
    programs.tell("one", 10)
    two = programs.tell("two", 20)
    programs.watching.delete(0)
    programs.tell("two", 21)
    assert (programs.pinned, len(programs.forgotten)) == ([], 1)
    programs.document.undo()
    programs.tell("two", 22)  # it may be heard again, as it is listed again
    programs.watching.renew()
    assert [(name, record.newest) for name, record in programs.pinned] == [("two", 22)]
    assert two.newest == 20


def test_the_copy_of_the_current_one_can_be_deleted(programs: Programs) -> None:
    programs.tell("one", 10)
    programs.document.pin()
    programs.watching.delete(0)
    assert (programs.forgotten, programs.pinned, programs.current) == ([], [], "one")


def test_without_space_for_one_it_is_said_what_to_do(programs: Programs) -> None:
    programs.tell("one", 10)
    for seed in range(MOST_PINNED):
        programs.document._pin(Recording(replace(CONFIG, seed=seed)).record(), 0)
    programs.tell("two", 20)
    assert programs.noticed[-1] == (
        "two is not watched: 12 runs are pinned already. Delete one first. Then start its program "
        "again."
    )
    assert len(programs.forgotten) == 1
    programs.tell("two", 21)
    assert len(programs.forgotten) == 1  # it is not asked again


def test_what_was_heard_of_a_program_is_known(programs: Programs) -> None:
    one = programs.tell("one", 10)
    programs.clock.now += 2.0
    one = programs.tell("one", 110)
    heard = programs.watching.heard_of(one)
    assert heard is not None
    assert (heard.is_live, heard.is_lost, heard.steps_per_second) == (True, False, 50)
    programs.tell("one", 110, is_live=False, is_lost=True)
    heard = programs.watching.heard_of(one)
    assert heard is not None
    assert (heard.is_live, heard.is_lost) == (False, True)
    assert programs.watching.heard_of(Record(CONFIG)) is None
