"""A lab in a program of its own, for tests of how it ends.

Run as ``python -m tests.support.lab_child WAY``. It says when its workers are busy.
"""

import multiprocessing
import signal
import sys

from tests.support.lab import bits_by_the_core, own_pid, plan_of, run, wait_for_processes_to_end
from xorviz.lab.workers.workers import Lab, worker_processes

LONG, SHORT = plan_of(10**7), plan_of(2000)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def train(lab: Lab) -> None:
    """Train for hours, and say so once workers are busy."""
    for number, _ in enumerate(lab.run(LONG)):
        if number == 2:
            say("busy")


def finish(lab: Lab) -> None:
    say(f"same bits: {run(lab, SHORT) == bits_by_the_core(SHORT)}")
    lab.close()
    wait_for_processes_to_end()
    say(f"left: {multiprocessing.active_children()}")


def train_until_interrupted(lab: Lab) -> None:
    try:
        train(lab)
    except KeyboardInterrupt:
        finish(lab)


def crash(lab: Lab) -> None:
    for _ in lab.run(LONG):
        say("busy")
        raise RuntimeError("a crash")


def start_interrupted(_: Lab) -> None:
    """Start processes, and let whoever listens interrupt them and us before they are ready."""
    signal.signal(signal.SIGINT, lambda *_: say("interrupted"))
    workers = worker_processes(2)
    futures = [workers.submit(own_pid, None) for _each in range(2)]
    while len(multiprocessing.active_children()) < 2:
        pass
    say("starting")
    say(f"answers: {sum(future.result() > 0 for future in futures)}")
    workers.stop()


WAYS = {
    "train": train,
    "finish": finish,
    "interrupted": train_until_interrupted,
    "interrupted at the start": start_interrupted,
    "crash": crash,
}


def main(way: str) -> None:
    WAYS[way](Lab(worker_processes(2)))


if __name__ == "__main__":
    main(sys.argv[1])
