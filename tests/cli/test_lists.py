"""Lists are parsed or refused; huge ranges are never expanded."""

import tracemalloc
from argparse import ArgumentTypeError
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.cli.lab_options import Listed, Seeds
from xorviz.core.rules import Readable, SettingError, parsed
from xorviz.core.settings import SETTINGS

LAST = 2**32 - 1
WIDTHS, BIASES, TARGETS = (Listed(SETTINGS[name].rule) for name in ("width", "biases", "targets"))
ALLOWED_WIDTHS = "a whole number from 1 to 64; several with commas between them"
ALLOWED_SEEDS = (
    "such as 0..499 or 1,2,7, at most 10\u202f000\u202f000 seeds, "
    "each a whole number from 0 to 4\u202f294\u202f967\u202f295"
)


def test_values_are_parsed_and_repeated_ones_dropped() -> None:
    assert WIDTHS.parse("2,3,4") == (2, 3, 4)
    assert WIDTHS.parse(" 4 , 2,4 ") == (4, 2)
    assert Listed(SETTINGS["rate"].rule).parse("0.1,1e-3,0.10") == (0.1, 0.001)
    assert BIASES.parse("off,on") == (False, True)
    assert TARGETS.parse("1010,0111") == ((1, 0, 1, 0), (0, 1, 1, 1))
    assert Listed(SETTINGS["activation"].rule).parse("tanh,relu") == ("tanh", "relu")


def test_an_unreadable_list_is_refused() -> None:
    for text in ["", ",", "2,", "2;3", "2,65", "2,3.5", "1..3", "two"]:
        with pytest.raises(SettingError) as refused:
            parsed(WIDTHS, "width", text)
        assert str(refused.value) == f"width is {text!r}; allowed: {ALLOWED_WIDTHS}"


@given(st.lists(st.integers(1, 64), min_size=1, unique=True))
def test_a_written_list_reads_back(values: list[int]) -> None:
    text = ",".join(map(str, values))
    assert WIDTHS.parse(text) == tuple(values)


@given(st.lists(st.floats(1e-300, 1000), min_size=1, unique=True))
def test_rates_are_read_back_to_the_bit(values: list[float]) -> None:
    assert Listed(SETTINGS["rate"].rule).parse(", ".join(map(repr, values))) == tuple(values)


READ: list[tuple[str, Sequence[int]]] = [
    ("0..499", range(500)),
    ("7", range(7, 8)),
    (" 3 .. 5 ", range(3, 6)),
    ("5..5", range(5, 6)),
    ("1,2,7", (1, 2, 7)),
    ("1..3,2,9", (1, 2, 3, 9)),
    ("9,0..2", (9, 0, 1, 2)),
    (f"{LAST}", range(LAST, LAST + 1)),
    (f"{LAST - 1}..{LAST}", range(LAST - 1, LAST + 1)),
]


def test_seeds_are_parsed() -> None:
    for text, seeds in READ:
        found = Seeds().parse(text)
        assert found == seeds
        assert type(found) is type(seeds)


NO_SEEDS: list[str] = [
    *("", ",", "1,", "..", "1..", "..3", "1..2..3", "1-3", "1.5", "0..1.5", "all"),
    *("-1", "-1..3", f"{LAST + 1}", f"0..{LAST + 1}", "3,-1"),
    *("0..10000000", f"0..{LAST}", f"0..{10**300}", "0..9999999,10000000"),
]


def test_invalid_seeds_are_refused() -> None:
    for text in NO_SEEDS:
        with pytest.raises(SettingError) as refused:
            parsed(Seeds(), "seeds", text)
        shown = repr(text) if len(repr(text)) <= 80 else f"{text!r:.80}…"
        assert str(refused.value) == f"seeds is {shown}; allowed: {ALLOWED_SEEDS}"


EMPTY_RANGES: list[tuple[str, str]] = [
    *(("9..0", "9..0"), (f"{LAST}..0", f"{LAST}..0"), (" 5 .. 4 ", "5..4")),
    *(("1,5..4", "5..4"), ("1..3,9..8,7..6,x", "9..8")),
]


def test_an_empty_range_has_its_own_message() -> None:
    for text, shown in EMPTY_RANGES:
        with pytest.raises(ArgumentTypeError) as refused:
            Seeds().parse(text)
        assert str(refused.value) == (
            f"--seeds has an empty range, {shown}: the first seed must not be above the last"
        )


OTHER_LISTS: list[tuple[Readable, str, str]] = [
    *((Seeds(), text, ALLOWED_SEEDS) for text in ("-5..3", "5..-3", f"{LAST + 1}..0", "9..")),
    *((WIDTHS, text, ALLOWED_WIDTHS) for text in ("-1,2", "9..0", "")),
    (SETTINGS["width"].rule, "65", "a whole number from 1 to 64"),
]


def test_other_lists_are_refused_with_the_allowed_values() -> None:
    for rule, text, allowed in OTHER_LISTS:
        with pytest.raises(SettingError) as refused:
            parsed(rule, "--list", text)
        assert str(refused.value) == f"--list is {text!r}; allowed: {allowed}"


def test_valid_lists_are_parsed() -> None:
    assert parsed(Seeds(), "--seeds", "0..2,9") == (0, 1, 2, 9)
    assert parsed(WIDTHS, "--width", "2,3") == (2, 3)


def test_huge_ranges_are_read_or_refused_without_expanding_them() -> None:
    tracemalloc.start()
    try:
        for text in [f"0..{LAST}", "0..9999999,0..9999999", f"0..{LAST},1"]:
            with pytest.raises(SettingError):
                parsed(Seeds(), "seeds", text)
        assert Seeds().parse("0..9999999") == range(10**7)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000


@given(st.lists(st.integers(0, LAST), min_size=2, unique=True))
def test_written_seeds_read_back(seeds: list[int]) -> None:
    assert Seeds().parse(",".join(map(str, seeds))) == tuple(seeds)


@given(st.integers(0, LAST), st.integers(0, 10**7 - 1))
def test_a_written_range_reads_back(first: int, more: int) -> None:
    last = min(first + more, LAST)
    assert Seeds().parse(f"{first}..{last}") == range(first, last + 1)


@given(st.text(alphabet="0123456789.,- x", max_size=12))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        seeds = parsed(Seeds(), "seeds", text)
    except (SettingError, ArgumentTypeError):
        return
    assert isinstance(seeds, range | tuple)
    assert 0 < len(seeds) <= 10**7
    if isinstance(seeds, tuple):
        assert len(set(seeds)) == len(seeds)
    assert 0 <= seeds[0] <= LAST
    assert 0 <= seeds[-1] <= LAST
