"""Files of networks that are not 2-H-1, as a window reads them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.program import DEEP, OtherProgram
from xorviz.core.runs.source import ProgramState
from xorviz.files.atomic import FileError
from xorviz.watching.followed_run import FollowedRun
from xorviz.watching.other_run import OtherRun, opened
from xorviz.watching.states_file import MOST_TEXT, TEXT_AT

TWO_H_ONE: Mapping[str, tuple[int, ...]] = {"w1": (2, 3), "b1": (3,), "w2": (3, 1), "b2": (1,)}
TURNED = {name: TWO_H_ONE[name] for name in ("w2", "b2", "w1", "b1")}
EMPTY: Mapping[str, tuple[int, ...]] = {"nothing": (0, 3), "w": (2, 2, 5)}


@pytest.mark.parametrize(
    ("shapes", "outputs", "kind"),
    [
        (TWO_H_ONE, 0, FollowedRun), (TWO_H_ONE, 1, OtherRun), (TURNED, 0, OtherRun),
        (DEEP, 0, OtherRun), (DEEP, 2, OtherRun), (EMPTY, 1, OtherRun),
        ({"w": (20_000,)}, 0, OtherRun),
        ({"w1": (2, 300), "w2": (300, 1)}, 0, OtherRun),
    ],
)  # fmt: skip
def test_every_number_is_read_as_it_was_written(
    shapes: Mapping[str, tuple[int, ...]], outputs: int, kind: type
) -> None:
    program = OtherProgram(shapes, outputs).show(0, 1, 5)
    run = opened(program.path)
    assert type(run) is kind
    if not isinstance(run, OtherRun):
        return
    with pytest.raises(FileError, match="2-H-1"):
        FollowedRun(program.path)
    assert run.steps == [0, 1, 5]
    for step, row in program.rows.items():
        weights, found = run.weights_at(step), run.outputs_at(step)
        assert {n: array.shape for n, array in weights.items()} == run.shapes
        assert run.shapes == {n: shape for n, shape in shapes.items() if np.prod(shape)}
        parts = [array.ravel() for array in weights.values()]
        parts += [] if found is None else [found.ravel()]
        np.testing.assert_array_equal(np.concatenate(parts), row)


def test_a_run_grows_and_recent_states_give_way() -> None:
    program = OtherProgram(ring=4).show(0, 1)
    run = OtherRun(program.path)
    assert not run.read()
    for step in range(2, 9):
        program.show(step, is_kept=False)
        assert run.read()
    assert run.steps == [0, 1, 5, 6, 7, 8]
    assert run.source.state is ProgramState.LIVE
    program.writer.say("faulty: é" + 3000 * "é")
    assert run.read()
    assert run.source.finding.startswith("faulty: éé")
    assert len(run.source.finding.encode()) in {MOST_TEXT - 1, MOST_TEXT}
    program.writer.end(diverged=True)
    assert run.read()
    assert (run.source.state, run.source.diverged) == (ProgramState.ENDED, True)


def test_outputs_may_be_unknown_and_weights_may_not() -> None:
    program = OtherProgram().show(0)
    for step, place in ((1, -1), (2, 0)):
        row = program.rows[0].copy()
        row[place] = np.nan
        program.writer.add(step, row.tobytes(), is_kept=True)
    run = OtherRun(program.path)
    assert run.steps == [0, 1]
    outputs = run.outputs_at(1)
    assert outputs is not None
    assert np.isnan(outputs.ravel()).tolist() == [False, False, False, True]


@pytest.mark.parametrize("said", [True, False])
def test_targets_are_those_that_were_said(said: bool) -> None:
    program = OtherProgram(assumed=() if said else ("targets",)).show(0)
    assert OtherRun(program.path).targets == ((0, 1, 1, 0) if said else None)


@pytest.mark.parametrize("place", [TEXT_AT, TEXT_AT + 7, TEXT_AT + 8, TEXT_AT + 20, TEXT_AT + 28])
def test_a_damaged_text_is_none(place: int) -> None:
    program = OtherProgram().show(0)
    program.writer.say("correct: all of it!!")
    program.writer.end(diverged=False)
    assert OtherRun(program.path).source.finding == "correct: all of it!!"
    data = bytearray(program.path.read_bytes())
    data[place] ^= 0x81
    program.path.write_bytes(data)
    assert OtherRun(program.path).source.finding == ""


def test_what_holds_no_state_is_refused(tmp_path: Path) -> None:
    program = OtherProgram()
    with pytest.raises(FileError, match="no state"):
        opened(program.path)
    assert replace(program.header, arrays={"outputs": (4,)}).outputs == ()
