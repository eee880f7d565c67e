"""How shares are written: never rounded to none or all, and always within their intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.lab.results.success import Share, interval_text, percent

SHARES = st.integers(1, 10**6).flatmap(
    lambda of: st.one_of(st.sampled_from([0, min(1, of), of - 1, of]), st.integers(0, of)).map(
        lambda count: Share(count, of)
    )
)
DIGITS = st.integers(0, 2)


@pytest.mark.parametrize(
    ("count", "of", "text", "whole"),
    [
        (425, 500, "85.0", "85"),
        (1, 3, "33.3", "33"),
        (0, 9, "0.0", "0"),
        (9, 9, "100.0", "100"),
        (1, 1000, "0.1", "1"),
        (999, 1000, "99.9", "99"),
        (9_999, 10_000, "99.9", "99"),
        (1, 10_000, "0.1", "1"),
    ],
)
def test_a_share_in_percent(count: int, of: int, text: str, whole: str) -> None:
    assert percent(Share(count, of)) == text
    assert percent(Share(count, of), 0) == whole


@given(SHARES, DIGITS)
def test_0_and_100_are_said_of_none_and_of_all_only(share: Share, digits: int) -> None:
    said = float(percent(share, digits))
    assert (said == 0) == (share.count == 0)
    assert (said == 100) == (share.count == share.of)
    assert said == pytest.approx(100 * share.value, abs=1.001 * 10.0**-digits)


@pytest.mark.parametrize(
    ("count", "of", "text", "whole"),
    [
        (425, 500, "81.6 to 87.9", "82 to 88"),
        (0, 10, "0.0 to 27.8", "0 to 28"),
        (10, 10, "72.2 to 100.0", "72 to 100"),
        (9_999, 10_000, "99.9 to 100.0", "99 to 100"),
        (1, 10**6, "0.0 to 0.1", "0 to 1"),
        (10**6 - 1, 10**6, "99.9 to 100.0", "99 to 100"),
    ],
)
def test_an_interval_in_percent(count: int, of: int, text: str, whole: str) -> None:
    assert interval_text(Share(count, of)) == text
    assert interval_text(Share(count, of), 0) == whole


@given(SHARES, DIGITS)
def test_a_share_as_it_is_written_is_within_its_interval(share: Share, digits: int) -> None:
    low, high = map(float, interval_text(share, digits).split(" to "))
    assert low <= float(percent(share, digits)) <= high
