"""Networks of any shape: what a program shows is what its file holds, outputs and findings too."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import xorviz
from tests.core.check.code.test_first_updates import Net, X
from tests.support.cases import some
from tests.support.program import DEEP, OtherProgram
from tests.support.watched import source_of
from tests.watching.programs import Program
from xorviz.core.runs.source import ProgramState
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.watching import places
from xorviz.watching.followed_run import FollowedRun, OtherRun, opened
from xorviz.watching.recorder import kept_calls
from xorviz.watching.states_file import MOST_TEXT, ROWS_AT, TEXT_AT, Header

XOR, ONE_HOT = [0, 1, 1, 0], [1, 0, 0, 1, 0, 1, 1, 0]
GIVEN: dict[str, Callable[[Any, Net], None]] = {
    "arrays": lambda see, net: see(*net.arrays),
    "a list": lambda see, net: see(net.arrays),
    "by name": lambda see, net: see({f"layer.{n}": array for n, array in enumerate(net.arrays)}),
    "keywords": lambda see, net: see(**{f"part_{n}": array for n, array in enumerate(net.arrays)}),
    "other types": lambda see, net: see(*net.arrays[:-1], net.arrays[-1].tolist()),
}


def shown() -> OtherRun:
    run = opened(places.files()[0])
    assert isinstance(run, OtherRun)
    return run


@pytest.mark.parametrize(
    ("given", "t", "is_faulty"),
    some(
        [
            *((given, XOR, True) for given in GIVEN),
            ("arrays", ONE_HOT, False),
            ("a list", XOR, False),
        ],
        2,
    ),
)
def test_states_and_outputs_are_those_of_the_program_and_so_is_its_course(
    given: str, t: list[int], is_faulty: bool, capsys: Any
) -> None:
    """The very same course is taken without being watched."""
    net, alone = (Net(t, is_faulty=is_faulty) for _ in range(2))
    seen = []
    with xorviz.watch(window=False, targets="0110", predict=net.all) as see:
        for _ in range(180):
            GIVEN[given](see, net)
            for array, same in zip(net.arrays, alone.arrays, strict=True):
                np.testing.assert_array_equal(array, same)
            seen.append(([array.copy() for array in net.arrays], net.all(X)[-1]))
            net.step()
            alone.step()
    run = shown()
    assert {*range(128), *([179] if given == "arrays" else [])} <= {*run.steps}
    for step in run.steps:
        arrays, outputs = seen[step]
        for found, array in zip(run.weights_at(step).values(), arrays, strict=True):
            np.testing.assert_array_equal(found, array)
        told = np.array(run.outputs_at(step))
        if step < 179 or not np.isnan(told).all():  # the weights have changed since
            np.testing.assert_array_equal(told, outputs)
    assert run.source.finding.startswith("faulty: " if is_faulty else "correct: ")
    assert "a window of their own" in capsys.readouterr().err


def raising(calls: int, net: Net) -> Callable[[Any], Any]:
    """Return a function that fails from a call on."""
    left = iter(range(calls))

    def predict(x: Any) -> Any:
        if next(left, None) is None:
            raise ZeroDivisionError("division by zero")
        return net.all(x)

    return predict


@pytest.mark.parametrize("calls", [0, 20, 60, 200, 10**4])
def test_a_function_that_fails_changes_nothing(calls: int, capsys: Any) -> None:
    net, alone = Net(XOR), Net(XOR)
    with xorviz.watch(window=False, predict=raising(calls, net)) as see:
        for _ in range(9):
            see(*net.arrays)
            net.step()
            alone.step()
    for array, same in zip(net.arrays, alone.arrays, strict=True):
        np.testing.assert_array_equal(array, same)
    run, said = shown(), capsys.readouterr().err
    assert run.steps == list(range(9))
    assert ("division by zero" in run.source.finding) == (calls < 10**4)
    assert ("division by zero" in said) == (calls < 10**4)
    assert (run.outputs_at(0) is None) == (calls == 0)


def test_a_state_is_there_before_its_code_is_checked() -> None:
    """The check calls predict often, and may take seconds."""
    net, runs = Net(XOR), list[object]()

    def predict(x: Any) -> Any:
        with suppress(FileError):
            runs.extend(map(opened, places.files()))
        return net.all(x)

    with xorviz.watch(window=False, predict=predict) as see:
        see(*net.arrays)
    assert len(runs) > 50


def test_outputs_may_be_unknown_and_weights_may_not() -> None:
    net, odd = Net(XOR), np.array([[0], [np.nan], [0], [np.inf]])
    with xorviz.watch(window=False, predict=lambda x: net.all(x)[-1] + odd[: len(x)]) as see:
        see(*net.arrays)
    outputs = shown().outputs_at(0)
    assert outputs is None or np.isnan(outputs).ravel().tolist() == [False, True, False, True]
    program = OtherProgram().show(0)
    for step, place in ((1, -1), (2, 0)):
        row = program.rows[0].copy()
        row[place] = np.nan
        program.writer.add(step, row.tobytes(), is_kept=True)
    assert OtherRun(program.path).steps == [0, 1]


@pytest.mark.parametrize(
    ("options", "size"), [({"every": 2}, 1), ({"batch": "pass"}, 1), ({}, 5001)]
)
def test_updates_that_cannot_be_told_apart_are_not_checked(options: Any, size: int) -> None:
    net = Net(XOR)
    with xorviz.watch(window=False, predict=net.all, **options) as see:
        see(*net.arrays, np.ones(size))
    assert shown().source.finding.startswith("undecided: The code is not checked")


@pytest.mark.parametrize("is_faulty", [False, True])
def test_the_code_of_a_network_that_panels_show_is_checked_too(is_faulty: bool) -> None:
    program = Program.of()
    with xorviz.watch(window=False, predict=program.predict) as see:
        for _ in range(9):
            see(*program.arrays)
            b1 = program.b1.copy()
            program.step()
            program.b1[...] = b1 if is_faulty else program.b1
    run = opened(places.files()[0])
    assert isinstance(run, FollowedRun)
    assert run.source.finding.startswith("faulty" if is_faulty else "correct")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ([], "no weights"), ([np.zeros((0, 3))], "these are 0 numbers"), ([{}], "no weights"),
        ([np.ones(1)] * 101, "these are 101 arrays; allowed: 1 to 100"), (["text"], "no weights"),
        ([np.ones(20_000), np.ones(1)], "these are 20001 numbers; allowed: 1 to 20000"),
        ([np.array([1, np.nan])], "not finite"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused(given: Any, text: str, capsys: Any) -> None:
    with xorviz.watch(window=False) as see:
        see(*given)
    assert text in capsys.readouterr().err
    assert places.files() == []


def test_an_object_with_nine_numbers_is_shown() -> None:
    net = SimpleNamespace(**{f"w{n}": 0.1 * n for n in range(9)}, unit="h1")
    with xorviz.watch(window=False) as see:
        for _ in range(5):
            see(net)
    assert shown().steps == list(range(5))


def test_the_largest_network_is_shown() -> None:
    net = Net(XOR)
    with xorviz.watch(window=False, predict=net.all) as see:
        for _ in range(2):
            see(*net.arrays, np.ones((9, 2, 1100)), np.ones(83), *[np.ones(1)] * 92)
    run = shown()
    assert (len(run.shapes), sum(map(np.prod, run.shapes.values()))) == (100, 20_000)
    np.testing.assert_array_equal(run.outputs_at(0), net.all(X)[-1])


@pytest.mark.parametrize("count", [257, 2000, 20_000])
def test_no_file_is_too_large(count: int) -> None:
    header = Header.of(RunConfig(), source_of(), {"w": (count,)})
    kept = sum(1 for _ in takewhile((10**12).__gt__, kept_calls(header.share)))
    size = ROWS_AT + (header.ring + kept) * header.row.itemsize
    assert size < 64 << 20
    assert (header.ring, header.share) == (1024, 1.0) or size > 32 << 20
    assert kept <= header.most


Shapes = Mapping[str, tuple[int, ...]]
TWO_H_ONE: Shapes = {"w1": (2, 3), "b1": (3,), "w2": (3, 1), "b2": (1,)}
FILES: list[tuple[Shapes, int, type]] = [
    (TWO_H_ONE, 0, FollowedRun),
    (TWO_H_ONE, 1, OtherRun),
    ({name: TWO_H_ONE[name] for name in ("w2", "b2", "w1", "b1")}, 0, OtherRun),
    (DEEP, 0, OtherRun),
    (DEEP, 2, OtherRun),
    ({"nothing": (0, 3), "w": (2, 2, 5)}, 1, OtherRun),
    ({"w": (20_000,)}, 0, OtherRun),
    ({"w1": (2, 300), "w2": (300, 1)}, 0, OtherRun),
]


@pytest.mark.parametrize(("shapes", "outputs", "kind"), FILES)
def test_every_number_of_a_file_is_read_as_it_was_written(
    shapes: Shapes, outputs: int, kind: type
) -> None:
    program = OtherProgram(shapes, outputs).show(0, 1, 5)
    run = opened(program.path)
    assert type(run) is kind
    if not isinstance(run, OtherRun):
        return
    with pytest.raises(FileError, match="2-H-1"):
        FollowedRun(program.path)
    assert run.steps == [0, 1, 5]
    assert run.shapes == {n: shape for n, shape in shapes.items() if np.prod(shape)}
    for step, row in program.rows.items():
        weights, found = run.weights_at(step), run.outputs_at(step)
        assert {n: array.shape for n, array in weights.items()} == run.shapes
        parts = [*weights.values(), *([] if found is None else [found])]
        np.testing.assert_array_equal(np.concatenate([part.ravel() for part in parts]), row)


def test_a_run_grows_and_recent_states_give_way() -> None:
    program = OtherProgram(ring=4).show(0, 1)
    run = OtherRun(program.path)
    assert not run.read()
    for step in range(2, 9):
        program.show(step, is_kept=False)
        assert run.read()
    assert run.steps == [0, 1, 5, 6, 7, 8]
    assert (run.source.state, run.targets) == (ProgramState.LIVE, (0, 1, 1, 0))
    program.writer.say("faulty: é" + 3000 * "é")
    assert run.read()
    assert run.source.finding.startswith("faulty: éé")
    assert len(run.source.finding.encode()) in {MOST_TEXT - 1, MOST_TEXT}
    program.writer.end(diverged=True)
    assert run.read()
    assert (run.source.state, run.source.diverged) == (ProgramState.ENDED, True)


@pytest.mark.parametrize("place", [TEXT_AT, TEXT_AT + 7, TEXT_AT + 8, TEXT_AT + 20, TEXT_AT + 28])
def test_a_damaged_text_is_none(place: int) -> None:
    program = OtherProgram(assumed=("targets",)).show(0)
    program.writer.say("correct: all of it!!")
    program.writer.end(diverged=False)
    run = OtherRun(program.path)
    assert (run.source.finding, run.targets) == ("correct: all of it!!", None)
    data = bytearray(program.path.read_bytes())
    data[place] ^= 0x81
    program.path.write_bytes(data)
    assert OtherRun(program.path).source.finding == ""


def test_what_holds_no_state_is_refused() -> None:
    program = OtherProgram()
    with pytest.raises(FileError, match="no state"):
        opened(program.path)
    assert replace(program.header, arrays={"outputs": (4,)}).outputs == ()
