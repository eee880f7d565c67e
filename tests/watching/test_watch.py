"""The public function, with a stub of a window or without one."""

import gc
import os
import re
import time
from array import array as typed_array
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import numpy as np
import pytest

import xorviz
from tests.watching.conftest import Opened
from tests.watching.programs import Program
from xorviz.core.arrays import Array
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.watching import watch as watching
from xorviz.watching.frames import End


def trained(see: Any, steps: int = 50) -> list[Any]:
    """Train a network and show it before each step; return all states."""
    program, seen = Program.of(), []
    for _ in range(steps):
        seen.append(program.line)
        see(*program.arrays)
        program.step()
    return seen


def test_it_is_public_whatever_was_imported_before() -> None:
    import xorviz.watching.frames  # noqa: PLC0415
    from xorviz import watch  # noqa: PLC0415

    assert xorviz.watch is watch
    assert callable(watch)


def test_a_window_gets_the_recipe_and_every_state_of_the_first_steps(open_stub: Opened) -> None:
    window = open_stub()
    with xorviz.watch("mine", rate=0.5, loss="sse", batch="full", every=3) as see:
        seen = trained(see)
    window.wait(lambda window: window.ends)
    [hello] = window.hellos
    assert hello.token == window.token
    assert hello.config == RunConfig(width=3, rate=0.5, biases=True)
    assert hello.source.name == "mine"
    assert (hello.source.every, hello.source.batch) == (3, "full")
    assert hello.source.assumed == ("activation", "momentum", "targets")
    assert re.search(r"Python 3\.\d+", hello.source.program)
    assert window.states.steps.tolist() == list(range(0, 150, 3))
    np.testing.assert_array_equal(window.states.parameters, seen)
    assert window.ends == [End(diverged=False)]


def test_what_is_not_said_is_assumed_and_told_as_assumed(open_stub: Opened) -> None:
    window = open_stub()
    with xorviz.watch() as see:
        see([[1, 2], [3, 4.0]], [[1], [2]])
    window.wait(lambda window: window.ends)
    [hello] = window.hellos
    assert hello.source.name == "my network"
    assert hello.config == RunConfig(width=2, rate=0.5)
    assert hello.source.assumed == ("rate", "activation", "loss", "momentum", "targets")


def test_targets_follow_the_order_of_the_rows(open_stub: Opened) -> None:
    window = open_stub()
    with xorviz.watch(targets=[0, 0, 0, 1], order="00,01,10,11", activation="tanh") as see:
        see(*Program.of().arrays)
    window.wait(lambda window: window.ends)
    assert window.hellos[0].config.targets == (0, 0, 0, 1)
    assert window.hellos[0].config.activation == "tanh"


def test_weights_that_are_not_finite_end_the_run(open_stub: Opened, capsys: Any) -> None:
    window = open_stub()
    with xorviz.watch() as see:
        seen = trained(see, 5)
        see(np.full((2, 3), np.nan), np.zeros(3), np.zeros(3), 0.0)
        see(*Program.of().arrays)
        window.wait(lambda window: window.ends)
    assert window.ends == [End(diverged=True)]
    assert len(window.states.steps) == len(seen)
    assert capsys.readouterr().err == ""


def test_weights_too_large_to_be_shown_end_the_run_and_are_told(
    open_stub: Opened, capsys: Any
) -> None:
    window = open_stub()
    with xorviz.watch() as see:
        trained(see, 5)
        see(np.full((2, 3), 1e7), np.zeros(3), np.zeros(3), 0.0)
    window.wait(lambda window: window.ends)
    assert window.ends == [End(diverged=False)]
    assert capsys.readouterr().err == (
        "xorviz: a weight is larger than 1e+06; the run is shown no further\n"
    )


def test_errors_of_the_program_pass_through_and_the_run_ends(open_stub: Opened) -> None:
    window = open_stub()

    def failing() -> None:
        with xorviz.watch() as see:
            trained(see, 5)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    window.wait(lambda window: window.ends)
    assert len(window.states.steps) == 5


def test_arrays_are_neither_changed_nor_kept(open_stub: Opened, tmp_path: Path) -> None:
    program = Program.of()
    for array in program.arrays:
        array.flags.writeable = False
    before = program.line
    with xorviz.watch(window=False) as see:
        see(*program.arrays)
        see.record(tmp_path / "run.xorviz")
        for array in program.arrays:
            array.flags.writeable = True
            array[...] = 0
    kept = xorviz.load_run(tmp_path / "run.xorviz").record.checkpoints
    np.testing.assert_array_equal(kept[0].parameters, before)


