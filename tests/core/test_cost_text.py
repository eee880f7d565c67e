"""How long something takes, and how much memory, in words."""

import pytest

from xorviz.core.numerals import duration, memory


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "less than a second"),
        (0.9, "less than a second"),
        (1.2, "1 second"),
        (59.4, "59 seconds"),
        (89, "89 seconds"),
        (210, "3.5 minutes"),
        (3 * 3600, "3.0 hours"),
        (2e6, "23 days"),
    ],
)
def test_a_duration_has_a_unit_that_can_be_imagined(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("megabytes", "text"), [(0.2, "1 MB"), (12.4, "12 MB"), (999.6, "1000 MB"), (1400, "1.4 GB")]
)
def test_so_has_an_amount_of_memory(megabytes: float, text: str) -> None:
    assert memory(megabytes) == text
