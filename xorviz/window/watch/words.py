"""A watched run in words: what its program is doing, and which settings are assumed."""

from xorviz.core import numerals
from xorviz.core.runs.record import Record
from xorviz.core.runs.source import ProgramState, WatchedSource
from xorviz.core.settings import SETTINGS

_DOES = {
    ProgramState.UNKNOWN: " is recorded up to",
    ProgramState.LIVE: ", watched,",
    ProgramState.ENDED: " finished at",
    ProgramState.LOST: " stopped before its end at",
}


def state_text(newest: int, source: WatchedSource) -> str:
    """Return what follows the name of a program: where it is, or what it did."""
    has_diverged = source.diverged and not source.is_live
    does = " diverged after" if has_diverged else _DOES[source.state]
    return f"{does} step {numerals.whole(newest)}"


def tip_text(record: Record) -> str:
    """Return all that is known of where a watched run comes from."""
    source, config = record.source, record.config
    assert source is not None
    by = source.program or "another program"
    steps, states = numerals.whole(record.newest), len(record.checkpoints)
    text = f"{source.name}, trained by {by}: {steps} steps, "
    text += f"{numerals.counted(states, 'state')} recorded."
    if source.every != 1:
        text += f" It shows one state of every {numerals.whole(source.every)} steps."
    if source.assumed:
        values = (
            f"{name} {SETTINGS[name].shown(getattr(config, name))}" for name in source.assumed
        )
        names = ", ".join(f"{name}=…" for name in source.assumed)
        text += f" Assumed: {', '.join(values)}. To say it: xorviz.watch({names})."
    if source.finding:
        text += f" The check of its first updates: {source.finding}"
    return text