def test_a_run_is_recorded_without_a_window(tmp_path: Path, open_stub: Opened) -> None:
    window, arrays, file = open_stub(), tmp_path / "run.npz", tmp_path / "run.xorviz"
    with xorviz.watch("mine", rate=0.5, window=False) as see:
        see.record(str(arrays))
        see.record(file)
        seen = trained(see)
        assert not arrays.exists()
    with np.load(arrays) as kept:
        assert kept["steps"].tolist() == list(range(50))
        np.testing.assert_array_equal(kept["w1"].reshape(50, -1), np.array(seen)[:, :6])
        assert kept["losses"][0] > kept["losses"][-1]
    project = xorviz.load_run(file)
    assert project.record.source is not None
    assert project.record.source.name == "mine"
    np.testing.assert_array_equal([c.parameters for c in project.record.checkpoints], seen)
    see.record(tmp_path / "later.npz")
    assert (tmp_path / "later.npz").exists()
    assert window.connections == 0


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_the_last_state_is_kept_too(kind: Any, tmp_path: Path) -> None:
    program, seen = Program.of(), []
    with xorviz.watch(window=False) as see:
        see.record(tmp_path / "run.xorviz")
        for _ in range(3000):
            arrays = [array.astype(kind) for array in program.arrays]
            seen.append(np.concatenate([array.ravel() for array in arrays]))
            see(*arrays)
            program.step()
            for array in arrays:
                array[...] = 0  # what is done after the call is of no account
    record = xorviz.load_run(tmp_path / "run.xorviz").record
    assert record.newest == 2999
    assert len(record.checkpoints) < 3000
    for state in record.checkpoints:
        np.testing.assert_array_equal(state.parameters, seen[state.step])


def test_turned_arrays_are_kept_as_far_as_they_were_due(tmp_path: Path) -> None:
    program, seen = Program.of(), []
    with xorviz.watch(window=False) as see:
        see.record(tmp_path / "run.xorviz")
        for _ in range(1000):
            seen.append(program.line)
            first = program.w1 if len(seen) < 500 else program.w1.T.copy().T  # turned in memory
            see(first, program.b1, program.w2, program.b2)
            program.step()
    for state in xorviz.load_run(tmp_path / "run.xorviz").record.checkpoints:
        np.testing.assert_array_equal(state.parameters, seen[state.step])


def test_nothing_is_looked_for_where_the_environment_says_off(
    monkeypatch: pytest.MonkeyPatch, open_stub: Opened
) -> None:
    window = open_stub()
    monkeypatch.setenv("XORVIZ_WATCH", "off")
    with xorviz.watch() as see:
        trained(see, 5)
    assert window.connections == 0


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"output": "tanh"}, "output is 'tanh'; the window shows networks whose output unit is a"),
        ({"output": "softmax"}, "output is 'softmax'; allowed: sigmoid, tanh, linear"),
        ({"rate": 0}, "rate is 0; allowed: a number above 0"),
        ({"loss": "l2"}, "loss is 'l2'; allowed: sse"),
        ({"activation": "gelu"}, "activation is 'gelu'; allowed: sigmoid, tanh, relu"),
        ({"momentum": 1}, "momentum is 1; allowed: a number from 0, below 1"),
        ({"batch": 2}, "batch is 2; allowed: full, row, pass"),
        ({"targets": [0, 1, 2, 0]}, "targets is '0120'; allowed: 4 digits"),
        ({"order": "01,10"}, "order is '01,10'; allowed: 00,01,10,11 in any order"),
        ({"every": 0}, "every is 0; allowed: a whole number from 1"),
        ({"orientation": "up"}, "orientation is 'up'; allowed: in-out, out-in"),
        ({"window": "no"}, "window is 'no'; allowed: on, off"),
        ({"name": ""}, "name is empty; allowed: a name"),
    ],
)
def test_what_cannot_be_is_refused_where_it_is_said(options: Any, text: str) -> None:
    with pytest.raises(xorviz.SettingError) as refused:
        xorviz.watch(**options)
    assert text in str(refused.value)


