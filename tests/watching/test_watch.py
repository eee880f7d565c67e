"""What a program shows is what its file holds, and nothing ends the program."""

import gc
import os
import re
from array import array as typed_array
from collections.abc import Callable, Sequence
from copy import deepcopy
from itertools import count
from socket import socketpair
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest

import xorviz
from tests.support.commands import python
from tests.watching.programs import Program, shown, trained
from xorviz.core.arrays import Array
from xorviz.core.runs.source import ProgramState as State
from xorviz.core.settings import Role, RunConfig, settings_of
from xorviz.watching import places
from xorviz.watching import watch as watching
from xorviz.watching.due_calls import FIRST, FRAME_SECONDS
from xorviz.watching.reader import StatesReader
from xorviz.watching.writer import RING

WEIGHTS = Program.of().arrays


def reader() -> StatesReader:
    """Return the reader of the only file."""
    [path] = places.files()
    return StatesReader(path)


def lasting(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so much time pass from one call to the next."""
    times = (100 + seconds * n / 2 for n in count())
    monkeypatch.setattr(watching, "monotonic", lambda: next(times))


def test_a_file_holds_the_recipe_and_every_state_of_the_first_steps() -> None:
    with xorviz.watch("mine", rate=0.5, loss="sse", batch="full", every=3) as see:
        seen = trained(see)
        assert reader().source.state is State.LIVE
    found, source = reader(), reader().source
    assert found.header.config == RunConfig(width=3, rate=0.5, biases=True)
    assert (source.name, source.every, source.batch) == ("mine", 3, "full")
    said = {"rate", "loss", "batch"}
    assert {*source.assumed} == {*settings_of(Role.TRAINING)} - said
    assert re.search(r"Python 3\.\d+", source.program)
    assert (source.state, source.diverged) == (State.ENDED, False)
    states = found.read()
    assert states.steps.tolist() == list(range(0, 150, 3))
    np.testing.assert_array_equal(states.numbers, seen)


@pytest.mark.parametrize("targets", [[0, 0, 0, 1], "0,0,0,1"])
def test_what_is_not_said_is_assumed_and_targets_follow_the_order_of_the_rows(targets: Any) -> None:
    with xorviz.watch(targets=targets, order="00,01,10,11", activation="tanh") as see:
        see([[1, 2], [3, 4.0]], [[1], [2]])
    known = RunConfig(width=2, rate=0.5, targets=(0, 0, 0, 1), activation="tanh")
    assert (reader().source.name, reader().header.config) == ("my network", known)
    said = {"targets", "row_order", "activation"}
    assert {*reader().source.assumed} == {*settings_of(Role.TRAINING)} - said


KINDS: dict[str, Callable[[Array], Any]] = {
    "doubles": lambda array: array.copy(),
    "floats": lambda array: array.astype(np.float32),
    "other bytes": lambda array: array.astype(">f8"),
    "turned in memory": lambda array: np.array(array, order="F"),
    "lists": lambda array: array.tolist(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_is_what_the_program_had_and_the_last_one_is_kept(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is done to the arrays after a call, and however fast calls come."""
    program, seen = Program.of(), []
    lasting(FRAME_SECONDS / 7, monkeypatch)
    with xorviz.watch(batch="row") as see:
        for step in range(1000):
            if step == 990:
                lasting(0, monkeypatch)
            arrays = [KINDS[kind](array) for array in program.arrays]
            seen.append(np.concatenate([np.ravel(array) for array in arrays]))
            plain = [array for array in arrays if isinstance(array, np.ndarray)]
            for array in plain:
                array.flags.writeable = False
            see(*arrays)
            program.step()
            for array in plain:
                array.flags.writeable = True
                array[...] = 0
    states = shown(places.files()[0])
    assert 128 + 1000 / 7 < len(states) < 600
    for step, numbers in states.items():
        assert numbers.tobytes() == seen[step].astype(float).tobytes()
    if kind not in {"turned in memory", "lists"}:
        assert max(states) == 999


def test_a_program_of_a_step_a_minute_shows_each_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lasting(60, monkeypatch)
    with xorviz.watch() as see:
        see(*WEIGHTS)
        found = reader()
        found.read()
        for step in range(1, 3 * RING):
            see(*WEIGHTS)
            if step > FIRST and step % 50 == 0:
                assert found.read().steps[-1] == step
    assert list(shown(places.files()[0]))[-RING:] == list(range(2 * RING, 3 * RING))


def test_a_program_that_goes_row_by_row_shows_steps_of_every_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lasting(0, monkeypatch)  # only kept states
    with xorviz.watch(batch="row") as see:
        for _ in range(4000):
            see(*WEIGHTS)
    late = {step for step in shown(places.files()[0]) if 1000 < step < 3900}
    assert {step % 4 for step in late if {step + 1, step + 2} <= late} == {0, 1, 2, 3}


TOO_LARGE = "a weight is beyond 1e+06; no further steps are shown"


@pytest.mark.parametrize(
    ("number", "said"), [(np.nan, ""), (-np.inf, ""), (-1e300, TOO_LARGE), (1.1e6, TOO_LARGE)]
)
def test_weights_that_cannot_be_shown_end_the_run(number: float, said: str, capsys: Any) -> None:
    with np.errstate(all="raise"), xorviz.watch(window=False) as see:
        trained(see, 5)
        see(np.full((2, 3), number), np.zeros(3), np.zeros((3, 1)), np.zeros(1))
        see(*WEIGHTS)
        found = reader()
    assert (found.source.state, found.source.diverged) == (State.ENDED, not said)
    assert found.read().steps.tolist() == list(range(5))
    assert capsys.readouterr().err == (f"xorviz: {said}\n" if said else "")


def test_a_run_ends_at_the_last_step_that_can_be_shown(capsys: Any) -> None:
    with xorviz.watch(window=False, every=10**9) as see:
        for _ in range(1100):
            see(*WEIGHTS)
    assert max(shown(places.files()[0])) <= 10**12
    assert "a step is beyond 1e+12; no further steps are shown" in capsys.readouterr().err


def test_errors_of_the_program_pass_through_and_a_run_ends_however_it_is_left(capsys: Any) -> None:
    def failing() -> None:
        with xorviz.watch() as see:
            trained(see, 5)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    see = xorviz.watch()
    with pytest.raises(TypeError):
        deepcopy(see)  # which ends nothing
    trained(see, 5)
    del see
    gc.collect()
    with xorviz.watch(window=False) as see:
        trained(see, 5)
    assert [StatesReader(path).source.state for path in places.files()] == [State.ENDED] * 3
    capsys.readouterr()
    trained(see, 3)
    assert capsys.readouterr().err.count("call xorviz.watch again") == 1


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"output": "relu"}, "output is 'relu'; windows show sigmoid, tanh, linear"),
    ({"output": "tanh", "loss": "bce"}, "loss is 'mean-cross-entropy' with output tanh and"),
    ({"coding": "bits"}, "coding is 'bits'; allowed: zero-one, plus-minus"),
    ({"rate": 0}, "rate is 0; allowed: a number above 0"),
    ({"batch": 2}, "batch is 2; allowed: full, pass, shuffled, row"),
    ({"targets": [0, 1, 2, 0]}, "targets is '0120'; allowed: 4 digits"),
    ({"order": "01,10"}, "order is '01,10'; allowed: 00,01,10,11 in any order"),
    ({"every": 0}, "every is 0; allowed: a whole number from 1"),
    ({"orientation": "up"}, "orientation is 'up'; allowed: in-out, out-in"),
    ({"window": "no"}, "window is 'no'; allowed: on, off"),
    ({"name": ""}, "name is empty; allowed: a name"),
    ({"predict": 3}, "predict is 3; allowed: a function"),
]


