"""Tables of networks and recipes: their contents, that they read back, and that no row is lost."""

import csv
import errno
import io
import math
import os
import re
from codecs import BOM_UTF8
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.files import no_room_beyond, refusal, without_privileges, written_by
from tests.support.lab import SMALL, WILD, trained_snapshot
from xorviz.core.diagnosis.states import STATES
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.files import lab_table
from xorviz.files.atomic import FileError
from xorviz.files.lab_table import (
    COLUMNS,
    LONGEST,
    Done,
    LabFile,
    RowReader,
    done_in,
    networks_csv,
    recipes_csv,
)
from xorviz.lab.plan import LabPlan, recipes_of
from xorviz.lab.results.findings import train_many
from xorviz.lab.results.lab_results import LabResults, LabSnapshot

PICTURES = {plan: trained_snapshot(plan) for plan in (SMALL, WILD)}
LINES = {
    plan: networks_csv(picture).encode().splitlines(keepends=True)
    for plan, picture in PICTURES.items()
}
HEAD, FIRST, *_ = LINES[SMALL]
TEXT = b"".join(LINES[SMALL])
PARTS = [done_in(trained_snapshot(SMALL, (number,))) for number in range(3)]
THREE = b"".join(LINES[SMALL][:19])
"""The header and the rows of three recipes."""


def table_of(text: str) -> list[dict[str, str]]:
    """Read a table as other programs do."""
    assert text.endswith("\n")
    assert "\r" not in text
    assert text.isascii()
    reader = csv.DictReader(io.StringIO(text), strict=True)
    rows = list(reader)
    assert reader.fieldnames is not None
    assert len(set(reader.fieldnames)) == len(reader.fieldnames)
    assert all(None not in row and None not in row.values() for row in rows)
    return rows


def config_of(row: dict[str, str]) -> RunConfig:
    values: dict[str, Any] = {name: one.rule.parse(row[name]) for name, one in SETTINGS.items()}
    return RunConfig(**values)


# Contents.


@pytest.mark.parametrize("plan", [SMALL, WILD])
def test_each_network_has_a_row_with_its_settings_and_all_its_numbers(plan: LabPlan) -> None:
    rows = table_of(networks_csv(PICTURES[plan]))
    assert [config_of(row) for row in rows] == [plan.config(place) for place in range(len(plan))]
    result = train_many([plan.config(place) for place in range(len(plan))], plan.steps, plan.rules)
    asked = ("700", "off", "none") if plan is SMALL else ("300", "on", "0.001")
    for i, row in enumerate(rows):
        assert (row["steps_wanted"], row["stop_when_learned"], row["stop_at_loss"]) == asked
        assert int(row["step"]) == result.steps[i]
        for name in ("first_right", "first_learned", "diverged_at"):
            assert int(row[name] or -1) == getattr(result, name)[i]
        for name, wanted in (
            ("final_loss", result.loss[i]),
            ("gradient_norm", result.gradient_norm[i]),
            *((f"y{x1}{x2}", result.outputs[i][k]) for k, (x1, x2) in enumerate(ROWS)),
        ):
            assert float(row[name]) == wanted or (math.isnan(wanted) and row[name] == "nan")
        assert int(row["right"]) == result.right[i]
        assert int(row["learned"]) == result.learned[i]
        assert row["state"] == result.states[i]
    if plan is WILD:  # it has every outcome
        assert any(row["state"] == "learned" and int(row["step"]) < 300 for row in rows)
        assert any(not row["first_right"] for row in rows)


def test_only_networks_that_are_done_have_a_row_and_a_table_may_be_of_one_recipe() -> None:
    rows = table_of(networks_csv(trained_snapshot(SMALL, (3,))))
    assert [config_of(row) for row in rows] == [SMALL.config(p) for p in SMALL.places_of(3)]
    assert networks_csv(LabResults(SMALL).snapshot()) == ",".join(COLUMNS) + "\n"
    some = trained_snapshot(SMALL, (3, 5))
    for recipe in (0, 5, 7):
        places = SMALL.places_of(recipe)
        wanted = [HEAD, *LINES[SMALL][1 + places.start : 1 + places.stop]]
        assert networks_csv(PICTURES[SMALL], places).encode() == b"".join(wanted)
        wanted = wanted if recipe == 5 else [HEAD]
        assert networks_csv(some, places).encode() == b"".join(wanted)


