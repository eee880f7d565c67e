"""Whether rounding decides a run."""

import numpy as np
import pytest

from xorviz.core.analysis import rounding
from xorviz.core.analysis.rounding import rounding_job
from xorviz.core.kernels import kernels
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import ACTIVATION_NAMES, INIT_NAMES, LOSS_NAMES, RunConfig
from xorviz.files.pages.saved import finished

CHAOTIC = RunConfig(rate=7, seed=11)


def trained(config: RunConfig, steps: int, kernel: str = "numpy") -> Record:
    kernels.prepare(kernel)
    recording = Recording(config, kernel=kernel)
    recording.advance(steps)
    return recording.record()


def finding(record: Record, step: int | None = None) -> str:
    made = finished(rounding_job(record, record.newest if step is None else step))
    return made.replace("\u202f", " ")


@pytest.mark.parametrize(
    "config",
    [
        *(RunConfig(rate=0.5, init=init) for init in INIT_NAMES),
        *(RunConfig(rate=0.05, loss=loss, biases=True, momentum=0.9) for loss in LOSS_NAMES),
        *(RunConfig(rate=0.05, activation=name, loss="mse") for name in ACTIVATION_NAMES),
    ],
)
def test_rounding_decides_nothing_in_a_run_that_learns(config: RunConfig) -> None:
    assert finding(trained(config, 400, "numba")) == ""


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
def test_rounding_decides_a_chaotic_run(kernel: str) -> None:
    said = finding(trained(CHAOTIC, 2000, kernel))
    assert said.startswith("Rounding decides this run: computed in another order of operations, ")
    since, reached = (int(said.split(word)[1].split(" on, ")[0].split(".")[0].replace(" ", ""))
                      for word in ("about step ", " at step "))  # fmt: skip
    assert 50 < since < 1000
    assert reached == 2000


def test_the_same_recipe_is_compared_up_to_a_past_step() -> None:
    assert finding(trained(CHAOTIC, 2000), 60) == ""
    assert finding(trained(CHAOTIC, 0)) == ""


def test_what_was_changed_on_the_way_is_changed_again() -> None:
    recording = Recording(RunConfig(rate=0.5, biases=True, momentum=0.5))
    recording.intervene("w1", -0.25, (1, 2))
    recording.advance(300)
    recording.intervene("rate", 0.1)
    recording.intervene("b2", 1.5, (0,))
    recording.advance(300)
    recording.intervene("momentum", 0)
    recording.advance(300)
    record = recording.record()
    assert finding(record) == ""
    forgotten = Record(record.config, (), record.newest, record.trace, record.checkpoints)
    assert finding(forgotten) != ""


def test_a_long_run_is_compared_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "MOST_STEPS", 1000)
    said = finding(trained(RunConfig(rate=0.5), 1500))
    assert "the same loss up to step 1 000; later steps were not compared" in said
    assert "later steps" not in finding(trained(RunConfig(rate=0.5), 1000))
    assert "at step 1 000." in finding(trained(CHAOTIC, 1500))


def test_runs_are_compared_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "SLICE_SECONDS", 0)
    seen = list(rounding_job(trained(RunConfig(), 1000), 1000))
    assert len(seen) > 10
    assert seen == sorted(seen)
    assert seen[-1] == (1000, 1000)
    assert np.geterr()["over"] != "ignore", "of who has it done, too"


def test_an_order_of_operations_that_diverges_differs_by_infinity(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = trained(RunConfig(activation="relu", rate=1000, loss="cross-entropy"), 50)
    assert isinstance(finding(record), str), "no error"
    record = trained(RunConfig(rate=0.5), 200)
    monkeypatch.setattr(rounding, "loss", lambda *_: np.nan)
    assert "by up to \u221e" in finding(record)
