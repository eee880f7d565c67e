"""Orders of the lab by their names."""

from typing import cast

from xorviz.core import numerals
from xorviz.engine.lab_runner import Order
from xorviz.lab.results.published import Published

SEEDS, MAP, PUBLISHED, TRIAL = "seeds", "map", "published ", "what helps "
"""The last two are the beginnings of names, before the experiment's own or a number."""


def name_of(order: Order) -> str:
    """Return what is being trained, in a few words."""
    if order.name == SEEDS:
        return numerals.counted(len(order.plan), "seed")
    if order.name.startswith(TRIAL):
        return "What helps"
    return "Success map" if order.name == MAP else cast("Published", order.subject).title