def test_each_recipe_has_a_row_with_its_summary() -> None:
    small = PICTURES[SMALL]
    rows = table_of(recipes_csv(small))
    assert len(rows) == 8
    for number, row in enumerate(rows):
        summary, recipe = small.summary(number), SMALL.recipes[number]
        assert summary is not None
        assert (int(row["width"]), float(row["rate"])) == (recipe.width, recipe.rate)
        assert row["biases"] == ("on" if recipe.biases else "off")
        assert int(row["networks"]) == 6
        assert int(row["still_learning"]) == summary.still_learning
        for name in ("right", "learned"):
            share = getattr(summary, name)
            parts = tuple(float(row[f"{name}{part}"]) for part in ("", "_share", "_low", "_high"))
            assert parts == (share.count, share.value, *share.interval)
        middles = [row[f"first_right_{n}"] for n in ("lower_quartile", "median", "upper_quartile")]
        assert tuple(map(float, filter(None, middles))) == (summary.quartiles or ())
        counts = {state: int(row[f"state_{state.replace(' ', '_')}"]) for state in STATES}
        assert {state: count for state, count in counts.items() if count} == summary.states
    assert {row["first_right_median"] == "" for row in rows} == {True, False}


def test_counts_of_states_have_the_order_of_older_tables() -> None:
    columns = recipes_csv(PICTURES[SMALL]).splitlines()[0].split(",")
    counts = [name.removeprefix("state_") for name in columns if name.startswith("state_")]
    assert " ".join(counts).startswith(
        "learning learned no_row_learned one_row_learned two_rows_learned three_rows_learned"
        " saturated oscillating too_slow diverging dead_units symmetric_units negated"
    ), "a new state is the last"


def test_only_settings_that_differ_have_a_column_and_missing_results_are_empty() -> None:
    assert recipes_csv(PICTURES[WILD]).startswith("rate,momentum,networks,")
    rows = table_of(recipes_csv(trained_snapshot(SMALL, (3,))))
    assert [row["networks"] for row in rows] == ["0", "0", "0", "6", "0", "0", "0", "0"]
    assert rows[0]["right"] == rows[0]["right_low"] == rows[0]["first_right_median"] == ""
    assert {rows[0][f"state_{state.replace(' ', '_')}"] for state in STATES} == {"0"}


# Reading.


def read(plan: LabPlan, lines: list[bytes], rest: bytes = b"") -> list[Done]:
    return RowReader(plan).read(io.BytesIO(b"".join(lines) + rest))[0]


def recalled(plan: LabPlan, ended: list[Done]) -> LabSnapshot:
    results = LabResults(plan)
    for one in ended:
        results.recall(*one)
    return results.snapshot()


def assert_all_read(plan: LabPlan, lines: list[bytes]) -> None:
    picture = recalled(plan, read(plan, lines))
    assert networks_csv(picture).encode() == b"".join(LINES[plan])
    for recipe in range(len(plan.recipes)):
        assert picture.summary(recipe) == PICTURES[plan].summary(recipe)


def changed(line: bytes, **values: str) -> bytes:
    """Return a row with other values."""
    row = dict(zip(COLUMNS, line.decode().rstrip().split(","), strict=True)) | values
    return f"{','.join(row.values())}\n".encode()


def test_rows_read_back_bit_for_bit_in_every_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    for plan, lines in LINES.items():
        assert_all_read(plan, lines)
        header, first, *rows = (line.replace(b"\n", b"\r\n") for line in lines)
        assert_all_read(plan, [BOM_UTF8 + header, first, *rows])
    other = changed(FIRST, rate="1e-1", steps_wanted="0700")
    assert_all_read(SMALL, [HEAD, other, *LINES[SMALL][2:]])
    monkeypatch.setattr(lab_table, "_AT_ONCE", 7)
    assert [len(some[0]) for some in read(SMALL, LINES[SMALL])] == [7] * 6 + [6]
    assert_all_read(SMALL, LINES[SMALL])


