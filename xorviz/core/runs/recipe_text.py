"""A recipe in a few words: what its networks have in common."""

from collections.abc import Iterable

from xorviz.core import numerals
from xorviz.core.config import COUNTED, RunConfig
from xorviz.core.network import LOSSES

SEPARATOR = " · "
_XOR = RunConfig().targets


def joined(parts: Iterable[str]) -> str:
    """Return the parts that there are, in one line."""
    return SEPARATOR.join(part for part in parts if part)


def other_parts(config: RunConfig) -> tuple[str, ...]:
    """Return what there is to say beside width, rate, loss and biases; empty where it is usual."""
    return (
        f"momentum {numerals.plain(config.momentum)}" if config.momentum else "",
        start_text(config),
        "" if config.targets == _XOR else f"targets {_counted(config.targets)}",
    )


def recipe_parts(config: RunConfig) -> tuple[str, ...]:
    """Return a recipe part by part: width 3, rate 0.5, Σ(t−y)², no biases, U(−1, 1)."""
    return (
        f"width {config.width}",
        f"rate {numerals.plain(config.rate)}",
        "" if config.activation == "sigmoid" else config.activation,
        LOSSES[config.loss].formula,
        "biases" if config.biases else "no biases",
        *other_parts(config),
    )


def start_text(config: RunConfig) -> str:
    """Return where the weights of a run start, in short: U(−1, 1), all 0, all 1, 1 ± 10⁻⁶."""
    r = numerals.plain(config.init_range)
    match config.init:
        case "zero":
            return "all 0"
        case "equal":
            return f"all {r}"
        case "nearly-equal":
            return f"{r} ± {_small(config.perturbation)}"
        case "default-rng":
            return f"default_rng ±{r}"
        case _:
            return f"U({numerals.MINUS}{r}, {r})"


def _small(number: float) -> str:
    """Return a number up to 1, one far below as a power of ten: 0.05, 10⁻⁶, 2.5·10⁻⁴."""
    if number >= 1e-3:
        return f"{number:.4g}"
    mantissa, power = numerals.power(number, 2).split("·")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return power if mantissa == "1" else f"{mantissa}·{power}"


def _counted(targets: tuple[int, ...]) -> str:
    """Return targets as people count the rows: those of 00, 01, 10 and 11."""
    return " ".join(str(targets[row]) for row in COUNTED)
