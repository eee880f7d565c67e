"""Views of an analysis: one request at a time, for the snapshot shown, and none while hidden."""

from dataclasses import dataclass

import pytest
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from tests.support.snapshots import trained
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels.base.snapshot_view import AskingView

ONE, TWO, THREE = (trained(RunConfig(), steps) for steps in (1, 2, 3))


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
        super().__init__("landscape", rest_ms)
        self.requested: list[HowMany] = []
        self.answers: list[object] = []
        self.question_asked.connect(self.requested.append)

    def _question(self, snapshot: Snapshot) -> HowMany:
        return HowMany(snapshot.step)

    def _show_answer(self, question: HowMany, answer: int) -> None:
        assert question.answer() == answer
        self.answers.append(answer)

    def _show_failure(self, message: str) -> None:
        self.answers.append(message)


def steps_of(view: Counter) -> list[int]:
    return [question.step for question in view.requested]


@pytest.mark.parametrize("fails", [False, True])
def test_the_newest_snapshot_is_requested_after_an_answer_or_a_failure(
    qtbot: QtBot, fails: bool
) -> None:
    view = shown(qtbot, Counter())
    for snapshot in (ONE, TWO, THREE):
        view.show_snapshot(snapshot)
    assert steps_of(view) == [1]
    view.take_answer(HowMany(1), 1)  # to another view
    view.take_failure(HowMany(1), "no")
    assert view.answers == []
    if fails:
        view.take_failure(view.requested[0], "no such number")
    else:
        view.take_answer(view.requested[0], 1)
    qtbot.waitUntil(lambda: steps_of(view) == [1, 3])
    view.take_answer(view.requested[1], 3)
    qtbot.waitUntil(lambda: not view.rest.isActive())
    assert view.answers == ["no such number" if fails else 1, 3]
    assert steps_of(view) == [1, 3]


def test_a_view_requests_once_it_is_shown_and_pauses_after_an_answer(qtbot: QtBot) -> None:
    view = Counter(rest_ms=100_000)
    view.show_snapshot(ONE)
    assert view.requested == []
    shown(qtbot, view)
    assert steps_of(view) == [1]
    view.take_answer(view.requested[0], 1)
    view.show_snapshot(TWO)
    assert steps_of(view) == [1]


def test_for_exports_all_is_answered_at_once(qtbot: QtBot) -> None:
    view = shown(qtbot, Counter(rest_ms=100_000))
    view.answer_at_once()
    for snapshot in (ONE, TWO):
        view.show_snapshot(snapshot)
    assert view.answers == [1, 2]
