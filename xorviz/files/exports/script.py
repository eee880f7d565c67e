"""A short NumPy script that reproduces a run."""

import textwrap
from collections.abc import Container, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from xorviz.core.analysis.rounding import rounding_job
from xorviz.core.network import LOSSES, Loss, head_of
from xorviz.core.network import inputs as inputs_of
from xorviz.core.numerals import plain
from xorviz.core.runs.record import Intervention, Record, weight_shapes
from xorviz.core.settings import LOSS_FORMULAS, RunConfig
from xorviz.core.truth_table import COUNTED, ORDER_NAMES, ORDERS
from xorviz.files.atomic import FileError

NO_SCRIPT = "Another program trained this run: only that program can repeat it."

_WIDEST = 100
"""Characters in a line."""

_SCRIPT = '''\
"""A 2-{width}-1 network learns {goal}: {word} {step} {start}, as xorviz shows it."""

{remark}import numpy as np

x = np.array({inputs})  # the truth table: x1, x2
t = np.array({targets})  # the wanted outputs
{settings}

{weights}
{functions}

def forward(x):
    h = {response}  # a row of {width} for each of the table's
    return h, {output}


for step in range(1, {end}):
{steps}

h, y = forward(x)
{before_loss}print("loss", {loss})
print("outputs", *y[:, 0])
'''
_UPDATE = """\
h, y = forward({x})
# loss = {formula}
# d_z, d_h: its slope by what goes into the output unit, and into the hidden units
d_z = {loss_slope}
d_h = d_z @ w2.T{slope}
{changes}"""
_SIGMOID = """

def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2  # = 1 / (1 + exp(-z)), but never overflows
"""
_SHUFFLED = """

def order_of(step):
    z = ({seed} + step * 0x9E3779B97F4A7C15) % 2**64  # SplitMix64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    number, rows = (z ^ z >> 31) % 24, {rows}  # 00 01 10 11
    return [rows.pop(place) for place in (number // 6, number // 2 % 3, number % 2, 0)]
"""
_ADAM = """\
slopes = [{slopes}]
updates += 1
for n, slope in enumerate(slopes):
    first[n] = 0.9 * first[n] + (1 - 0.9) * slope
    second[n] = 0.999 * second[n] + (1 - 0.999) * slope**2
    mean, square = first[n] / (1 - 0.9**updates), second[n] / (1 - 0.999**updates)
    weights[n] -= rate * mean / (np.sqrt(square) + 1e-8)"""
_LATER = """
for array, place, value in changes.get(step, []):
    array[place] = value"""

_RESPONSES = {"sigmoid": "sigmoid({})", "tanh": "np.tanh({})", "relu": "np.maximum(0, {})",
              "linear": "{}"}  # fmt: skip
_SLOPES = {"sigmoid": " * {0} * (1 - {0})", "tanh": " * (1 - {0}**2)", "relu": " * ({0} > 0)",
           "linear": ""}  # fmt: skip
"""Derivatives of the responses of hidden and output units, as factors."""
_GRADIENTS = {"w1": "{x}.T @ d_h", "b1": "d_h.sum(axis=0)", "w2": "h.T @ d_z",
              "b2": "d_z.sum(axis=0)"}  # fmt: skip
_RANDOM = "random = np.random.RandomState({seed})\n"
_NEARLY = f"{_RANDOM}r, p = {{r}}, {{p}}  # all weights start at r, give or take p\n"
_DEFAULT_RNG = """\
random = np.random.default_rng({seed})
shapes = dict(w1=({w}, 2), b1=({w},), w2=(1, {w}), b2=(1,))  # drawn in this order, unit by unit
drawn = {{n: {r} * (2 * random.random(s) - 1) for n, s in shapes.items()}}
"""
_STARTS = {
    "uniform": (_RANDOM, "random.uniform(-{r}, {r}, {shape})"),
    "fan-in": (_RANDOM, "random.uniform(-1, 1, {shape}) / np.sqrt({fan_in})"),
    "zero": ("", "np.zeros({shape})"),
    "equal": ("", "{r} * np.ones({shape})"),  # not np.full, which makes integers of an integer
    "nearly-equal": (_NEARLY, "r + random.uniform(-p, p, {shape})"),
    "default-rng": (_DEFAULT_RNG, "drawn['{name}'].T.copy()"),
}
"""Code before the initial weights, and what makes an array of them."""
_ROLES = {"w1": "inputs to hidden units", "b1": "biases of the hidden units",
          "w2": "hidden units to output", "b2": "bias of the output"}  # fmt: skip