def test_what_cannot_be_is_refused_where_it_is_said() -> None:
    for options, text in REFUSED:
        with pytest.raises(xorviz.SettingError, match=re.escape(text)):
            xorviz.watch(**options)


class Raising:
    """A model whose attributes raise."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError("CUDA error")


IN_ITSELF: list[object] = []
IN_ITSELF.append(IN_ITSELF)


def test_what_is_no_network_is_refused_at_first_and_left_out_later(capsys: Any) -> None:
    odd = {"no weights": {}, "RuntimeError: CUDA error": Raising(), "nested too deep": IN_ITSELF}
    with xorviz.watch(window=False) as see:
        for text, given in odd.items():
            with pytest.raises(xorviz.SettingError, match=text):
                see(given)
        trained(see, 5)
        assert capsys.readouterr().err == ""
        for later in (Program.of(width=4).arrays, *zip(odd.values(), strict=True), (None,)):
            see(*later)
        see(*WEIGHTS)
    (line,) = capsys.readouterr().err.splitlines()
    assert "at first they had" in line
    assert list(shown(places.files()[0])) == [0, 1, 2, 3, 4, 10]


LAST: dict[str, Callable[[Array], object]] = {
    "array.array": lambda numbers: typed_array("d", numbers.ravel().tolist()),
    "bytes": lambda numbers: numbers.tobytes(),
    "halves": lambda numbers: numbers.astype(np.float32),
    "model": lambda _: Raising(),
}


@pytest.mark.parametrize("kind", LAST)
def test_a_last_call_that_is_not_as_the_others_is_left_out(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasting(0, monkeypatch)
    with xorviz.watch(window=False) as see:
        trained(see, 1500)
        see(*map(LAST[kind], WEIGHTS))
    found = reader()
    assert found.source.state is State.ENDED
    assert 1400 < found.read().steps[-1] < 1500


W1, B1, W2, B2 = np.array([[0.1, 0.2], [0.3, 0.4]]), np.zeros(2), np.array([0.5, 0.6]), np.zeros(1)
READ: list[tuple[Sequence[Any], str]] = [
    ((np.ones((3, 2)), np.ones(3)), "w1 as (3, 2): transposed"),
    ((np.ones((2, 3)), np.ones(3), np.ones(3)), "b2 is missing and taken as 0"),
    ((np.ones((2, 2)), np.ones((2, 1))), ""),
    ((np.ones((2, 3)), np.ones(3)), ""),
]


@pytest.mark.parametrize(("given", "told"), READ)
def test_how_weights_are_read_is_said_once_where_it_is_not_plain(
    given: Any, told: str, capsys: Any
) -> None:
    for _ in range(2):
        with xorviz.watch(window=False) as see:
            for _ in range(5):
                see(*given)
    assert capsys.readouterr().err == (f"xorviz: {told}\n" if told else "")


MEANT: list[tuple[Sequence[Any], dict[str, Any], dict[str, Any], str]] = [
    ((W1, B1, W2, B2), {}, {}, "say orientation='"),
    (WEIGHTS, {}, {"orientation": "out-in"}, "in-out"),
    ((W1, B1), {"w2": W2, "b2": B2}, {}, "w1 is missing"),
]


@pytest.mark.parametrize(("given", "named", "options", "said"), MEANT)
def test_what_is_meant_for_a_2_h_1_network_is_not_shown_as_another_one(
    given: Any, named: Any, options: Any, said: str
) -> None:
    refused = pytest.raises(xorviz.SettingError, match=re.escape(said))
    with xorviz.watch(window=False, **options) as see, refused:
        see(*given, **named)
    assert places.files() == []


def test_four_threads_show_one_run() -> None:
    programs, start = [Program.of(seed=seed) for seed in range(5)], Barrier(4)

    def show(program: Program) -> None:
        start.wait()
        for _ in range(500):
            see(*program.arrays)

    with xorviz.watch(window=False) as see:
        see(*programs[0].arrays)
        threads = [Thread(target=show, args=[program]) for program in programs[:4]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        see(*programs[4].arrays)
    states = shown(places.files()[0])
    had = {program.line.tobytes() for program in programs}
    assert all(numbers.tobytes() in had for numbers in states.values())
    assert max(states) == 2001  # no call was counted twice, or not at all
    assert states[2001].tobytes() == programs[4].line.tobytes()


def test_a_call_that_another_thread_has_overtaken_is_left_out() -> None:
    with xorviz.watch(window=False) as see:
        for call in (0, 7, 5, 8):
            see._take(call, WEIGHTS, {})
    assert list(shown(places.files()[0])) == [0, 7, 8]


FORKED = """
import os, sys
import xorviz
from tests.watching.programs import Program
if "Python" not in sys.argv:
    os.register_at_fork = lambda **_: None  # as in a fork that Python knows nothing of
