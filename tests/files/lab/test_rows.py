"""Rows read back bit for bit, and only those of the plan."""

import io
import re
from codecs import BOM_UTF8
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import some
from tests.support.lab import SMALL, WILD, trained_snapshot
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.lab import file as lab_file
from xorviz.files.lab import rows as lab_rows
from xorviz.files.lab.csv import COLUMNS, HEADER, done_in, networks_csv
from xorviz.files.lab.file import LabFile
from xorviz.files.lab.rows import LONGEST, Done, RowReader
from xorviz.lab.plan import LabPlan, recipes_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot

ARRAYS = (
    *("done", "steps", "first_right", "first_learned", "diverged_at", "loss", "gradient_norm"),
    *("outputs", "state", "right", "learned"),
)


def lines_of(plan: LabPlan) -> list[bytes]:
    return networks_csv(trained_snapshot(plan)).encode().splitlines(keepends=True)


LINES = {plan: lines_of(plan) for plan in (SMALL, WILD)}


def read(plan: LabPlan, lines: list[bytes], rest: bytes = b"") -> list[Done]:
    return RowReader(plan).read(io.BytesIO(b"".join(lines) + rest))[0]


def recalled(plan: LabPlan, ended: list[Done]) -> LabSnapshot:
    results = LabResults(plan)
    for one in ended:
        results.recall(*one)
    return results.snapshot()


def assert_same(one: LabSnapshot, other: LabSnapshot) -> None:
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def changed(line: bytes, **values: str) -> bytes:
    """Return a row with other values."""
    row = dict(zip(COLUMNS, line.decode().rstrip().split(","), strict=True)) | values
    return f"{','.join(row.values())}\n".encode()


def refusal(plan: LabPlan, lines: list[bytes], rest: bytes = b"") -> str:
    with pytest.raises(FileError) as refused:
        read(plan, lines, rest)
    sentence = str(refused.value)
    assert sentence.count("\n") == 0
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize("plan", some([WILD, SMALL], 1))
def test_rows_read_back_bit_for_bit(plan: LabPlan) -> None:
    picture = recalled(plan, read(plan, LINES[plan]))
    assert_same(picture, trained_snapshot(plan))
    assert networks_csv(picture).encode() == b"".join(LINES[plan])
    for recipe in range(len(plan.recipes)):
        assert picture.summary(recipe) == trained_snapshot(plan).summary(recipe)


def test_diverged_networks_read_back() -> None:
    for norm in ["nan", "inf", "1.5e+300"]:
        header, first, *_ = LINES[SMALL]
        values = {"step": "300", "diverged_at": "301", "state": "diverging", "first_right": ""}
        line = changed(first, **values, gradient_norm=norm)
        picture = recalled(SMALL, read(SMALL, [header, line]))
        assert networks_csv(picture).encode() == header + line
        assert (picture.steps[0], picture.diverged_at[0]) == (300, 301)


def test_rows_may_be_in_any_order_and_some_may_be_missing() -> None:
    header, *rows = LINES[SMALL]
    picture = recalled(SMALL, read(SMALL, [header, *rows[::-3]]))
    assert picture.done.sum() == 16
    assert set(networks_csv(picture).encode().splitlines(True)) == {header, *rows[::-3]}


def test_many_rows_are_converted_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_rows, "_AT_ONCE", 7)
    ended = read(SMALL, LINES[SMALL])
    assert [len(some[0]) for some in ended] == [7] * 6 + [6]
    assert_same(recalled(SMALL, ended), trained_snapshot(SMALL))


def test_a_plan_may_be_larger_than_the_file() -> None:
    wider = LabPlan(recipes_of({"width": [2, 3, 4], "rate": [0.1, 5.0, 6.0],
                                "biases": [False, True]}), range(9), 700)  # fmt: skip
    picture = recalled(wider, read(wider, LINES[SMALL]))
    assert picture.done.sum() == 48
    known = {wider.config(place) for place in np.flatnonzero(picture.done).tolist()}
    assert known == {SMALL.config(place) for place in range(48)}


def test_other_spellings_of_numbers_are_read() -> None:
    header, *rows = (line.replace(b"\n", b"\r\n") for line in LINES[SMALL])
    first = changed(rows[0], rate="1e-1", steps_wanted="0700").replace(b"\n", b"\r\n")
    assert_same(recalled(SMALL, read(SMALL, [header, first, *rows[1:]])), trained_snapshot(SMALL))


def test_an_incomplete_last_line_is_skipped() -> None:
    for rest in [b"", b"2,0.1,", LINES[SMALL][1][:-1], b"\0" * 100]:
        assert sum(len(some[0]) for some in read(SMALL, LINES[SMALL][:5], rest)) == 4


