"""What a program shows is what its file holds, and nothing ends the program."""

import gc
import os
import re
import sys
from array import array as typed_array
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from importlib.util import find_spec
from itertools import count, takewhile
from socket import socketpair
from threading import Barrier, Thread
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import xorviz
from tests.support.cases import some
from tests.support.commands import python
from tests.watching.mini_torch import mini_torch
from tests.watching.programs import Program, shown, trained
from xorviz.cli.parser import EXAMPLES
from xorviz.core.arrays import Array
from xorviz.core.network import weights_of
from xorviz.core.runs.source import ProgramState as State
from xorviz.core.settings import Role, RunConfig, settings_of
from xorviz.files import assets
from xorviz.watching import places
from xorviz.watching import watch as watching
from xorviz.watching.recorder import FIRST, FRAME_SECONDS, kept_calls
from xorviz.watching.states_file import MOST_ROWS, RING, StatesReader

WEIGHTS = Program.of().arrays


def reader() -> StatesReader:
    """Return the reader of the only file."""
    [path] = places.files()
    return StatesReader(path)


def lasting(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so much time pass from one call to the next."""
    times = (100 + seconds * n / 2 for n in count())
    monkeypatch.setattr(watching, "monotonic", lambda: next(times))


SAID: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"rate": 0.5, "loss": "sse", "batch": "full"}, {}),
    *(({"targets": targets, "order": "00,01,10,11", "activation": "tanh"},
       {"targets": (0, 0, 0, 1), "activation": "tanh"}) for targets in ([0, 0, 0, 1], "0,0,0,1")),
]  # fmt: skip


@pytest.mark.parametrize(("said", "known"), SAID)
def test_a_file_holds_every_state_of_the_first_steps_and_what_is_said_or_assumed(
    said: dict[str, Any], known: dict[str, Any]
) -> None:
    with xorviz.watch(every=3, **said) as see:
        seen = trained(see)
        assert reader().source.state is State.LIVE
    found, source = reader(), reader().source
    assert found.header.config == replace(RunConfig(width=3, rate=0.5, biases=True), **known)
    assert (source.name, source.every, source.batch) == ("my network", 3, said.get("batch"))
    names = {*said} - {"order"} | ({"row_order"} if "order" in said else set())
    assert {*source.assumed} == {*settings_of(Role.TRAINING)} - names
    assert re.search(r"Python 3\.\d+", source.program)
    assert (source.state, source.diverged) == (State.ENDED, False)
    states = found.read()
    assert states.steps.tolist() == list(range(0, 150, 3))
    np.testing.assert_array_equal(states.numbers, seen)


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


ENDS: list[tuple[float, int, str]] = [
    *((number, 1, "") for number in (np.nan, -np.inf)),
    *((number, 1, "a weight is beyond 1e+06") for number in (-1e300, 1.1e6)),
    (0.5, 10**9, "a step is beyond 1e+12"),
]
"""A number in w1, the steps from one call to the next, and what is said."""


@pytest.mark.parametrize(("number", "every", "said"), ENDS)
def test_what_cannot_be_shown_ends_the_run(
    number: float, every: int, said: str, capsys: Any
) -> None:
    with np.errstate(all="raise"), xorviz.watch(window=False, every=every) as see:
        trained(see, 1001 if every > 1 else 5)
        see(np.full((2, 3), number), np.zeros(3), np.zeros((3, 1)), np.zeros(1))
        see(*WEIGHTS)
        found = reader()
    assert (found.source.state, found.source.diverged) == (State.ENDED, not said)
    steps = found.read().steps.tolist()
    assert steps == list(range(5)) if every == 1 else max(steps) <= 10**12
    what = f"xorviz: {said}; no further steps are shown\n" if said else ""
    assert capsys.readouterr().err == what


@pytest.mark.filterwarnings("ignore:Pickle, copy:DeprecationWarning")  # Python 3.12, of count()
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

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __getattr__(self, name: str) -> object:
        raise self.error


class UnprintableError(Exception):
    """An error without words."""

    def __str__(self) -> str:
        raise ZeroDivisionError


IN_ITSELF: list[object] = []
IN_ITSELF.append(IN_ITSELF)
ODD: dict[str, tuple[object, ...]] = {
    "no weights are given": (),
    "something other than numbers": (SimpleNamespace(unit="h1"),),
    "numbers in rows": ([[[1.0], [2.0, 3.0]]],),
    "nested too deep": (IN_ITSELF,),
    "RuntimeError: CUDA error": (Raising(RuntimeError("CUDA error")),),
    "UnprintableError": (Raising(UnprintableError()),),
    "MemoryError": (Raising(MemoryError()),) * 3,
}


@pytest.mark.parametrize("calls", [0, 5])
@pytest.mark.parametrize("text", ODD)
def test_what_cannot_be_read_ends_the_recording_and_nothing_else(
    text: str, calls: int, capsys: Any
) -> None:
    with xorviz.watch(window=False) as see:
        trained(see, calls)
        for _ in range(200):
            see(*ODD[text])
        see(*WEIGHTS)
    (line,) = capsys.readouterr().err.splitlines()
    assert calls or text in line
    assert "the recording ends here" in line
    assert [list(shown(file)) for file in places.files()] == [[*range(calls)]] * (calls > 0)


def test_an_interrupt_goes_through_to_the_program() -> None:
    with xorviz.watch(window=False) as see:
        for error in (KeyboardInterrupt(), SystemExit(3)):
            with pytest.raises(type(error)):
                see(Raising(error))
        trained(see, 5)
    assert list(shown(places.files()[0])) == [0, 1, 2, 3, 4]


LAST: dict[str, Callable[[Array], object]] = {
    "array.array": lambda numbers: typed_array("d", numbers.ravel().tolist()),
    "bytes": lambda numbers: numbers.tobytes(),
    "model": lambda _: Raising(RuntimeError()),
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


def test_how_weights_are_read_is_said_once_where_it_is_not_plain(capsys: Any) -> None:
    for given, told in (
        ((np.ones((3, 2)), np.ones(3)), "w1 as (3, 2): transposed"),
        ((np.ones((2, 3)), np.ones(3), np.ones(3)), "b2 is missing and taken as 0"),
        ((np.ones((2, 2)), np.ones((2, 1))), ""),
    ):
        for _ in range(2):
            with xorviz.watch(window=False) as see:
                for _ in range(5):
                    see(*given)
        assert capsys.readouterr().err == (f"xorviz: {told}\n" if told else "")


MEANT: list[tuple[Sequence[Any], dict[str, Any], dict[str, Any], str]] = [
    ((), {"w1": W1, "b1": B1, "w2": W2, "b2": B2}, {"orientation": "in-out-first"}, "in-out"),
    (WEIGHTS, {}, {"orientation": "out-in"}, "in-out"),
    ((W1[0], B1), {"w2": W2, "b2": B2}, {}, "w1 is missing"),
]


@pytest.mark.parametrize(("given", "named", "options", "said"), MEANT)
def test_what_is_meant_for_a_2_h_1_network_is_not_shown_as_another_one(
    given: Any, named: Any, options: Any, said: str, capsys: Any
) -> None:
    with xorviz.watch(window=False, **options) as see:
        see(*given, **named)
    assert said in capsys.readouterr().err
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


@pytest.mark.parametrize("kind", some(["Python", "C", "silent"]))
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


def test_the_first_states_are_kept_and_then_a_few_in_a_ratio() -> None:
    kept = np.array(list(takewhile(lambda call: call < 10**12, kept_calls())))
    assert kept[:FIRST].tolist() == list(range(FIRST))
    assert len(kept) < 4700 < MOST_ROWS
    gaps = np.diff(kept)
    assert (gaps >= 1).all()
    assert (gaps <= kept[1:] / 32 + 4).all()
    late = np.split(kept, np.flatnonzero(gaps > 1) + 1)[10:-1]
    assert {len(group) for group in late} == {5}
    begins = [int(group[0]) % 4 for group in late]
    assert begins == [(begins[0] + n) % 4 for n in range(len(begins))]


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_program_to_start_from_runs_and_its_steps_are_right(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "pytorch" and find_spec("torch") is None:
        monkeypatch.setitem(sys.modules, "torch", mini_torch())
    text = assets.read_text(f"examples/watch_{name}.py").replace("20_000", "600")
    exec(compile(text, name, "exec"), {"__name__": "__main__"})
    recipe, states = reader().header.config, reader().read()
    assert recipe is not None
    assert not {"rate", "loss", "activation"} & {*reader().source.assumed}
    assert states.steps[:3].tolist() == [0, 1, 2]
    taken = (weights_of(numbers, recipe) for numbers in states.numbers[:3])
    check = xorviz.check_step(*taken, rate=recipe.rate, loss=recipe.loss)
    assert check.verdict == "correct", check.sentence
