"""The steps of the programs whose networks have one hidden layer, for the check of one step."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.core.check.code.programs import trained
from xorviz.core.check.code.check_code import table
from xorviz.core.check.code.forward import forwards
from xorviz.core.check.code.holders import Holders
from xorviz.core.check.code.names import layout_of
from xorviz.core.check.code.slopes import used
from xorviz.core.check.code.trials import trials
from xorviz.core.network import Weights


class Stepped(NamedTuple):
    """The weights around one update."""

    before: Weights
    after: Weights
    batch: str
    """full, row or pass; of a row the index into the program's table stands in ``row``."""
    row: int | None
    activation: str
    output: str
    roles: dict[str, str]
    """The program's names of w1, b1, w2, b2."""


def steps(made: Callable[..., Any], moment: int = 7, kind: type = float) -> Iterator[Stepped]:
    """Yield the next update of a program, or one of each row; none of another layout."""
    weights, predict, train, said = trained(made, moment, seed=moment + 1, kind=kind)
    if train is None or made.__name__ == "random_row":
        return
    x, t = table(said.get("inputs"), said.get("targets"))
    holders = Holders(weights, said.get("names"))
    forward, *others = forwards(predict, holders, x, t)
    names = used(forward, list(holders.paths))
    for trial in trials(forward, others, names, t, train, gives_gradients=False):
        try:
            found = trial.steps({})
            break
        except ValueError:  # the next way of calling is the program's own
            continue
    holders.restore()
    layout = layout_of(found, x)
    if layout is None:
        return
    whole = "pass" if made.__name__ == "pass_inside" else "full"
    for row, change in enumerate(found.changes):
        is_row = len(found.changes) > 1
        yield Stepped(
            layout.weights(found, found.before),
            layout.weights(found, found.before + change),
            "row" if is_row else whole,
            row if is_row else None,
            layout.activation,
            layout.output,
            dict(layout.names),
        )
