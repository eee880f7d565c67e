"""What is said of a watched run: what its program is doing, and what no one has said of it."""

from xorviz.core import numerals
from xorviz.core.runs.record import Record
from xorviz.core.runs.source import ProgramState, WatchedSource
from xorviz.core.settings import SETTINGS
from xorviz.window.watch.watch_line import LineText

_ENDED = {
    ProgramState.UNKNOWN: "is recorded up to",
    ProgramState.ENDED: "finished at",
    ProgramState.LOST: "stopped before its end at",
}


def line_text(record: Record, source: WatchedSource) -> LineText:
    """Return what the line says of a run; speed and step shown are in the bars below."""
    does = state_text(record.newest, source)
    return LineText(source.name, does, source.state is ProgramState.LIVE, tip_text(record))


def state_text(newest: int, source: WatchedSource) -> str:
    """Return what follows the name of a program: where it is, or what it did."""
    step = numerals.whole(newest)
    if source.state is ProgramState.LIVE:
        return f", watched, step {step}"
    return f" {'diverged after' if source.diverged else _ENDED[source.state]} step {step}"


def tip_text(record: Record) -> str:
    """Return all that is known of where a watched run comes from."""
    source = record.source
    assert source is not None
    by = f"trained by {source.program}" if source.program else "trained by another program"
    recorded = numerals.counted(len(record.checkpoints), "state")
    text = f"{source.name}, {by}: {numerals.whole(record.newest)} steps, {recorded} recorded."
    if source.every != 1:
        text += f" It shows one state of every {numerals.whole(source.every)} steps."
    if assumed := _assumed(record):
        names = ", ".join(f"{name}=…" for name in source.assumed)
        text += f" Assumed: {', '.join(assumed)}. To say it: xorviz.watch({names})."
    if source.finding:
        text += f" The check of its first updates: {source.finding}"
    return text


def _assumed(record: Record) -> list[str]:
    """Return the settings that are assumed, each with its value."""
    names = () if record.source is None else record.source.assumed
    return [f"{name} {SETTINGS[name].shown(getattr(record.config, name))}" for name in names]
