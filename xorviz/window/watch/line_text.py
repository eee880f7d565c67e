"""The text of the line of a watched run."""

from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.window.watch.watch_line import LineText
from xorviz.window.watch.words import (
    Heard,
    assumed_text,
    shown_text,
    speed_text,
    state_text,
    tip_text,
)


def text_of(seen: Snapshot, record: Record, heard: Heard | None, is_following: bool) -> LineText:
    """Return what the line says of a run: what is shown, its newest record, its program."""
    if is_following:  # all of the window is of one step
        record = seen.record
    assert record.source is not None
    return LineText(
        name=record.source.name,
        state=state_text(record, heard),
        speed=speed_text(heard),
        shown=shown_text(seen, record, is_following),
        assumed=assumed_text(record),
        is_live=heard is not None and heard.is_live,
        tip=tip_text(record),
    )