def test_diverged_networks_read_back() -> None:
    values = {"step": "300", "diverged_at": "301", "state": "diverging", "first_right": ""}
    for norm in ["nan", "inf", "1.5e+300"]:
        line = changed(FIRST, **values, gradient_norm=norm)
        picture = recalled(SMALL, read(SMALL, [HEAD, line]))
        assert networks_csv(picture).encode() == HEAD + line


def test_rows_may_be_in_any_order_and_of_a_part_of_the_plan() -> None:
    _, *rows = LINES[SMALL]
    picture = recalled(SMALL, read(SMALL, [HEAD, *rows[::-3]]))
    assert picture.done.sum() == 16
    assert set(networks_csv(picture).encode().splitlines(True)) == {HEAD, *rows[::-3]}
    wider = LabPlan(recipes_of({"width": [2, 3, 4], "rate": [0.1, 5.0, 6.0],
                                "biases": [False, True]}), range(9), 700)  # fmt: skip
    picture = recalled(wider, read(wider, LINES[SMALL]))
    known = {wider.config(place) for place in np.flatnonzero(picture.done).tolist()}
    assert known == {SMALL.config(place) for place in range(48)}
    listed = LabPlan(SMALL.recipes, (*range(5, -1, -1), 9), 700)
    assert recalled(listed, read(listed, LINES[SMALL])).done.sum() == 48


WRONG_VALUES: list[tuple[dict[str, str], str]] = [
    ({"rate": "0.2"}, "does not match: rate is 0.2; requested: 0.1, 5.0."),
    ({"width": "9"}, "does not match: width is 9; requested: 2, 3."),
    ({"targets": "0110"}, "does not match: targets is 0110; requested: 1010."),
    ({"seed": "6"}, "does not match: seed 6 is not requested."),
    ({"steps_wanted": "800"}, "does not match: steps_wanted is 800; requested: 700."),
    ({"stop_when_learned": "on"}, "does not match: stop_when_learned is on; requested: off."),
    ({"stop_at_loss": "0.5"}, "does not match: stop_at_loss is 0.5; requested: none."),
    *(
        ({name: value}, f"is invalid: {name} is {value!r}; allowed: ")
        for name, value in (
            *(("width", "x"), ("seed", "-1"), ("step", "701"), ("first_right", "701")),
            *(("final_loss", "nan"), ("final_loss", "-1")),
            *(("gradient_norm", ""), ("state", "asleep"), ("y01", "1.1"), ("y11", "nan")),
            *(("first_right", "0"), ("diverged_at", "702")),
        )
    ),
    ({"step": "300"}, "is invalid: no network stops at step 300."),
    ({"diverged_at": "7"}, "is invalid: no network stops at step 700."),
    ({"first_right": "", "first_learned": "5"}, "first_learned comes before first_right."),
    ({"first_right": "6", "first_learned": "5"}, "first_learned comes before first_right."),
    *(({name: value}, f"is invalid: its outputs contradict {name} {value}.") for name in
      ("right", "learned") for value in ("1", "yes")),
    ({"state": "learned"}, "is invalid: its outputs contradict state learned."),
    ({"state": "learned,1"}, f"has {len(COLUMNS) + 1} values instead of {len(COLUMNS)}."),
    ({"state": "gelernt ✓"}, "is not a row of a lab."),
]  # fmt: skip


def test_a_row_of_another_plan_or_with_wrong_values_is_refused() -> None:
    for values, sentence in WRONG_VALUES:
        lines = [HEAD, changed(FIRST, **values), *LINES[SMALL][2:]]
        said = refusal(read, SMALL, lines)
        assert said.startswith("Line 2 ")
        assert sentence in said
    twice = refusal(read, SMALL, [*LINES[SMALL], LINES[SMALL][4]])
    assert twice == "Line 50 has the same network as an earlier line."