def script_job(record: Record, step: int) -> Generator[tuple[int, int], None, tuple[bytes, str]]:
    """Make the script of a run up to a step, and compare the two; gives steps done of how many.

    Returns the script with the finding of rounding_job. Raises FileError for a watched run.
    """
    _check_repeatable(record)  # before the work
    finding = yield from rounding_job(record, step)
    return numpy_script(record, step, finding).encode(), finding


def numpy_script(record: Record, step: int, finding: str = "") -> str:
    """Return a program that retrains a run up to a step and prints its loss and outputs.

    It repeats the run's interventions, needs only NumPy, and contains only numbers and names of
    this module. Its results are those of xorviz up to rounding; the finding, if any, is what
    rounding_job says about that. Raises FileError for a watched run.
    """
    _check_repeatable(record)
    config = record.config_at(0)
    changes = [c for c in record.interventions if c.step <= step]
    carries = config.optimizer != "adam" and (
        bool(config.momentum) or any(c.field == "momentum" for c in changes)
    )
    # Adam has no momentum.
    later = [c for c in changes if c.step > 0 and (carries or c.field != "momentum")]
    # In the order in which they are drawn.
    names = [name for name in ("w1", "w2", "b1", "b2") if name in weight_shapes(config)]
    remark = [*(f"# {line}" for line in textwrap.wrap(finding, _WIDEST - 2)), ""]
    b1, b2 = (" + b1", " + b2") if config.biases else ("", "")
    z, loss = f"h @ w2{b2}", LOSSES[config.loss]
    goals = head_of(config).coding.value(np.array(config.targets))
    start = replace(config, init="zero") if record.is_given else config
    first = _weights(start, names, [c for c in changes if c.step == 0])
    steps = _step(config, names, carries) + _LATER * bool(later)
    return _SCRIPT.format(
        width=config.width,
        goal="XOR" if config.targets == RunConfig().targets else "a truth table",
        word=config.step_word,
        step=step,
        start="from these weights" if record.is_given else f"of seed {config.seed}",
        remark="".join(f"{line}\n" for line in remark) if finding else "",
        inputs=inputs_of(config).astype(int).tolist(),
        targets=goals[:, np.newaxis].astype(int).tolist(),
        settings="\n".join(_settings(config, carries, {c.field for c in later})),
        weights="\n".join((*first, *_changes(later), *_memory(config, names, carries))),
        functions=_SIGMOID * ("sigmoid" in {config.activation, config.output})
        + _SHUFFLED.format(seed=config.seed, rows=[*COUNTED]) * (config.batch == "shuffled"),
        response=_RESPONSES[config.activation].format(f"x @ w1{b1}"),
        output=_RESPONSES[config.output].format(z),
        end=step + 1,
        steps=textwrap.indent(steps, "    "),
        before_loss="" if loss.is_square else f"z = {z}\n",
        loss=_code_of(loss),
    )


def _step(config: RunConfig, names: Sequence[str], carries: bool) -> str:
    """Return the code of a step: an update by all rows, or one by each row in an order."""
    is_online = config.batch != "full"
    x, t = ("x[[row]]", "t[[row]]") if is_online else ("x", "t")
    slopes = {name: _GRADIENTS[name].format(x=x) for name in names}
    code = _UPDATE.format(
        x=x,
        formula=LOSS_FORMULAS[config.loss] + ", of this row alone" * is_online,
        loss_slope=_slope_of(config, t, 1 if is_online else len(config.targets)),
        slope=_SLOPES[config.activation].format("h"),
        changes=_updated(config, slopes, carries),
    )
    if not is_online:
        return code
    order = f"{ORDERS[ORDER_NAMES.index(config.row_order)]}:  # {config.row_order}"
    order = "order_of(step):" if config.batch == "shuffled" else order
    return f"for row in {order}\n" + textwrap.indent(code, "    ")


