"""What is said of a watched run: what its program is doing, and what no one has said of it."""

from xorviz.core import numerals
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import ProgramState, WatchedSource
from xorviz.core.settings import SETTINGS
from xorviz.window.watch.watch_line import LineText

_MOST_NAMED = 2
"""Assumed settings that the line names; its tool tip names all."""
_ENDED = {
    ProgramState.UNKNOWN: "is recorded up to",
    ProgramState.ENDED: "finished at",
    ProgramState.LOST: "stopped before its end at",
}


def line_text(seen: Snapshot, source: WatchedSource, steps_per_second: float | None) -> LineText:
    """Return what the line says of a run."""
    record, is_live = seen.record, source.state is ProgramState.LIVE
    is_past = seen.step != record.newest
    return LineText(
        name=source.name,
        state=state_text(record.newest, source),
        watched="watched" * is_live,
        speed=speed_text(steps_per_second) if is_live else "",
        shown=f"shown at {numerals.whole(seen.step)}" if is_past else "",
        assumed=assumed_text(record),
        is_live=is_live,
        tip=tip_text(record),
    )


def state_text(newest: int, source: WatchedSource) -> str:
    """Return where a program is, or what it did."""
    step = numerals.whole(newest)
    if source.state is ProgramState.LIVE:
        return f"step {step}"
    return f"{'diverged after' if source.diverged else _ENDED[source.state]} step {step}"


def speed_text(steps_per_second: float | None) -> str:
    """Return the speed of a program, if it is known."""
    if steps_per_second is None:
        return ""
    is_slow = steps_per_second < 10
    return f"{f'{steps_per_second:.1f}' if is_slow else numerals.whole(steps_per_second)} steps/s"


def assumed_text(record: Record) -> str:
    """Return what is assumed of a watched run, in a few words."""
    assumed = _assumed(record)
    if not assumed:
        return ""
    named, more = assumed[:_MOST_NAMED], len(assumed) - _MOST_NAMED
    if more > 0:
        named = [assumed[0], f"{more + 1} more settings"]
    return f"{' and '.join(named)} assumed"


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
        text += f" By its own predict, the first updates are {source.finding}"
    return text


def _assumed(record: Record) -> list[str]:
    """Return the settings that are assumed, each with its value."""
    names = () if record.source is None else record.source.assumed
    return [f"{name} {SETTINGS[name].shown(getattr(record.config, name))}" for name in names]
