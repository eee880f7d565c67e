"""What people write around their loops, and what they are told."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xorviz
from tests.watching.programs import Program
from xorviz.core.runs.source import ProgramState
from xorviz.watching import places
from xorviz.watching.followed_run import FollowedRun
from xorviz.watching.other_run import OtherRun, opened

W1, B1 = np.array([[0.1, 0.2], [0.3, 0.4]]), np.zeros(2)
W2, B2 = np.array([0.5, 0.6]), np.zeros(1)


@pytest.mark.parametrize(
    ("given", "named", "options", "said"),
    [
        ((W1, B1, W2, B2), {}, {}, "say orientation='"),
        (
            (np.ones((2, 3)), np.zeros(3), np.ones((3, 1)), B2),
            {},
            {"orientation": "out-in"},
            "in-out",
        ),
        ((W1, B1), {"w2": W2, "b2": B2}, {}, "w1 is missing"),
    ],
)
def test_what_is_meant_for_a_2_h_1_network_is_not_shown_as_another_one(
    given: Any, named: Any, options: Any, said: str
) -> None:
    refused = pytest.raises(xorviz.SettingError, match=re.escape(said))
    with xorviz.watch(window=False, **options) as see, refused:
        see(*given, **named)
    assert places.files() == []


def test_arrays_may_be_attributes_of_an_object() -> None:
    program = Program.of()

    class Net:
        def __init__(self) -> None:
            self.rate, self.name = 0.5, "mine"
            self.w1, self.b1, self.w2, self.b2 = program.arrays

    with xorviz.watch(window=False) as see:
        see(Net())
    assert isinstance(opened(places.files()[0]), FollowedRun)


def test_files_stay_where_they_were_asked_for_and_are_asked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    with xorviz.watch(window=False) as see:
        for name in ("a.xwatch", "a.npz", "a.npz"):
            see.record(name)
        monkeypatch.chdir("elsewhere")
        see(*Program.of().arrays)
        see.record(tmp_path / "a.xwatch")
    assert sorted(path.name for path in tmp_path.glob("a.*")) == ["a.npz", "a.xwatch"]
    with pytest.raises(xorviz.SettingError, match="the name of a file"):
        see.record(3)  # type: ignore[arg-type]


def test_a_run_that_has_ended_says_so_when_it_is_called_again(capsys: Any) -> None:
    with xorviz.watch(window=False) as see:
        see(*Program.of().arrays)
    for _ in range(3):
        see(*Program.of().arrays)
    assert capsys.readouterr().err.count("call xorviz.watch again") == 1


def test_another_network_goes_into_no_run_file(tmp_path: Path, capsys: Any) -> None:
    with xorviz.watch(window=False) as see:
        see.record(tmp_path / "a.npz")
        see(*[np.ones((2, 2))] * 3)
        with pytest.raises(xorviz.FileError, match=r"\.xwatch"):
            see.record(tmp_path / "b.xorviz")
    assert isinstance(opened(places.files()[0]), OtherRun)
    assert "a.npz: Only .xwatch" in capsys.readouterr().err


@pytest.mark.parametrize("is_another", [False, True])
def test_what_was_read_stays_when_the_file_is_lost(is_another: bool) -> None:
    with xorviz.watch(window=False) as see:
        see(*Program.of().arrays)
        path = places.files()[0]
        run = FollowedRun(path)
        path.write_bytes(path.read_bytes()[::-1]) if is_another else path.unlink()
        run.read()
    assert (run.source.state, run.newest) == (ProgramState.UNKNOWN, 0)