def test_a_row_whose_network_learned_is_in_no_other_state() -> None:
    lines, column = LINES[WILD].copy(), COLUMNS.index("learned")
    number = next(i for i, line in enumerate(lines) if line.split(b",")[column] == b"1")
    lines[number] = changed(lines[number], state="too slow")
    said = refusal(read, WILD, lines)
    assert said == f"Line {number + 1} is invalid: its outputs contradict state too slow."


def test_settings_and_stop_rules_must_be_requested_together() -> None:
    plan = LabPlan((RunConfig(width=2, rate=0.1), RunConfig(width=3, rate=5.0)), range(6), 700)
    line = changed(FIRST, width="2", rate="5.0")
    assert "these settings are not requested together" in refusal(read, plan, [HEAD, line])
    for rules in (NEVER, StopRules(at_step=None, when_learned=True, at_loss=2e-3)):
        plan = LabPlan(WILD.recipes, WILD.seeds, WILD.steps, rules)
        assert "Line 2 does not match: stop_" in refusal(read, plan, LINES[WILD])


OTHER_FILES: list[tuple[list[bytes], bytes, str]] = [
    ([b"hello\n"], b"", "Line 1 does not name the columns of a lab: width is missing."),
    ([b"x," + HEAD], b"", "Line 1 does not name the columns of a lab in their"),
    ([], BOM_UTF8 + b"hello", "Line 1 does not name the columns of a lab."),
    ([b"\xff\xfe\n"], b"", "Line 1 is not a row of a lab."),
    ([BOM_UTF8 * 2 + HEAD], b"", "Line 1 is not a row of a lab."),
    ([HEAD, BOM_UTF8 + FIRST], b"", "Line 2 is not a row of a lab."),
    ([HEAD, FIRST], b"x" * LONGEST, "Line 3 is longer than any row of a lab."),
    ([HEAD, b"\n"], b"", f"Line 2 has 1 values instead of {len(COLUMNS)}."),
]


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    for lines, rest, sentence in OTHER_FILES:
        assert refusal(read, SMALL, lines, rest).startswith(sentence)
    path = tmp_path / "endless.csv"
    path.write_bytes(HEAD)
    os.truncate(path, 2**33)  # which takes no room
    assert refusal(lab_table.read, path, SMALL) == "Line 2 is longer than any row of a lab."


@given(st.sampled_from(sorted(COLUMNS)), st.text("0123456789.-+einfax ", max_size=12))
def test_any_value_is_accepted_or_refused(name: str, value: str) -> None:
    try:
        ended = read(SMALL, [HEAD, changed(FIRST, **{name: value})])
    except FileError as error:
        assert re.match(r"Line 2 .*\.$", str(error))  # noqa: PT017
    else:
        assert len(ended[0][0]) == 1


# Files that are continued.


class Disk(io.FileIO):
    """A file on a disk with limited space."""

    room = 10**9

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = super().write(view[: self.room])
        self.room -= written
        return written


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "größe 3.csv"


def add_all(file: LabFile, parts: Sequence[Done]) -> None:
    for part in parts:
        file.add(SMALL, *part)


def count(ended: list[Done]) -> int:
    return sum(len(some[0]) for some in ended)


@pytest.mark.parametrize("mark", [b"", BOM_UTF8])
def test_what_a_crash_has_cut_off_is_removed_when_the_file_is_continued(
    path: Path, mark: bytes
) -> None:
    """Also the byte order mark of a spreadsheet and an incomplete header are seen to."""
    for rest in (b"", b"2,0.1,", LINES[SMALL][13][:-1], b"\0" * 100):
        whole = mark + b"".join(LINES[SMALL][:13])
        path.write_bytes(whole + rest)
        ended, end = lab_table.read(path, SMALL)
        assert (count(ended), end) == (12, len(whole))
        assert path.read_bytes() == whole + rest  # unchanged before it is written to
        with closing(LabFile(path, end)) as file:
            file.add(SMALL, *PARTS[2])
            assert (path.read_bytes(), file.added) == (mark + THREE, 6)  # written at once
        assert path.read_bytes() == mark + THREE
    for size in {0, len(mark), len(mark) + 1, len(mark) + len(HEAD) - 1}:
        path.write_bytes((mark + HEAD)[:size])
        assert lab_table.read(path, SMALL) == ([], 0)
        LabFile(path, 0).close()
        assert path.read_bytes() == HEAD