class Raising:
    """A model whose attributes raise."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError("CUDA error")


def in_itself() -> list[object]:
    """Return a list that holds itself."""
    held: list[object] = []
    held.append(held)
    return held


def test_weights_that_are_no_network_are_refused_and_the_next_ones_begin(
    tmp_path: Path, capsys: Any
) -> None:
    with xorviz.watch(window=False) as see:
        see.record(tmp_path / "run.xorviz")
        for first, text in (
            (np.ones((2, 3)), "w2 is missing"),
            (Raising(), "RuntimeError: CUDA error"),
            (in_itself(), "nested too deep"),
        ):
            with pytest.raises(xorviz.SettingError, match=text):
                see(first)
        seen = trained(see, 5)
        assert capsys.readouterr().err == ""
        see(*Program.of(width=4).arrays)
        for later in (Raising(), in_itself(), None):
            see(later)
        see(*Program.of().arrays)
    (line,) = capsys.readouterr().err.splitlines()
    assert "at first they had" in line
    steps = [state.step for state in xorviz.load_run(tmp_path / "run.xorviz").record.checkpoints]
    assert steps == [0, 1, 2, 3, 4, 9]
    assert len(seen) == 5


BUFFERS: dict[str, Callable[[Array], object]] = {
    "array.array": lambda numbers: typed_array("d", numbers.ravel().tolist()),
    "bytes": lambda numbers: numbers.tobytes(),
    "memoryview": lambda numbers: numbers.data,
    "model": lambda _: Raising(),
}


@pytest.mark.parametrize("kind", BUFFERS)
def test_no_last_call_loses_the_recording(kind: str, tmp_path: Path) -> None:
    program = Program.of()
    with xorviz.watch(window=False) as see:
        see.record(tmp_path / "run.xorviz")
        trained(see, 1500)  # so many that the next call is not due
        see(*(BUFFERS[kind](numbers) for numbers in program.arrays))
    assert xorviz.load_run(tmp_path / "run.xorviz").record.newest > 1000


def test_two_threads_may_show_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, turn = tmp_path / "run.xorviz", Barrier(2)
    weights = Program.of().arrays

    def waiting() -> float:
        with suppress(BrokenBarrierError):
            turn.wait(0.05)  # so that both are in the same place, if they can be
        return time.monotonic()

    with xorviz.watch(window=False) as see:
        see.record(path)
        see(*weights)
        monkeypatch.setattr(watching, "monotonic", waiting)
        threads = [Thread(target=see, args=weights) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        turn.abort()
        see(*weights)
    steps = xorviz.load_run(path).record.trace.steps
    assert (np.diff(steps) > 0).all()
    assert steps[-1] == 3


def test_a_run_ends_at_the_last_step_that_can_be_shown(tmp_path: Path, capsys: Any) -> None:
    with xorviz.watch(window=False, every=10**9) as see:
        see.record(tmp_path / "run.xorviz")
        for _ in range(1100):
            see(*Program.of().arrays)
    assert xorviz.load_run(tmp_path / "run.xorviz").record.newest <= 10**12
    assert "is beyond 1e+12; the run is shown no further" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((np.ones((3, 2)), np.ones(3)), "w1 as (3, 2): transposed"),
        ((np.ones((2, 3)), np.ones(3), np.ones(3)), "b2 is missing and taken as 0"),
        ((np.ones((2, 2)), np.ones((2, 1))), ""),
        ((np.ones((2, 3)), np.ones(3)), ""),
    ],
)
def test_how_weights_are_read_is_told_once_where_it_is_not_plain(
    given: Any, told: str, capsys: Any
) -> None:
    for _ in range(2):
        with xorviz.watch(window=False) as see:
            for _ in range(5):
                see(*given)
    assert capsys.readouterr().err == (f"xorviz: {told}\n" if told else "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_a_file_in_a_closed_folder_is_refused_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FileError, match="permission"):
        xorviz.watch(window=False).record(tmp_path / "run.npz")


def test_a_file_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    see = xorviz.watch(window=False)
    with pytest.raises(FileError, match=r"nowhere/run.npz: The folder does not exist."):
        see.record(tmp_path / "nowhere" / "run.npz")
    with pytest.raises(xorviz.SettingError, match=r"run.csv'; allowed: a name that ends with"):
        see.record("run.csv")


def test_a_file_that_fails_at_the_end_is_told_and_hides_no_error(
    tmp_path: Path, capsys: Any
) -> None:
    def failing(error: Exception | None) -> None:
        with xorviz.watch(window=False) as see:
            trained(see, 5)
            see.record(tmp_path / "gone" / "run.npz")
            (tmp_path / "gone").rmdir()
            if error is not None:
                raise error

    (tmp_path / "gone").mkdir()
    with pytest.raises(FileError, match=r"gone/run.npz: The folder does not exist."):
        failing(None)
    (tmp_path / "gone").mkdir()
    with pytest.raises(ZeroDivisionError):
        failing(ZeroDivisionError())
    assert "gone/run.npz: The folder does not exist." in capsys.readouterr().err


def test_what_is_to_be_recorded_is_written_at_the_exit_of_the_program(tmp_path: Path) -> None:
    see = xorviz.watch(window=False)
    see.record(tmp_path / "run.npz")
    trained(see)
    del see
    gc.collect()
    watching._close_all()
    with np.load(tmp_path / "run.npz") as kept:
        assert len(kept["steps"]) == 50


def test_a_run_without_weights_is_no_file(tmp_path: Path) -> None:
    see = xorviz.watch(window=False)
    see.record(tmp_path / "run.npz")
    with pytest.raises(FileError, match="nothing to write: no weights were shown"):
        see.close()
    see.close()