@pytest.mark.parametrize("mark", [b"", BOM_UTF8])
def test_an_incomplete_header_is_completed(tmp_path: Path, mark: bytes) -> None:
    path, start = tmp_path / "rows.csv", mark + HEADER.encode()
    for size in {0, 1, len(mark), len(mark) + 1, len(start)}:
        path.write_bytes(start[:size])
        assert lab_file.read(path, SMALL) == ([], 0)
        LabFile.opened(path, 0).close()
        assert path.read_bytes() == LINES[SMALL][0]


def test_a_byte_order_mark_is_ignored() -> None:
    for end in [b"\n", b"\r\n"]:
        header, *rows = (line.replace(b"\n", end) for line in LINES[SMALL])
        assert_same(
            recalled(SMALL, read(SMALL, [BOM_UTF8 + header, *rows])), trained_snapshot(SMALL)
        )


@pytest.mark.parametrize("cut", [0, 50])
def test_a_file_with_a_byte_order_mark_is_continued(tmp_path: Path, cut: int) -> None:
    path, text = tmp_path / "rows.csv", BOM_UTF8 + b"".join(LINES[SMALL])
    some = BOM_UTF8 + b"".join(LINES[SMALL][:13])
    path.write_bytes(text[: len(some) + cut])
    ended, end = lab_file.read(path, SMALL)
    assert (sum(len(each[0]) for each in ended), end) == (12, len(some))
    with closing(LabFile.opened(path, end)) as file:
        file.add(SMALL, *done_in(trained_snapshot(SMALL, range(2, 8))))
    assert path.read_bytes() == text
    ended, end = lab_file.read(path, SMALL)
    assert end == len(text)
    assert_same(recalled(SMALL, ended), trained_snapshot(SMALL))


WRONG_VALUES: list[tuple[dict[str, str], str]] = [
    ({"rate": "0.2"}, "Line 2 does not match: rate is 0.2; requested: 0.1, 5.0."),
    ({"width": "9"}, "Line 2 does not match: width is 9; requested: 2, 3."),
    ({"targets": "0110"}, "Line 2 does not match: targets is 0110; requested: 1010."),
    ({"loss": "mse"}, "Line 2 does not match: loss is mse; requested: sse."),
    ({"seed": "6"}, "Line 2 does not match: seed 6 is not requested."),
    ({"steps_wanted": "800"}, "Line 2 does not match: steps_wanted is 800; requested: 700."),
    (
        {"stop_when_learned": "on"},
        "Line 2 does not match: stop_when_learned is on; requested: off.",
    ),
    ({"stop_at_loss": "0.5"}, "Line 2 does not match: stop_at_loss is 0.5; requested: none."),
    ({"width": "x"}, "Line 2 is invalid: width is 'x'; allowed: a whole number from 1 to 64."),
    ({"seed": "-1"}, "Line 2 is invalid: seed is '-1'; allowed: a whole number from 0 to"),
    ({"step": "701"}, "Line 2 is invalid: step is '701'; allowed: a whole number from 0 to 700."),
    ({"step": "300"}, "Line 2 is invalid: no network stops at step 300."),
    ({"diverged_at": "7"}, "Line 2 is invalid: no network stops at step 700."),
    ({"first_right": "701"}, "Line 2 is invalid: first_right is '701'; allowed: a whole number"),
    ({"first_right": "", "first_learned": "5"}, "first_learned comes before first_right."),
    ({"first_right": "6", "first_learned": "5"}, "first_learned comes before first_right."),
    ({"final_loss": "nan"}, "Line 2 is invalid: final_loss is 'nan'; allowed: a number from 0,"),
    ({"final_loss": "-1"}, "final_loss is '-1'"),
    ({"gradient_norm": ""}, "gradient_norm is ''"),
    ({"state": "asleep"}, "state is 'asleep'; allowed: learning, learned, no row learned"),
    ({"y01": "1.1"}, "y01 is '1.1'; allowed: a number from 0, up to 1."),
    ({"right": "yes"}, "right is 'yes'; allowed: a whole number from 0 to 1."),
    ({"right": "1"}, "Line 2 is invalid: its outputs contradict right 1."),
    ({"learned": "1"}, "Line 2 is invalid: its outputs contradict learned 1."),
    ({"state": "learned"}, "Line 2 is invalid: its outputs contradict state learned."),
    ({"state": "learned,1"}, "Line 2 has 28 values instead of 27."),
    ({"state": "gelernt ✓"}, "Line 2 is not a row of a lab."),
]


