"""Views of an analysis: one request at a time, for the snapshot shown, and none while hidden."""

from dataclasses import dataclass

import pytest
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from tests.support.snapshots import trained
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels.base.asking_view import AskingView


@dataclass(eq=False)
class HowMany:
    """A question about a step."""

    step: int

    def answer(self) -> int:
        return self.step


class Counter(AskingView):
    """A view that records its questions and their answers."""

    explanation = "Counts."

    def __init__(self, rest_ms: int = 0) -> None:
        super().__init__("hessian", rest_ms)
        self.requested: list[HowMany] = []
        self.answers: list[object] = []
        self.failures: list[str] = []
        self.question_asked.connect(self.requested.append)

    def _question(self, snapshot: Snapshot) -> HowMany:
        return HowMany(snapshot.step)

    def _show_answer(self, question: HowMany, answer: int) -> None:
        assert question.answer() == answer
        self.answers.append(answer)

    def _show_failure(self, message: str) -> None:
        self.failures.append(message)


@pytest.fixture
def snapshots() -> list[Snapshot]:
    return [trained(RunConfig(), steps) for steps in (1, 2, 3)]


def steps_of(view: Counter) -> list[int]:
    return [question.step for question in view.requested]


def test_the_newest_snapshot_is_requested_after_an_answer(
    qtbot: QtBot, snapshots: list[Snapshot]
) -> None:
    view = shown(qtbot, Counter())
    for snapshot in snapshots:
        view.show_snapshot(snapshot)
    assert steps_of(view) == [1]
    view.take_answer(view.requested[0], 1)
    qtbot.waitUntil(lambda: steps_of(view) == [1, 3])
    view.take_answer(view.requested[1], 3)
    qtbot.wait(20)  # long enough for a question that nothing calls for
    assert steps_of(view) == [1, 3]
    assert view.answers == [1, 3]


def test_a_pause_follows_an_answer(qtbot: QtBot, snapshots: list[Snapshot]) -> None:
    view = shown(qtbot, Counter(rest_ms=100_000))
    view.show_snapshot(snapshots[0])
    view.take_answer(view.requested[0], 1)
    view.show_snapshot(snapshots[1])
    assert steps_of(view) == [1]


def test_a_hidden_view_requests_when_it_is_shown(qtbot: QtBot, snapshots: list[Snapshot]) -> None:
    view = Counter()
    qtbot.addWidget(view)
    view.show_snapshot(snapshots[0])
    view.show_snapshot(snapshots[1])
    assert view.requested == []
    with qtbot.waitExposed(view):
        view.show()
    assert steps_of(view) == [2]


def test_answers_to_other_views_are_ignored(qtbot: QtBot, snapshots: list[Snapshot]) -> None:
    view = shown(qtbot, Counter())
    view.show_snapshot(snapshots[0])
    view.take_answer(HowMany(1), 1)
    view.take_failure(HowMany(1), "no")
    assert view.answers == view.failures == []


def test_a_failure_is_shown_and_the_next_is_requested(
    qtbot: QtBot, snapshots: list[Snapshot]
) -> None:
    view = shown(qtbot, Counter())
    view.show_snapshot(snapshots[0])
    view.show_snapshot(snapshots[1])
    view.take_failure(view.requested[0], "no such number")
    assert view.failures == ["no such number"]
    qtbot.waitUntil(lambda: steps_of(view) == [1, 2])
