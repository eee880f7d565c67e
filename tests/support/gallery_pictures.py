"""See lab.py."""

from tests.support.lab import RECIPE
from tests.support.lab import snapshots_at as on_the_way

__all__ = ["RECIPE", "on_the_way"]
