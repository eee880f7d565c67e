"""Texts reach terminals of all kinds."""

import io

import pytest

from xorviz.core import numerals
from xorviz.printing import failed, printable

TEXT = f"{numerals.whole(-60_000)} of Σ"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", TEXT),
        ("ascii", "-60 000 of ?"),
        ("latin-1", "-60 000 of ?"),
        (None, "-60 000 of ?"),
    ],
)
def test_what_a_stream_cannot_show_is_written_in_another_way(
    encoding: str | None, shown: str
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding) if encoding else io.StringIO()
    assert printable(TEXT, stream) == shown
    assert len(shown) == len(TEXT)


def test_a_failure_is_one_line_that_says_who(capsys: pytest.CaptureFixture[str]) -> None:
    assert failed("It went wrong.") == 1
    assert failed("It was called wrongly.", 2) == 2
    printed = capsys.readouterr()
    assert printed.err == "xorviz: It went wrong.\nxorviz: It was called wrongly.\n"
    assert printed.out == ""
