"""The columns of the table of runs, and their texts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xorviz.core import numerals
from xorviz.core.config import LIVE_FIELDS
from xorviz.core.runs.project import differing
from xorviz.core.runs.recipe_text import written
from xorviz.core.runs.record import Record

NEVER = "–"


@dataclass(frozen=True, slots=True)
class RunColumn:
    """A column of the table."""

    header: str
    tip: str
    setting: str = ""
    """The field of RunConfig that it shows, if any."""
    sample: str = ""
    """A text as wide as the current run's may become, so that widths need not change."""


COLUMNS = (
    RunColumn("line", "Colour and line of the run's curve, and whether it is drawn"),
    RunColumn("name", "What the run is called"),
    RunColumn("width", "Hidden units", "width"),
    RunColumn("rate", "Learning rate", "rate"),
    RunColumn("seed", "Seed of the initial weights", "seed"),
    RunColumn("activation", "How a hidden unit answers to its input", "activation"),
    RunColumn("loss", "The formula that training makes small", "loss"),
    RunColumn("biases", "Whether each unit has a bias", "biases"),
    RunColumn("momentum", "How much of a step's movement goes into the next", "momentum"),
    RunColumn("init", "Whether initial weights are drawn, all zero, equal or nearly equal", "init"),
    RunColumn("init range", "Initial weights lie between minus and plus this", "init_range"),
    RunColumn("perturbation", "How far nearly equal weights start from each other", "perturbation"),
    RunColumn("learns", "The function of the two inputs", "targets"),
    RunColumn("changes", "How often the run was changed while it went on"),
    RunColumn("steps", "How many steps the run has taken", sample=numerals.whole(999_999_999)),
    RunColumn("final loss", "The loss at the run's last step", sample=numerals.real(8.888e-88)),
    RunColumn(
        "first right",
        "When all four rows were right for the first time",
        sample=numerals.whole(99_999_999),
    ),
    RunColumn(
        "first learned",
        "When all four errors were below 0.1 for the first time",
        sample=numerals.whole(99_999_999),
    ),
)
LINE, NAME = 0, 1
SETTINGS = {column.setting: index for index, column in enumerate(COLUMNS) if column.setting}
CHANGES, STEPS, LOSS, RIGHT, LEARNED = range(len(COLUMNS) - 5, len(COLUMNS))


def texts_of(
    name: str, record: Record, functions: Mapping[str, str], names_loss: bool
) -> tuple[str, ...]:
    """Return a run's text in each column; ``functions`` maps targets' digits to names."""
    loss = NEVER if record.loss is None else numerals.real(record.loss)
    return (
        "",
        name,
        *(_setting(record, field, functions) for field in SETTINGS),
        numerals.whole(len(record.interventions)),
        numerals.whole(record.newest),
        f"{loss} {record.config.loss}" if names_loss else loss,
        _step(record.right.first),
        _step(record.learned.first),
    )


def differing_settings(records: Iterable[Record]) -> frozenset[str]:
    """Return the settings in which runs differ, at the start or by changes on the way."""
    known = list(records)
    at_start = differing(record.config for record in known)
    later = (n for n in LIVE_FIELDS if len({_values_later(record, n) for record in known}) > 1)
    return frozenset((*at_start, *later))


def recipe(name: str, record: Record, functions: Mapping[str, str]) -> str:
    """Return all settings of a run in one line."""
    settings = (
        f"{COLUMNS[index].header} {_setting(record, field, functions)}"
        for field, index in SETTINGS.items()
    )
    count = len(record.interventions)
    changes = f"; changed {count} time{'s' if count > 1 else ''} on the way" if count else ""
    return f"{name}: {', '.join(settings)}{changes}"


def _setting(record: Record, field: str, functions: Mapping[str, str]) -> str:
    """Return the text of a setting, with its last change on the way."""
    value = getattr(record.config, field)
    later = _values_later(record, field)
    skipped = ["…"] if len(later) > 1 else []
    shown = [written(value, functions), *skipped, *(written(v, functions) for v in later[-1:])]
    return " → ".join(shown)


def _values_later(record: Record, field: str) -> tuple[float, ...]:
    """Return the values that a setting was changed to on the way."""
    return tuple(change.value for change in record.interventions if change.field == field)


def _step(step: int | None) -> str:
    return NEVER if step is None else numerals.whole(step)
