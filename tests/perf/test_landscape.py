"""Cost of computing a loss landscape."""

import time

import pytest

from xorviz.core.analysis.landscape import LandscapeQuestion
from xorviz.core.analysis.planes import PlaneKind
from xorviz.core.config import RunConfig
from xorviz.core.runs.recording import Recording


def milliseconds(question: LandscapeQuestion) -> float:
    """Return the processor time of an answer, best of several."""
    taken = []
    for _ in range(9):
        start = time.process_time()
        question.answer()
        taken.append(time.process_time() - start)
    return 1e3 * min(taken)


@pytest.mark.perf
@pytest.mark.parametrize("kind", list(PlaneKind))
@pytest.mark.parametrize("width", [3, 16, 64])
def test_the_cost_of_a_landscape(kind: PlaneKind, width: int) -> None:
    run = Recording(RunConfig(width=width, biases=True))
    run.advance(2000)
    question = LandscapeQuestion(run.snapshot(), kind, (0, 1))
    taken = milliseconds(question)
    side = len(question.answer().xs)
    print(f"\nwidth {width}, {kind.value}: {side} × {side} points in {taken:.1f} ms")
