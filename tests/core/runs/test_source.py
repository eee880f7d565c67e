"""Where a watched run comes from."""

from dataclasses import replace
from typing import Any

import pytest

from xorviz.core.rules import SettingError
from xorviz.core.runs.source import LONGEST_NAME, WatchedSource

SOURCE = WatchedSource("my network", "0123456789abcdef" * 2, "train.py, Python 3.11", ("rate",))


def test_a_source_survives_json() -> None:
    assert WatchedSource.from_dict(SOURCE.to_dict()) == SOURCE
    row_by_row = replace(SOURCE, batch="row", every=10, diverged=True)
    assert WatchedSource.from_dict(row_by_row.to_dict()) == row_by_row


def test_names_are_on_one_short_line_and_settings_in_their_order() -> None:
    source = replace(SOURCE, name="a\nb" + 99 * "x", assumed=("loss", "rate"))
    assert source.name == "a b" + (LONGEST_NAME - 3) * "x"
    assert source.assumed == ("rate", "loss")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " \n"),
        ("name", None),
        ("program", 1001 * "x"),
        ("key", "0" * 31),
        ("key", "G" * 32),
        ("key", 7),
        ("assumed", "rate"),
        ("assumed", ["color"]),
        ("assumed", [[]]),
        ("batch", "half"),
        ("every", 0),
        ("every", True),
        ("diverged", 1),
    ],
)
def test_what_no_program_says_is_refused(field: str, value: Any) -> None:
    with pytest.raises(SettingError, match=field):
        WatchedSource.from_dict(SOURCE.to_dict() | {field: value})


@pytest.mark.parametrize("values", [None, {}, SOURCE.to_dict() | {"more": 1}])
def test_all_entries_and_no_others_are_needed(values: Any) -> None:
    with pytest.raises(SettingError, match="entries"):
        WatchedSource.from_dict(values)
