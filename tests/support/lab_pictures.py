"""See lab.py."""

from tests.support.lab import RULES, SMALL, WILD
from tests.support.lab import trained_snapshot as picture_of

__all__ = ["RULES", "SMALL", "WILD", "picture_of"]
