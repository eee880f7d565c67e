"""A cluster gives the bits of this machine, or an error of one sentence."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from tests.support.clusters import LocalCluster, local_cluster
from tests.support.lab import (
    bits_by_the_core,
    bits_in_the_end,
    die,
    go_wrong,
    now,
    own_pid,
    plan_of,
    run,
)
from xorviz.lab.workers import cluster as cluster_module
from xorviz.lab.workers.cluster import Cluster
from xorviz.lab.workers.workers import Lab, LabError, Piece

SECONDS = 60
PLAN = plan_of(2500)
LONG = plan_of(10**7)
SLICE = 0.02


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """Return a cluster of two workers shared by tests that do not damage it."""
    with local_cluster(tmp_path_factory.mktemp("dask"), workers=2) as cluster:
        yield cluster


@pytest.fixture
def one_way(tmp_path: Path) -> Iterator[LocalCluster]:
    """Return a cluster of two workers for a test that damages it."""
    with local_cluster(tmp_path, workers=2) as cluster:
        yield cluster


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Return a lab whose workers the test sets; it must leave no threads."""
    threads = set(threading.enumerate())
    lab = Lab(Cluster("tcp://127.0.0.1:1"), SLICE)
    yield lab
    lab.close()
    assert not [thread for thread in set(threading.enumerate()) - threads if not thread.daemon]


def said_by(lab: Lab) -> str:
    """Return the sentence with which a run fails."""
    with pytest.raises(LabError) as caught:
        list(islice(lab.run(LONG), 1000))
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_a_cluster_gives_the_same_bits_also_after_an_abandoned_run(
    both: LocalCluster, lab: Lab
) -> None:
    lab.workers = Cluster(both.address)
    assert lab.workers.count == 2
    pieces = lab.run(LONG)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert run(lab, PLAN) == bits_by_the_core(PLAN)


def test_tasks_run_on_the_cluster_each_time_also_after_a_stop(both: LocalCluster, lab: Lab) -> None:
    workers = lab.workers = Cluster(both.address)
    workers.stop()  # before it was connected to
    pid = workers.result(workers.submit(own_pid, None))
    assert pid in [worker.pid for worker in both.workers]
    futures = [workers.submit(now, None) for _ in range(2)]
    assert len({workers.result(future) for future in futures}) == 2
    with pytest.raises(ValueError, match="this went wrong"):
        workers.result(workers.submit(go_wrong, None))
    cancelled = workers.submit(own_pid, None)
    assert cancelled.cancel()
    with pytest.raises(CancelledError):
        workers.result(cancelled)
    workers.stop()
    assert both.scheduler.poll() is None
    assert not [thread for thread in threading.enumerate() if thread.name == "IO loop"]
    assert workers.result(workers.submit(own_pid, None)) != os.getpid()


# Deaths.


@pytest.mark.thorough
def test_a_killed_worker_is_replaced_and_a_killed_scheduler_ends_the_run(
    one_way: LocalCluster, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "_COUNT_SECONDS", 10 * SECONDS)
    lab.workers = Cluster(one_way.address)

    def pieces() -> Iterator[Piece]:
        for number, piece in enumerate(lab.run(PLAN)):
            if number == 2:
                one_way.workers[0].kill()
            yield piece

    assert bits_in_the_end(pieces()) == bits_by_the_core(PLAN)
    assert one_way.workers[0].wait(SECONDS) == -signal.SIGKILL
    endless = lab.run(LONG)
    next(endless)
    one_way.scheduler.kill()
    with pytest.raises(LabError) as caught:
        list(islice(endless, 1000))
    assert str(caught.value) == f"The scheduler at {one_way.address} is no longer reachable."


@pytest.mark.thorough
def test_a_task_that_kills_worker_after_worker_is_an_error(tmp_path: Path, lab: Lab) -> None:
    none_may_fail = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with local_cluster(tmp_path, workers=1, **none_may_fail) as cluster:
        lab.workers = Cluster(cluster.address)
        future = lab.workers.submit(die, None)
        with pytest.raises(LabError, match="lost one worker after another with the same task"):
            lab.workers.result(future)


@pytest.mark.thorough
def test_a_silent_cluster_fails(
    one_way: LocalCluster, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.workers = Cluster(one_way.address)
    assert lab.workers.count == 2
    monkeypatch.setattr(cluster_module, "_SECONDS", 0.5)
    monkeypatch.setattr(cluster_module, "_COUNT_SECONDS", 0)
    one_way.scheduler.send_signal(signal.SIGSTOP)
    assert said_by(lab) == f"The scheduler at {one_way.address} is no longer reachable."
    lab.close()  # does not wait for it either


# Nothing to connect to.


@pytest.mark.parametrize(
    "address",
    [
        *("", "localhost", "localhost:8786", "http://localhost:80", "tcp://localhost"),
        *("tcp://:8786", "tcp://localhost:port", "tcp://localhost:99999", "tcp://[::1:8786"),
    ],
)
def test_an_invalid_address_is_refused(address: str) -> None:
    with pytest.raises(LabError, match="is not the address of a scheduler, such as tcp://"):
        Cluster(address)


def test_a_closed_port_is_an_error(lab: Lab) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    lab.workers = Cluster(f"tcp://127.0.0.1:{port}")
    sentence = f"The scheduler at tcp://127.0.0.1:{port} does not answer: Connection refused."
    assert said_by(lab) == sentence


def test_another_program_on_the_port_is_an_error(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster_module, "_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        lab.workers = Cluster(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        assert "does not answer: " in said_by(lab)
    assert capfd.readouterr() == ("", "")


def test_without_dask_the_message_says_how_to_install_it(
    both: LocalCluster, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    lab.workers = Cluster(both.address)
    with pytest.raises(LabError, match=r"pip install 'xorviz\[cluster\]'"):
        run(lab, PLAN)


def test_a_cluster_needs_workers_that_all_have_the_same_xorviz(
    both: LocalCluster, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As this machine's own has another version here, or none."""
    known = version("xorviz")
    for error, said in ((None, f"has xorviz {known}, and this is 0.0.1."),
                        (PackageNotFoundError(), "do not all have xorviz installed.")):  # fmt: skip
        found = Mock(side_effect=error, return_value=SimpleNamespace(version="0.0.1"))
        lab.workers = Cluster(both.address)
        with monkeypatch.context() as patched:
            patched.setattr("importlib.metadata.distribution", found)
            assert said in said_by(lab)


@pytest.mark.thorough
def test_a_cluster_needs_workers(tmp_path: Path, lab: Lab) -> None:
    with local_cluster(tmp_path, workers=0) as cluster:
        lab.workers = Cluster(cluster.address)
        assert said_by(lab) == f"The scheduler at {cluster.address} has no workers."
