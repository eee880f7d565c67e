"""A short NumPy script that reproduces a run."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from xorviz.core.network import LOSSES, Loss
from xorviz.core.numerals import plain
from xorviz.core.runs.record import Intervention, Record, weight_shapes
from xorviz.core.settings import LOSS_FORMULAS, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.files.atomic import FileError

NO_SCRIPT = "Another program trained this run: only that program can repeat it."

_WIDEST = 100
"""Characters in a line."""

_SCRIPT = '''\
"""A 2-{width}-1 network learns {goal}: step {step} {start}, as xorviz shows it."""

{remark}import numpy as np

x = np.array({inputs})  # the truth table: x1, x2
t = np.array({targets})  # the wanted outputs
{settings}

{weights}


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2  # = 1 / (1 + exp(-z)), but never overflows


def forward():
    h = {response}  # (4, {width}): a row for each of the table's
    return h, sigmoid({z})


for step in range(1, {end}):
    h, y = forward()
    # loss = {formula}
    # d_z, d_h: its slope by what goes into the output unit, and into the hidden units
    d_z = {loss_slope}
    d_h = d_z @ w2.T * {slope}
    {updates}

h, y = forward()
{before_loss}print("loss", {loss})
print("outputs", *y[:, 0])
'''

_RESPONSES = {"sigmoid": "sigmoid({})", "tanh": "np.tanh({})", "relu": "np.maximum(0, {})"}
_SLOPES = {"sigmoid": "h * (1 - h)", "tanh": "(1 - h**2)", "relu": "(h > 0)"}
"""Derivatives of the hidden units' responses h."""
_GRADIENTS = {"w1": "(x.T @ d_h)", "b1": "d_h.sum(axis=0)", "w2": "(h.T @ d_z)",
              "b2": "d_z.sum(axis=0)"}  # fmt: skip
_ROLES = {"w1": "inputs to hidden units", "b1": "biases of the hidden units",
          "w2": "hidden units to output", "b2": "bias of the output"}  # fmt: skip


def numpy_script(record: Record, step: int, finding: str = "") -> str:
    """Return a program that retrains a run up to a step and prints its loss and outputs.

    It repeats the run's interventions, needs only NumPy, and contains only numbers and names of
    this module. Its results are those of xorviz up to rounding; the finding, if any, is what a
    RoundingCheck says about that. Raises FileError for a watched run.
    """
    check_repeatable(record)
    config = record.config_at(0)
    changes = [c for c in record.interventions if c.step <= step]
    live = {
        name: {c.step: plain(c.value) for c in changes if c.field == name and c.step > 0}
        for name in ("rate", "momentum")
    }
    if not (config.momentum or live["momentum"]):
        del live["momentum"]
    by_hand = [c for c in changes if c.index]
    # In the order in which they are drawn.
    names = [name for name in ("w1", "w2", "b1", "b2") if name in weight_shapes(config)]
    remark = [*(f"# {line}" for line in textwrap.wrap(finding, _WIDEST - 2)), ""]
    b1, b2 = (" + b1", " + b2") if config.biases else ("", "")
    z = f"h @ w2{b2}"
    start = replace(config, init="zero") if record.is_given else config
    return _SCRIPT.format(
        width=config.width,
        goal="XOR" if config.targets == RunConfig().targets else "a truth table",
        step=step,
        start="from these weights" if record.is_given else f"of seed {config.seed}",
        remark="".join(f"{line}\n" for line in remark) if finding else "",
        inputs=_array(ROWS),
        targets=_array((target,) for target in config.targets),
        settings="\n".join(_settings(config, live)),
        weights="\n".join(_weights(start, names, by_hand, "momentum" in live)),
        response=_RESPONSES[config.activation].format(f"x @ w1{b1}"),
        z=z,
        end=step + 1,
        formula=LOSS_FORMULAS[config.loss],
        loss_slope=_slope_of(LOSSES[config.loss]),
        slope=_SLOPES[config.activation],
        updates="\n    ".join(_updates(names, live, any(c.step > 0 for c in by_hand))),
        before_loss="" if LOSSES[config.loss].is_square else f"z = {z}\n",
        loss=_code_of(LOSSES[config.loss]),
    )


def _code_of(loss: Loss) -> str:
    part = "(t - y) ** 2" if loss.is_square else "np.logaddexp(0, z) - t * z"
    total = f"np.{'mean' if loss.is_mean else 'sum'}({part})"
    return total if loss.factor == 1 else f"{total} / {1 / loss.factor:g}"


