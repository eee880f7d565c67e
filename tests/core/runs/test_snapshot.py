"""Properties of snapshots."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.snapshots import QUICK, trained
from tests.support.watched import SHOWN, watched_record
from xorviz.core.runs.project import continued
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.trainer import Trainer
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import RunConfig


def test_correct_means_on_the_targets_side_of_one_half() -> None:
    for outputs, errors, right in (
        ((0.75, 0.25, 1.0, 0.0), [-0.25, 0.25, 0, 0], [True] * 4),  # the targets are 1, 0, 1, 0
        ((0.5, 0.5, 0.25, 0.75), [-0.5, 0.5, -0.75, 0.75], [False] * 4),
    ):
        shown = replace(trained(QUICK), outputs=np.array(outputs))
        assert (shown.errors.tolist(), shown.right.tolist()) == (errors, right)


def test_given_weights_may_be_trained_at_step_0() -> None:
    watched = watched_record(steps=(0, 9))
    given = continued(watched, 9)
    for record, is_given in ((watched, True), (given, True), (Record(SHOWN), False)):
        shown = run_of(record).state_at(0)
        assert (record.is_given, shown.is_untrained) == (is_given, not is_given)


@pytest.mark.parametrize(
    ("field", "index"), [("w1", (1, 2)), ("b1", (0,)), ("w2", (2, 0)), ("b2", (0,))]
)
@pytest.mark.parametrize("loss", ["sse", "cross-entropy"])
def test_a_preview_is_what_the_change_gives(
    field: str, index: tuple[int, ...], loss: str, kernel: str
) -> None:
    trainer = Trainer(RunConfig(biases=True, loss=loss, rate=0.5), kernel=kernel)
    trainer.advance(40)
    before = trainer.snapshot()
    tried = before.trying(Intervention(40, field, -2.5, index))
    trainer.intervene(field, -2.5, index)
    made = trainer.snapshot()
    for name in ("weights", "gradient"):
        pairs = zip(getattr(tried, name).arrays(), getattr(made, name).arrays(), strict=True)
        assert all(np.allclose(one, other, rtol=1e-12, atol=1e-15) for one, other in pairs)
    assert tried.loss == pytest.approx(made.loss, rel=1e-12)
    assert tried.outputs == pytest.approx(made.outputs, rel=1e-12)
    assert (tried.is_preview, tried.record, before.is_preview) == (True, before.record, False)
    pair = replace(before, beside=before).trying(Intervention(40, field, -2.5, index), beside=True)
    assert pair.beside is not None
    assert (pair.is_preview, pair.tried, pair.loss) == (True, None, before.loss)
    assert pair.beside.loss == tried.loss
