"""Which states are kept of a run of any length."""

from itertools import takewhile

import numpy as np
import pytest

from xorviz.watching.due_calls import FIRST, kept_calls
from xorviz.watching.states_file import MOST_ROWS


@pytest.mark.parametrize(("may_take_rows", "together", "ratio"), [(False, 3, 64), (True, 5, 32)])
def test_the_first_states_are_kept_and_then_a_few_in_a_ratio(
    may_take_rows: bool, together: int, ratio: int
) -> None:
    kept = np.array(list(takewhile(lambda call: call < 10**12, kept_calls(may_take_rows))))
    assert kept[:FIRST].tolist() == list(range(FIRST))
    assert len(kept) < 4700 < MOST_ROWS
    gaps = np.diff(kept)
    assert (gaps >= 1).all()
    assert (gaps <= kept[1:] / ratio + 4).all()
    late = np.split(kept, np.flatnonzero(gaps > 1) + 1)[10:-1]
    assert {len(group) for group in late} == {together}
    begins = [int(group[0]) % 4 for group in late]
    assert begins == [(begins[0] + n) % 4 for n in range(len(begins))]