program = Program.of()
see = xorviz.watch("parent", window=False)
for _ in range(20):
    see(*program.arrays)
child = os.fork()
if not child and "silent" in sys.argv:
    sys.exit()
if child:
    assert os.waitpid(child, 0)[1] == 0
    see(*program.arrays)
    with see._recorder.path.open("rb") as file:
        assert not any(file.read()[65_536:65_600])  # the run has not been ended
for _ in range(20):
    see(*program.arrays)
"""


@pytest.mark.parametrize("kind", ["Python", "C", "silent"])
def test_a_forked_process_leaves_the_run_to_its_parent(kind: str) -> None:
    done = python("-W", "ignore", "-c", FORKED, kind)
    assert done.status == 0, done.err
    assert reader().source.state is State.ENDED
    assert list(shown(places.files()[0])) == list(range(41))
    said = "this process was forked from the one that is watched; call xorviz.watch in it, too"
    assert done.err == ("" if kind == "silent" else f"xorviz: {said}\n")


def test_a_child_keeps_no_lock() -> None:
    with xorviz.watch(window=False) as see:
        trained(see, 5)
        ours, its = socketpair()
        child = os.fork()
        if not child:
            ours.close()
            its.send(b"1")
            its.recv(1)  # until the test has closed its end
            os._exit(0)
        its.close()
        ours.recv(1)
    with ours:
        assert reader().source.state is State.ENDED
    assert os.waitpid(child, 0)[1] == 0
