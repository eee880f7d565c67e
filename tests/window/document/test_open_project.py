"""The history of projects for undo and redo."""

import pytest

from tests.support.cases import some
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
    return history.labels


def test_the_last_change_is_undone_first_and_redone_last(history: History) -> None:
    assert labels(history) == ("c", None)
    back = [history.undo(project(now)) for now in (4, 3, 2)]
    assert back == [entry("c", 3), entry("b", 2), entry("a", 1)]
    assert labels(history) == (None, "a")
    forth = [history.redo(project(now)) for now in (1, 2, 3)]
    assert forth == [entry("a", 2), entry("b", 3), entry("c", 4)]
    assert labels(history) == ("c", None)


@pytest.mark.thorough
def test_undone_entries_are_ordered_furthest_first(history: History) -> None:
    history.undo(project(9))
    history.undo(project(3))
    assert history.undone == [entry("c", 9), entry("b", 3)]


def test_a_new_change_discards_redo(history: History) -> None:
    history.undo(project(9))
    history.note(entry("d", 4))
    assert labels(history) == ("d", None)
    assert history.undone == []
    assert history.redo(project(5)) is None


def test_changes_of_the_same_project_are_one_entry(history: History) -> None:
    history.note(entry("d", 3))
    assert [history.undo(project(9)), history.undo(project(9))] == [entry("d", 3), entry("b", 2)]


@pytest.mark.parametrize(
    "other",
    some(
        [
            entry("d", 4),
            Entry("d", project(3, step=1), moves_current_run=True),
            entry("d", 3, moves_current_run=False),
            Entry(
                "d", project(3).pinning(Record(RunConfig(), newest=3), 3), moves_current_run=True
            ),
            Entry("d", Project(Record(RunConfig(width=5), newest=3), 3), moves_current_run=True),
        ],
        1,
    ),
    ids=["later", "looked at elsewhere", "current run stays", "more kept", "another run"],
)
def test_changes_of_different_projects_are_separate_entries(history: History, other: Entry) -> None:
    history.note(other)
    assert [history.undo(project(9)), history.undo(project(9))] == [other, entry("c", 3)]


def test_the_oldest_entries_are_dropped() -> None:
    history = History()
    for newest in range(MOST_ENTRIES + 5):
        history.note(entry(str(newest), newest))
    back = []
    while (undone := history.undo(project(10**6))) is not None:
        back.append(undone.label)
    assert back == [str(n) for n in range(MOST_ENTRIES + 4, 4, -1)]
