"""See lab.py."""

from tests.support.lab import RECIPE, with_outcomes
from tests.support.lab import trained_seeds as trained

__all__ = ["RECIPE", "trained", "with_outcomes"]
