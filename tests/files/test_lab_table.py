"""Tables of networks and recipes: their contents, and that they read back."""

import csv
import io
import math
import re
from codecs import BOM_UTF8
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import some
from tests.support.lab import SMALL, WILD, trained_snapshot
from xorviz.core.diagnosis.states import STATES
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.files import lab_table
from xorviz.files.atomic import FileError
from xorviz.files.lab_table import (
    COLUMNS,
    HEADER,
    LONGEST,
    Done,
    LabFile,
    RowReader,
    done_in,
    networks_csv,
    recipes_csv,
    setting_text,
)
from xorviz.lab.plan import LabPlan, recipes_of
from xorviz.lab.results.findings import train_many
from xorviz.lab.results.lab_results import LabResults, LabSnapshot


@pytest.fixture(scope="module")
def small() -> LabSnapshot:
    return trained_snapshot(SMALL)


@pytest.fixture(scope="module")
def wild() -> LabSnapshot:
    return trained_snapshot(WILD)


def table_of(text: str) -> list[dict[str, str]]:
    """Read a table as other programs do."""
    assert text.endswith("\n")
    assert "\r" not in text
    assert text.isascii()
    reader = csv.DictReader(io.StringIO(text), strict=True)
    rows = list(reader)
    assert all(None not in row and None not in row.values() for row in rows)
    return rows


def column_of(state: str) -> str:
    """Return the column that counts networks in a state."""
    return f"state_{state.replace(' ', '_')}"


def config_of(row: dict[str, str]) -> RunConfig:
    values: dict[str, Any] = {
        name: setting.rule.parse(row[name]) for name, setting in SETTINGS.items()
    }
    return RunConfig(**values)


@pytest.mark.parametrize("plan", [SMALL, WILD])
def test_each_network_has_a_row_with_its_settings_and_all_its_numbers(
    plan: LabPlan, request: pytest.FixtureRequest
) -> None:
    picture = request.getfixturevalue("small" if plan is SMALL else "wild")
    rows = table_of(networks_csv(picture))
    assert [config_of(row) for row in rows] == [plan.config(place) for place in range(len(plan))]
    result = train_many([plan.config(place) for place in range(len(plan))], plan.steps, plan.rules)
    for i, row in enumerate(rows):
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


def test_each_row_has_the_requested_steps_and_rules(small: LabSnapshot, wild: LabSnapshot) -> None:
    names = ("steps_wanted", "stop_when_learned", "stop_at_loss")
    for picture, wanted in ((small, ("700", "off", "none")), (wild, ("300", "on", "0.001"))):
        assert {tuple(row[n] for n in names) for row in table_of(networks_csv(picture))} == {wanted}


def test_the_wild_plan_has_every_outcome(wild: LabSnapshot) -> None:
    """The other tests rely on it."""
    rows = table_of(networks_csv(wild))
    assert any(row["state"] == "learned" and int(row["step"]) < 300 for row in rows)
    assert any(not row["first_right"] for row in rows)


def test_networks_that_are_not_done_have_no_row() -> None:
    rows = table_of(networks_csv(trained_snapshot(SMALL, [3])))
    assert [config_of(row) for row in rows] == [SMALL.config(p) for p in SMALL.places_of(3)]
    assert networks_csv(LabResults(SMALL).snapshot()) == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize("recipe", [0, 5, 7])
def test_a_table_can_be_of_one_recipe(small: LabSnapshot, recipe: int) -> None:
    places = SMALL.places_of(recipe)
    header, *lines = networks_csv(small).splitlines()
    wanted = [header, *lines[places.start : places.stop]]
    assert networks_csv(small, places).splitlines() == wanted
    rows = table_of(networks_csv(trained_snapshot(SMALL, [3, 5]), SMALL.places_of(recipe)))
    assert [config_of(row) for row in rows] == [SMALL.config(p) for p in places if recipe == 5]


@pytest.mark.parametrize("write", [networks_csv, recipes_csv])
@pytest.mark.parametrize("name", ["small", "wild"])
def test_column_names_are_distinct(
    write: Callable[[LabSnapshot], str], name: str, request: pytest.FixtureRequest
) -> None:
    names = write(request.getfixturevalue(name)).splitlines()[0].split(",")
    assert len(set(names)) == len(names)
    assert {"right", "learned"} <= set(names)


def test_each_recipe_has_a_row_with_its_summary(small: LabSnapshot) -> None:
    rows = table_of(recipes_csv(small))
    assert len(rows) == 8
    for number, row in enumerate(rows):
        summary, recipe = small.summary(number), SMALL.recipes[number]
        assert summary is not None
        assert (int(row["width"]), float(row["rate"])) == (recipe.width, recipe.rate)
        assert row["biases"] == ("on" if recipe.biases else "off")
        assert int(row["networks"]) == 6
        for name in ("right", "learned"):
            share = getattr(summary, name)
            assert int(row[name]) == share.count
            parts = tuple(float(row[f"{name}_{part}"]) for part in ("share", "low", "high"))
            assert parts == (share.value, *share.interval)
        quartiles = [
            row[f"first_right_{n}"] for n in ("lower_quartile", "median", "upper_quartile")
        ]
        assert tuple(map(float, filter(None, quartiles))) == (summary.quartiles or ())
        counts = {state: int(row[column_of(state)]) for state in STATES}
        assert {state: count for state, count in counts.items() if count} == summary.states
    assert {row["first_right_median"] == "" for row in rows} == {True, False}


def test_only_settings_that_differ_have_a_column(small: LabSnapshot, wild: LabSnapshot) -> None:
    assert recipes_csv(small).startswith("width,rate,biases,networks,right,")
    assert recipes_csv(wild).startswith("rate,momentum,networks,")
    one = trained_snapshot(LabPlan((RunConfig(),), range(2), 10))
    assert recipes_csv(one).startswith("networks,")


def test_a_recipe_without_results_has_empty_fields() -> None:
    rows = table_of(recipes_csv(trained_snapshot(SMALL, [3])))
    assert [row["networks"] for row in rows] == ["0", "0", "0", "6", "0", "0", "0", "0"]
    assert rows[0]["right"] == rows[0]["right_low"] == rows[0]["first_right_median"] == ""
    assert {rows[0][column_of(state)] for state in STATES} == {"0"}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_settings_text_is_read_by_its_rule(name: str) -> None:
    numbers = np.random.default_rng(0).random(50).tolist()
    values = numbers if isinstance(getattr(RunConfig(), name), float) else []
    for value in (getattr(RunConfig(), name), *values):
        assert SETTINGS[name].rule.parse(setting_text(value)) == value


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
    monkeypatch.setattr(lab_table, "_AT_ONCE", 7)
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
        assert lab_table.read(path, SMALL) == ([], 0)
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
    ended, end = lab_table.read(path, SMALL)
    assert (sum(len(each[0]) for each in ended), end) == (12, len(some))
    with closing(LabFile.opened(path, end)) as file:
        file.add(SMALL, *done_in(trained_snapshot(SMALL, range(2, 8))))
    assert path.read_bytes() == text
    ended, end = lab_table.read(path, SMALL)
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