def test_a_file_has_one_writer_at_a_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(LabFile(path)) as file:
        file.add(SMALL, *PARTS[0])
        _, end = lab_table.read(path, SMALL)
        assert refusal(LabFile, path, end) == "Another program is writing to it."
        file.add(SMALL, *PARTS[1])
    assert "has written to it in the meantime" in refusal(LabFile, path, end)

    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(lab_table, "lock", no_locks)  # as on some disks
    with closing(LabFile(path, lab_table.read(path, SMALL)[1])) as file:
        add_all(file, PARTS[2:])
    assert path.read_bytes() == THREE


@pytest.mark.parametrize("mark", [b"", BOM_UTF8])
def test_a_file_that_is_removed_meanwhile_is_made_again(path: Path, mark: bytes) -> None:
    path.write_bytes(mark + HEAD)
    with closing(LabFile(path, len(mark + HEAD))) as file:
        add_all(file, PARTS[:2])
        path.unlink()
        add_all(file, PARTS[2:])
        assert file.added == THREE.count(b"\n") - 1
        path.rename(path.with_suffix(".moved"))  # it is still there
        assert path.with_suffix(".moved").read_bytes() == mark + THREE
        assert list(path.parent.iterdir()) == [path.with_suffix(".moved")]


def test_what_stands_in_the_way_of_a_file_that_was_removed_is_said(path: Path) -> None:
    folder = path.parent / "folder"
    folder.mkdir()
    for trouble in ("another file has its name", "The folder does not exist"):
        with closing(LabFile(folder / "lab.csv")) as file:
            file.add(SMALL, *PARTS[0])
            (folder / "lab.csv").unlink()
            if "folder" in trouble:
                folder.rmdir()
            else:
                (folder / "lab.csv").write_text("mine")
            assert trouble in refusal(file.add, SMALL, *PARTS[1])
            assert file.added == 0
        if folder.exists():
            assert (folder / "lab.csv").read_text() == "mine"
            (folder / "lab.csv").unlink()


@pytest.mark.parametrize("room", [1, 400, 4000])
def test_a_full_disk_is_an_error_and_keeps_whole_rows(
    path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    with monkeypatch.context() as patch:
        written_by(Disk, patch)
        file = LabFile(path)
    disk = file._file
    assert isinstance(disk, Disk)
    file.add(SMALL, *PARTS[0])
    size = len(path.read_bytes())
    disk.room = min(room, len(THREE) - size - 1)
    whole_rows = THREE[: THREE.rindex(b"\n", 0, size + disk.room) + 1]
    with closing(file):
        assert refusal(add_all, file, PARTS[1:]) == "The disk is full."
    assert path.read_bytes() == whole_rows
    ended, end = lab_table.read(path, SMALL)
    assert end == len(whole_rows)
    assert count(ended) == file.added == whole_rows.count(b"\n") - 1


def test_unwritable_paths_are_refused_and_keep_what_is_there(path: Path, tmp_path: Path) -> None:
    with no_room_beyond(10):
        assert refusal(LabFile, path) == "It cannot be written: File too large."
    assert not path.exists()  # a file without a header would block the next attempt
    path.write_bytes(TEXT)
    for other, sentence in (
        (path, "The file already exists."),
        (tmp_path, "It is a folder, not a file."),
        (Path("x\0"), "This file name is not allowed."),
    ):
        assert refusal(LabFile, other) == sentence
    path.chmod(0o444)
    with without_privileges():
        assert "no permission" in refusal(LabFile, path, len(TEXT))
    assert path.read_bytes() == TEXT
