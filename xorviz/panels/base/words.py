"""Parts of the sentences that describe what a panel shows."""

import math
from collections.abc import Iterable, Sequence

from xorviz.core import numerals
from xorviz.core.numerals import listed
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS

PREVIEW = "preview"
"""Read-out of a panel that shows a weight which is only tried."""
_MOST = 4
"""Most things of one kind that a sentence lists."""


def whose(snapshot: Snapshot) -> str:
    """Return the prefix that names a run, if there are two."""
    return "" if snapshot.beside is None else "A: "


def at_step(snapshot: Snapshot) -> str:
    """Return the beginning of a sentence: At step 459, at pass 459."""
    run = "" if snapshot.beside is None else " of run A"
    before = ", before training" if snapshot.is_untrained else ""
    if (change := snapshot.tried) is not None:
        before = f", with {change.name} {numerals.real(change.value)} as a preview"
    return f"At {snapshot.config.named(snapshot.step)}{run}{before}"


def outputs_text(snapshot: Snapshot) -> str:
    """Return the four outputs by rows, and how many are correct."""
    outputs = [f"{number(snapshot.outputs[row])} for {ROW_NAMES[row]}" for row in COUNTED]
    return f"the outputs are {listed(outputs)}; {correct_text(snapshot)}"


def correct_text(snapshot: Snapshot) -> str:
    """Return how many rows are correct, and since when all are, or are learned."""
    count = int(snapshot.right.sum())
    if count < len(ROWS) or snapshot.is_untrained:
        return f"{count} of {len(ROWS)} correct"
    named, since = snapshot.config.named, {"all four correct": snapshot.right_since}
    since |= {} if snapshot.learned_since is None else {"learned": snapshot.learned_since}
    return ", ".join(f"{n} since {named(step)}" if step else n for n, step in since.items())


def number(value: float, decimals: int = 2) -> str:
    """Return a number with fixed decimals, or in words if it is none."""
    if math.isnan(value):
        return "not a number"
    return numerals.fixed(value, decimals) if abs(value) < 1e4 else numerals.real(value, 3)


def first_of(texts: Sequence[str], most: int) -> str:
    """Return the first of some texts, and how many more there are."""
    more = [f"and {len(texts) - most} more"] if len(texts) > most else []
    return "; ".join([*texts[:most], *more])


def strongest(named: Iterable[tuple[str, float]]) -> str:
    """Return the names and values of the largest numbers, by absolute value."""
    ordered = sorted(named, key=lambda pair: -abs(pair[1]))
    return listed([f"{name} {numerals.real(value, 3)}" for name, value in ordered[:_MOST]])
