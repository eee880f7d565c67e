"""Fixtures for tests of the command line."""

from collections.abc import Iterator

import pytest

from tests.support.commands import default_ctrl_c


@pytest.fixture(autouse=True)
def _ctrl_c_interrupts() -> Iterator[None]:
    """Give each test the default reaction to SIGINT; background jobs inherit an ignored one."""
    with default_ctrl_c():
        yield