def test_a_row_of_another_plan_is_refused_with_the_difference() -> None:
    for values, sentence in WRONG_VALUES:
        header, first, *rows = LINES[SMALL]
        assert sentence in refusal(SMALL, [header, changed(first, **values), *rows])


def first_row_with(value: str) -> int:
    column = COLUMNS.index(value)
    return next(i for i, line in enumerate(LINES[WILD]) if line.split(b",")[column] == b"1")


CONTRADICTIONS: list[tuple[str, dict[str, str], str]] = [
    ("right", {"first_right": "", "first_learned": ""}, "contradict an empty first_right."),
    ("learned", {"first_learned": ""}, "contradict an empty first_learned."),
    ("learned", {"state": "too slow"}, "contradict state too slow."),
]


def test_a_row_that_contradicts_itself_is_refused() -> None:
    for of, values, sentence in CONTRADICTIONS:
        lines = LINES[WILD].copy()
        number = first_row_with(of)
        lines[number] = changed(lines[number], **values)
        assert refusal(WILD, lines) == f"Line {number + 1} is invalid: its outputs {sentence}"
    header, first, *_ = LINES[SMALL]
    line = changed(first, step="300", diverged_at="301", state="no row learned", first_right="")
    assert refusal(SMALL, [header, line]).endswith("contradict state no row learned.")


def test_a_network_must_not_be_listed_twice() -> None:
    lines = [*LINES[SMALL], LINES[SMALL][4]]
    assert refusal(SMALL, lines) == "Line 50 has the same network as an earlier line."


def test_settings_must_be_requested_together() -> None:
    plan = LabPlan((RunConfig(width=2, rate=0.1), RunConfig(width=3, rate=5.0)), range(6), 700)
    line = changed(LINES[SMALL][1], width="2", rate="5.0")
    sentence = "Line 2 does not match: these settings are not requested together."
    assert refusal(plan, [LINES[SMALL][0], line]) == sentence


def test_long_lists_of_requested_values_are_shortened() -> None:
    plan = LabPlan(recipes_of({"width": list(range(3, 60))}), range(6), 700)
    assert refusal(plan, LINES[SMALL]).endswith("width is 2; requested: 3, 4, 5, 6, ….")


def test_stop_rules_must_match() -> None:
    for rules in (NEVER, StopRules(at_step=None, when_learned=True, at_loss=2e-3)):
        plan = LabPlan(WILD.recipes, WILD.seeds, WILD.steps, rules)
        assert "Line 2 does not match: stop_" in refusal(plan, LINES[WILD])


OTHER_FILES: list[tuple[list[bytes], bytes, str]] = [
    ([b"hello\n"], b"", "Line 1 does not name the columns of a lab: width is missing."),
    ([], b"hello", "Line 1 does not name the columns of a lab."),
    ([b"step,min,max\n"], b"", "Line 1 does not name the columns of a lab: width is missing."),
    ([b"x," + LINES[SMALL][0]], b"", "Line 1 does not name the columns of a lab in their"),
    ([b"\xff\xfe\n"], b"", "Line 1 is not a row of a lab."),
    ([BOM_UTF8 * 2 + LINES[SMALL][0]], b"", "Line 1 is not a row of a lab."),
    ([LINES[SMALL][0], BOM_UTF8 + LINES[SMALL][1]], b"", "Line 2 is not a row of a lab."),
    ([BOM_UTF8 + b"hello\n"], b"", "Line 1 does not name the columns of a lab: width is"),
    ([], BOM_UTF8 + b"hello", "Line 1 does not name the columns of a lab."),
    ([], LINES[SMALL][0][:9] + BOM_UTF8, "Line 1 does not name the columns of a lab."),
    (LINES[SMALL][:2], b"x" * LONGEST, "Line 3 is longer than any row of a lab."),
    ([LINES[SMALL][0], b"\n"], b"", "Line 2 has 1 values instead of 27."),
]


def test_a_file_of_another_kind_is_refused() -> None:
    for lines, rest, sentence in OTHER_FILES:
        assert refusal(SMALL, lines, rest).startswith(sentence)


@given(st.sampled_from(sorted(COLUMNS)), st.text("0123456789.-+einfax ", max_size=12))
def test_any_value_is_accepted_or_refused(name: str, value: str) -> None:
    header, first, *_ = LINES[SMALL]
    try:
        ended = read(SMALL, [header, changed(first, **{name: value})])
    except FileError as error:
        assert re.match(r"Line 2 .*\.$", str(error))  # noqa: PT017
    else:
        assert len(ended[0][0]) == 1
