"""The history of projects for undo and redo."""

import pytest

from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.window.document.open_project import MOST_ENTRIES, Entry, History


def project(newest: int, step: int | None = None) -> Project:
    return Project(Record(RunConfig(), newest=newest), newest if step is None else step)


def entry(label: str, newest: int, moves_current_run: bool = True) -> Entry:
    return Entry(label, project(newest), moves_current_run)


@pytest.fixture
def history() -> History:
    """Return a history of three changes, at steps 1, 2 and 3."""
    history = History()
    for newest, label in enumerate("abc", start=1):
        history.note(entry(label, newest))
    return history


def labels(history: History) -> tuple[str | None, str | None]:
    """Return the labels; unlike a property, they may differ from one line to the next."""
    return history.labels


def test_the_last_change_is_undone_first_and_redone_last(history: History) -> None:
    back = [history.undo(project(now)) for now in (4, 3, 2, 1)]
    assert back == [entry("c", 3), entry("b", 2), entry("a", 1), None]
    assert labels(history) == (None, "a")
    assert history.undone == [entry("c", 4), entry("b", 3), entry("a", 2)]
    forth = [history.redo(project(now)) for now in (1, 2, 3)]
    assert forth == [entry("a", 2), entry("b", 3), entry("c", 4)]
    assert labels(history) == ("c", None)
    history.undo(project(9))
    history.note(entry("d", 4))  # discards what could be redone
    assert (labels(history), history.undone) == (("d", None), [])


ANOTHER = {
    "later": entry("d", 4),
    "looked at elsewhere": Entry("d", project(3, step=1), moves_current_run=True),
    "current run stays": entry("d", 3, moves_current_run=False),
    "more kept": Entry("d", project(3).pinning(Record(RunConfig(), newest=3), 3), True),
    "another run": Entry("d", Project(Record(RunConfig(width=5), newest=3), 3), True),
}


@pytest.mark.parametrize("what", ["the same project", *ANOTHER])
def test_changes_of_the_same_project_are_one_entry(history: History, what: str) -> None:
    other = ANOTHER.get(what, entry("d", 3))
    history.note(other)
    before = entry("c", 3) if what in ANOTHER else entry("b", 2)
    assert [history.undo(project(9)), history.undo(project(9))] == [other, before]


def test_the_oldest_entries_are_dropped_and_some_can_be_forgotten() -> None:
    history = History()
    for newest in range(MOST_ENTRIES + 5):
        history.note(entry(str(newest), newest))
    assert history.last is not None
    history.forget([history.last, entry("70", 70)])  # the second is only equal to one of them
    back = []
    while (undone := history.undo(project(10**6))) is not None:
        back.append(undone.label)
    assert back == [str(n) for n in range(MOST_ENTRIES + 3, 4, -1)]