def _slope_of(loss: Loss) -> str:
    """Return the code of a loss's derivative with respect to the output unit's input."""
    slope = "(y - t) * y * (1 - y)" if loss.is_square else "y - t"
    factor = 2 * loss.scale if loss.is_square else loss.scale
    if factor < 1:
        return f"{slope if loss.is_square else f'({slope})'} / {1 / factor:g}"
    return slope if factor == 1 else f"{factor:g} * {slope}"


def check_repeatable(record: Record) -> None:
    """Raise FileError for a run that no script can repeat."""
    if record.source is not None:
        raise FileError(NO_SCRIPT)


def _settings(config: RunConfig, live: Mapping[str, Mapping[int, str]]) -> Iterator[str]:
    """Yield the settings, and their later values by the steps after which they apply."""
    for name, later in live.items():
        yield f"{name} = {plain(getattr(config, name))}"
        yield from _dictionary(f"{name}_from", later, f"step: the {name} after it")


def _weights(
    config: RunConfig, names: Sequence[str], by_hand: Sequence[Intervention], carries: bool
) -> Iterator[str]:
    """Yield the weights at step 0, those set by hand, and velocities if there is momentum."""
    (before, made), shapes = _start(config), weight_shapes(config)
    yield from before
    for name in names:
        yield f"{name} = {made.format(shapes[name], name)}  # {_ROLES[name]}"
    later: dict[int, list[str]] = {}
    for c in by_hand:
        if c.step == 0:
            yield f"{c.field}[{', '.join(map(str, c.index))}] = {plain(c.value)}  # set by hand"
        else:
            place = c.index[0] if len(c.index) == 1 else c.index
            later.setdefault(c.step, []).append(f"({c.field}, {place}, {plain(c.value)})")
    lists = {step: f"[{', '.join(entries)}]" for step, entries in later.items()}
    yield from _dictionary("set_by_hand", lists, "step: weights, place, value")
    if carries:
        yield " = ".join(f"v_{name}" for name in names) + " = 0  # velocities"


def _updates(
    names: Sequence[str], live: Mapping[str, Mapping[int, str]], is_set_by_hand: bool
) -> Iterator[str]:
    """Yield the end of the training loop: the step itself, and the changes made after it."""
    if "momentum" in live:
        yield from (f"v_{n} = momentum * v_{n} + rate * {_GRADIENTS[n]}" for n in names)
        yield from (f"{n} -= v_{n}" for n in names)
    else:
        yield from (f"{n} -= rate * {_GRADIENTS[n]}" for n in names)
    yield from (f"{n} = {n}_from.get(step, {n})" for n, later in live.items() if later)
    if is_set_by_hand:
        yield "for weights, place, value in set_by_hand.get(step, []):"
        yield "    weights[place] = value"


def _start(config: RunConfig) -> tuple[Sequence[str], str]:
    """Return the code for the initial weights: lines, and an array's expression by shape, name."""
    r, p = plain(config.init_range), plain(config.perturbation)
    random = f"random = np.random.RandomState({config.seed})"
    match config.init:
        case "zero":
            return [], "np.zeros({})"
        case "equal":  # not np.full, which makes integers of an integer
            return [], f"{r} * np.ones({{}})"
        case "nearly-equal":
            numbers = f"r, p = {r}, {p}  # all weights start at r, give or take p"
            return [random, numbers], "r + random.uniform(-p, p, {})"
        case "default-rng":
            w = config.width
            shapes = f"dict(w1=({w}, 2), b1=({w},), w2=(1, {w}), b2=(1,))"
            lines = [
                f"random = np.random.default_rng({config.seed})",
                f"shapes = {shapes}  # drawn in this order, unit by unit",
                f"drawn = {{n: {r} * (2 * random.random(s) - 1) for n, s in shapes.items()}}",
            ]
            return lines, "drawn['{1}'].T.copy()"
        case _:
            return [random], f"random.uniform(-{r}, {r}, {{}})"


def _dictionary(name: str, values: Mapping[int, str], comment: str) -> list[str]:
    """Return a dictionary, on one line if it is short, and no lines if it is empty."""
    if not values:
        return []
    entries = [f"{key}: {value}" for key, value in values.items()]
    line = f"{name} = {{{', '.join(entries)}}}  # {comment}"
    if len(line) <= _WIDEST:
        return [line]
    return [f"{name} = {{  # {comment}", *(f"    {entry}," for entry in entries), "}"]


def _array(rows: Iterable[Sequence[int]]) -> str:
    return str([list(row) for row in rows])
