"""A recipe in short form, as text."""

from collections.abc import Iterable

from xorviz.core import numerals
from xorviz.core.network import LOSSES
from xorviz.core.rules import written
from xorviz.core.runs.project import differing
from xorviz.core.runs.record import Record
from xorviz.core.runs.source import WatchedSource
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED

SEPARATOR = " · "
_XOR = RunConfig().targets


def joined(parts: Iterable[str]) -> str:
    """Return the nonempty parts in one line."""
    return SEPARATOR.join(part for part in parts if part)


def other_parts(config: RunConfig, source: WatchedSource | None = None) -> tuple[str, ...]:
    """Return momentum, initialization and targets; empty for no momentum and for XOR.

    Nobody knows how the first weights of a watched run were drawn.
    """
    targets = " ".join(str(config.targets[row]) for row in COUNTED)
    momentum = f"momentum {numerals.plain(config.momentum)}" if config.momentum else ""
    return (
        as_known("momentum", momentum, source),
        f"initial weights {start_text(config)}" if source is None else "",
        as_known("targets", "" if config.targets == _XOR else f"targets {targets}", source),
    )


def recipe_parts(config: RunConfig, source: WatchedSource | None = None) -> tuple[str, ...]:
    """Return the parts of a recipe: width 3, rate 0.5, Σ(t−y)², no biases, initial weights ...

    Those of a watched run that its program has not said are called assumed.
    """
    return (
        f"width {config.width}",
        as_known("rate", f"rate {numerals.plain(config.rate)}", source),
        "" if config.activation == "sigmoid" else as_known("activation", config.activation, source),
        as_known("loss", LOSSES[config.loss].formula, source),
        "biases" if config.biases else "no biases",
        *other_parts(config, source),
    )


def short_recipe(config: RunConfig, run: Record) -> str:
    """Return width, rate and seed at a step of a run; without a seed where its weights are given.

    A watched run has its name in front.
    """
    width, rate, *_ = recipe_parts(config, run.source)
    if run.source is not None:
        return f"{run.source.name}, watched: {width}, {rate}"
    start = "given weights" if run.is_given else f"seed {numerals.plain(config.seed)}"
    return f"{width}, {rate}, {start}"


def as_known(name: str, text: str, source: WatchedSource | None) -> str:
    """Return a setting as text, and that it is assumed if the program of a run has not said it."""
    is_assumed = bool(text) and source is not None and name in source.assumed
    return f"{text} assumed" if is_assumed else text


def start_text(config: RunConfig) -> str:
    """Return how initial weights are chosen: uniform in [−1, 1], all 0, all 1, 1 ± 10⁻⁶."""
    r = numerals.plain(config.init_range)
    interval = f"[{numerals.MINUS}{r}, {r}]"
    match config.init:
        case "zero":
            return "all 0"
        case "equal":
            return f"all {r}"
        case "nearly-equal":
            return f"{r} ± {_small(config.perturbation)}"
        case "default-rng":
            return f"uniform in {interval} by default_rng"
        case _:
            return f"uniform in {interval}"


def own_settings(mine: RunConfig, *others: RunConfig) -> str:
    """Return the settings of one run in which some differ: rate 2, biases on."""
    names = differing((mine, *others))
    return ", ".join(f"{_label(name)} {written(getattr(mine, name))}" for name in names)


def instead(mine: RunConfig, wanted: RunConfig, names: Iterable[str]) -> str:
    """Return what settings are in place of what is wanted: rate 0.1 instead of 0.5."""
    return ", ".join(
        f"{_label(name)} {written(getattr(mine, name))} instead of {written(getattr(wanted, name))}"
        for name in names
    )


def _label(name: str) -> str:
    labels = {"init": "initial weights", "init_range": "initial range"}
    return labels.get(name, name.replace("_", " "))


def _small(number: float) -> str:
    """Return a number up to 1, below 0.001 as a power of ten: 0.05, 10⁻⁶, 2.5·10⁻⁴."""
    if number >= 1e-3:
        return f"{number:.4g}"
    mantissa, power = numerals.power(number, 2).split("·")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return power if mantissa == "1" else f"{mantissa}·{power}"
