"""In what two runs in lock step differ, in a few words for each."""

from xorviz.core.config import RunConfig
from xorviz.core.study import differing
from xorviz.views.runs_columns import COLUMNS, SETTINGS, written


def own_settings(mine: RunConfig, other: RunConfig) -> str:
    """Return the settings of one run that another has otherwise: rate 2, biases on."""
    names = differing((mine, other))
    return ", ".join(
        f"{COLUMNS[SETTINGS[n]].header} {written(getattr(mine, n), {})}" for n in names
    )
