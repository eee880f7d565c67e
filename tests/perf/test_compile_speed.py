"""Time of the first use of Numba's kernel on a machine, and of each later one."""

import statistics

import pytest

from tests.support.commands import python

ROUNDS = 5
PROGRAM = """
import time
import numpy
from xorviz.core.kernels import kernels
from xorviz.lab.training import training

start = time.perf_counter()
if {is_first}:
    from xorviz.core.kernels import object_code

    object_code.ObjectCode.kept = lambda _: None
{prepare}.prepare("numba")
print(time.perf_counter() - start)
"""


@pytest.mark.perf
@pytest.mark.parametrize("what", ["kernels", "training"])
def test_compiling_beside_loading(what: str) -> None:
    first, later = (
        [
            float(python("-c", PROGRAM.format(is_first=is_first, prepare=what)).out)
            for _ in range(ROUNDS)
        ]
        for is_first in (True, False)
    )
    name = {"kernels": "training", "training": "the lab"}[what]
    compiled, loaded = statistics.median(first), statistics.median(later)
    print(f"\n{name}: compiled in {compiled:.2f} s, loaded in {1000 * loaded:.0f} ms")
    assert compiled > 5 * loaded