def _updated(config: RunConfig, slopes: Mapping[str, str], carries: bool) -> str:
    """Return the code that changes the weights by their slopes."""
    if config.optimizer == "adam":
        return _ADAM.format(slopes=", ".join(slopes.values()))
    if not carries:
        return "\n".join(f"{n} -= rate * ({slope})" for n, slope in slopes.items())
    moves = (f"v_{n} = momentum * v_{n} + rate * ({slope})" for n, slope in slopes.items())
    return "\n".join((*moves, *(f"{n} -= v_{n}" for n in slopes)))


def _code_of(loss: Loss) -> str:
    part = "(t - y) ** 2" if loss.is_square else "np.logaddexp(0, z) - t * z"
    total = f"np.{'mean' if loss.is_mean else 'sum'}({part})"
    return total if loss.factor == 1 else f"{total} / {1 / loss.factor:g}"


def _slope_of(config: RunConfig, t: str, rows: int) -> str:
    """Return the code of the derivative of the loss of some rows by the output unit's input."""
    loss = LOSSES[config.loss]
    slope = _SLOPES[config.output].format("y") if loss.is_square else ""
    factor = loss.scale_of(rows) * (2 if loss.is_square else 1)
    if factor == 1 and not slope:
        return f"y - {t}"
    times, by = f"{factor:g} * " * (factor > 1), f" / {1 / factor:g}" * (factor < 1)
    return f"{times}(y - {t}){slope}{by}"


def _check_repeatable(record: Record) -> None:
    """Raise FileError for a run that no script can repeat."""
    if record.source is not None:
        raise FileError(NO_SCRIPT)


def _settings(config: RunConfig, carries: bool, changed: Container[str]) -> Iterator[str]:
    """Yield the settings; one that changes later is an array, as the weights are."""
    for name in ("rate", "momentum") if carries else ("rate",):
        value = plain(getattr(config, name))
        yield f"{name} = " + (f"np.array({value}, float)" if name in changed else value)


def _weights(
    config: RunConfig, names: Sequence[str], by_hand: Iterable[Intervention]
) -> Iterator[str]:
    """Yield the weights at step 0, and those set by hand there."""
    before, made = _STARTS[config.init]
    r, p = plain(config.init_range), plain(config.perturbation)
    known = {"seed": config.seed, "w": config.width, "r": r, "p": p}
    yield from before.format(**known).splitlines()
    for name in names:
        fan_in, shape = 2 if name.endswith("1") else config.width, weight_shapes(config)[name]
        code = made.format(**known, name=name, shape=shape, fan_in=fan_in)
        yield f"{name} = {code}  # {_ROLES[name]}"
    for c in by_hand:
        yield f"{c.field}[{', '.join(map(str, c.index))}] = {plain(c.value)}  # set by hand"


def _changes(later: Iterable[Intervention]) -> Iterator[str]:
    """Yield the changes made after a step in one dictionary, a line for each step."""
    by_step: dict[int, list[str]] = {}
    for c in later:
        place = c.index[0] if len(c.index) == 1 else c.index
        by_step.setdefault(c.step, []).append(f"({c.field}, {place}, {plain(c.value)})")
    if by_step:
        yield "changes = {  # after a step: array, place, value"
        yield from (f"    {step}: [{', '.join(made)}]," for step, made in by_step.items())
        yield "}"


def _memory(config: RunConfig, names: Sequence[str], carries: bool) -> Iterator[str]:
    """Yield what the optimizer remembers before the first update."""
    if config.optimizer == "adam":
        yield f"weights, updates = [{', '.join(names)}], 0"
        yield "first, second = {0}, {0}  # moments of slopes".format(f"[0] * {len(names)}")
    elif carries:
        yield " = ".join(f"v_{name}" for name in names) + " = 0  # velocities"
