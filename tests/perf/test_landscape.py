"""Cost of computing a loss landscape."""

import pytest

from tests.perf.test_training_speed import seconds
from xorviz.core.analysis.landscape import LandscapeQuestion
from xorviz.core.analysis.planes import PlaneKind
from xorviz.core.config import RunConfig
from xorviz.core.runs.recording import Recording


@pytest.mark.perf
@pytest.mark.parametrize("kind", list(PlaneKind))
@pytest.mark.parametrize("width", [3, 16, 64])
def test_the_cost_of_a_landscape(kind: PlaneKind, width: int) -> None:
    run = Recording(RunConfig(width=width, biases=True))
    run.advance(2000)
    question = LandscapeQuestion(run.snapshot(), kind, (0, 1))
    taken = 1e3 * min(seconds(question.answer) for _ in range(9))
    side = len(question.answer().xs)
    print(f"\nwidth {width}, {kind.value}: {side} × {side} points in {taken:.1f} ms")
