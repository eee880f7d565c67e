"""Real clusters on this machine, of processes that are ended one by one."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.commands import ROOT


class LocalCluster:
    """A scheduler on the loopback, and as many workers as are added."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self._folder = folder
        self._environment = environment
        self._processes: list[subprocess.Popen[str]] = []
        command = ("--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0")
        self.scheduler, line = self._start("-m", "distributed.cli.dask_scheduler", *command)
        self.address = line.split()[-1]
        self.workers: list[subprocess.Popen[str]] = []

    def add_worker(self) -> None:
        """Start a worker of one thread, and wait until the scheduler has it."""
        options = (self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        started, _ = self._start("-m", "distributed.cli.dask_worker", *options)
        self.workers.append(started)

    def end(self) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.communicate()

    def _start(self, *command: str) -> tuple[subprocess.Popen[str], str]:
        """Start a process; return it and the line that says it is ready."""
        own = {"DASK_TEMPORARY_DIRECTORY": str(self._folder)}
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=os.environ | own | self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._processes.append(process)
        assert process.stderr is not None
        for line in process.stderr:
            if "Scheduler at:" in line or "Starting established connection" in line:
                return process, line
        raise AssertionError(f"{command} has ended")


@contextmanager
def local_cluster(folder: Path, workers: int, **environment: str) -> Iterator[LocalCluster]:
    """Start a scheduler and so many workers; end them all."""
    cluster = LocalCluster(folder, **environment)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.end()
