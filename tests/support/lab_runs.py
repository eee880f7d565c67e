"""See lab.py."""

from tests.support.lab import *  # noqa: F403
