"""The history of projects for undo and redo; its order is tested with any sequence of changes."""

from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.window.document.open_project import MOST_ENTRIES, Entry, History


def entry(newest: int, step: int, moves_current_run: bool = True) -> Entry:
    return Entry(str(newest), Project(Record(RunConfig(), newest=newest), step), moves_current_run)


def test_the_oldest_entries_are_dropped() -> None:
    history = History()
    for newest in range(MOST_ENTRIES + 5):
        history.note(entry(newest, newest))
    back = []
    while (undone := history.undo(entry(10**6, 0).project)) is not None:
        back.append(undone.label)
    assert back == [str(n) for n in range(MOST_ENTRIES + 4, 4, -1)]


def test_only_changes_of_the_same_project_at_the_same_step_are_one_entry() -> None:
    history, first = History(), entry(3, 3)
    for noted in (first, entry(3, 3), entry(3, 1), entry(3, 1, moves_current_run=False)):
        history.note(noted)
    back = [history.undo(first.project) for _ in range(4)]
    assert [one and (one.project.step, one.moves_current_run) for one in back] == [
        (1, False),
        (1, True),
        (3, True),
        None,
    ]
