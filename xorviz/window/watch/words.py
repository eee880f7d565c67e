"""What is said of a watched run: what its program is doing, and what no one has said of it."""

from dataclasses import dataclass

from xorviz.core import numerals
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import SETTINGS

_MOST_NAMED = 2
"""Assumed settings that the line names; its tool tip names all."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of the program of a watched run. A value."""

    is_live: bool
    is_lost: bool = False
    steps_per_second: float | None = None


def state_text(record: Record, heard: Heard | None) -> str:
    """Return where a program is; one that nothing was heard of is that of a run from a file."""
    step = numerals.whole(record.newest)
    if heard is not None and heard.is_live:
        return f"step {step}"
    # A program may have taken more steps than it has shown.
    last = f"last state at step {step}"
    if record.source is not None and record.source.diverged:
        return f"diverged, {last}"
    if heard is None:
        return last
    return f"connection lost, {last}" if heard.is_lost else f"ended, {last}"


def speed_text(heard: Heard | None) -> str:
    """Return the speed of a program, if it is known."""
    if heard is None or not heard.is_live or heard.steps_per_second is None:
        return ""
    speed = heard.steps_per_second
    return f"{f'{speed:.1f}' if speed < 10 else numerals.whole(speed)} steps/s"


def shown_text(seen: Snapshot, record: Record, is_following: bool) -> str:
    """Return which step is shown, where that is not the newest and does not follow it."""
    if is_following or seen.step == record.newest:
        return ""
    return f"shown at {numerals.whole(seen.step)}"


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
    kept = numerals.counted(len(record.checkpoints), "state")
    text = f"{source.name}, {by}: {numerals.whole(record.newest)} steps, {kept} kept."
    if source.every != 1:
        text += f" It shows one state of every {numerals.whole(source.every)} steps."
    if assumed := _assumed(record):
        names = ", ".join(f"{name}=…" for name in source.assumed)
        text += f" Assumed: {', '.join(assumed)}. To say it: xorviz.watch({names})."
    return text


def _assumed(record: Record) -> list[str]:
    """Return the settings that are assumed, each with its value."""
    names = () if record.source is None else record.source.assumed
    return [f"{name} {SETTINGS[name].shown(getattr(record.config, name))}" for name in names]
