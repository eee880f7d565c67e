"""Time to try what helps a stuck network, on two cores, beside what was estimated."""

import time
from contextlib import closing

import pytest

from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMPY
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.lab.training.training import prepare
from xorviz.lab.workers.trials import carried_out, trial_of
from xorviz.lab.workers.workers import Lab, worker_processes

CORES = 2
STUCK = {
    "width 2": RunConfig(width=2, rate=0.5, seed=16),
    "width 2, biases": RunConfig(width=2, biases=True, rate=0.5, seed=13),
    "width 3": RunConfig(),
    "width 64": RunConfig(width=64, rate=10),
}


def seconds(subject: Snapshot, kernel: str) -> float:
    prepare(kernel)
    with closing(Lab(worker_processes(CORES), kernel=kernel)) as lab:
        start = time.perf_counter()
        for _ in carried_out(trial_of(subject), lab.run):
            pass
        return time.perf_counter() - start


@pytest.mark.perf
@pytest.mark.parametrize("name", STUCK)
def test_time_to_try_what_helps(name: str) -> None:
    trainer = Trainer(STUCK[name])
    trainer.advance(20_000)
    subject = trainer.snapshot()
    taken = {kernel: seconds(subject, kernel) for kernel in KERNEL_NAMES}
    estimate = sum(one.plan.seconds(CORES) for one in trial_of(subject).rounds)
    ratios = ", ".join(f"{kernel} {taken[kernel] / estimate:.2f}" for kernel in taken)
    print(f"\n{name}: {ratios} of the estimated {estimate:.1f} s; numpy {taken[NUMPY]:.1f} s")
