"""The watched runs that are remembered."""

from collections.abc import Mapping
from dataclasses import replace

from xorviz.core.network import parameter_count
from xorviz.core.runs.record import Record, weight_shapes
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.settings import RunConfig
from xorviz.engine.watching.news import News
from xorviz.watching.frames import FrameError, States

MOST_RUNS = 16
"""More than programs may be connected: those that have ended give way to new ones."""


class WatchedRuns:
    """Watched runs by their keys: those that programs show, and those that were opened here."""

    def __init__(self) -> None:
        self._runs: dict[str, WatchedRun] = {}
        self._live: set[str] = set()
        self._lost: set[str] = set()
        self._forgotten: set[str] = set()
        self.shown = ""
        """The key of the one that is the current run, if one is."""

    @property
    def by_key(self) -> Mapping[str, WatchedRun]:
        """All of them, the one that came or was opened last at the end."""
        return self._runs

    @property
    def live(self) -> list[str]:
        """The keys of those whose programs are connected."""
        return sorted(self._live)

    def news_of(self, key: str) -> News | None:
        """Return the news of a run; None if it is not remembered or has no state yet."""
        run = self._runs.get(key)
        if run is None or run.is_empty:
            return None
        return News(run.record(), key in self._live, key in self._lost)

    def open(self, record: Record) -> None:
        """Remember a run that is opened here, so that it grows if its program continues."""
        self.shown = "" if record.source is None else record.source.key
        if (source := record.source) is None:
            return
        self._forgotten.discard(source.key)
        known = self._runs.get(source.key)
        if known is None or known.is_empty or known.newest < record.newest:
            known = WatchedRun.of(record)
        self._remember(source.key, known)

    def begin(self, config: RunConfig, source: WatchedSource) -> None:
        """Let a program show a run, or continue with it. Raises FrameError if it may not."""
        if source.key in self._forgotten:
            raise FrameError("the window shows this run no more")
        known = self._runs.get(source.key)
        if known is None:
            known = WatchedRun(config, replace(source, diverged=False))  # until it says so
        elif weight_shapes(known.config) != weight_shapes(config):
            raise FrameError("a run of another shape has the same key")
        self._live.add(source.key)
        self._lost.discard(source.key)
        self._remember(source.key, known)

    def extend(self, key: str, states: States) -> None:
        """Add those states of a run that are not known yet. Raises FrameError if they are wrong.

        A program that has found the window again may send all that it has kept.
        """
        run = self._runs[key]
        count = parameter_count(run.config)
        if states.parameters.shape[1] != count:
            found = states.parameters.shape[1]
            raise FrameError(f"a state has {found} numbers; this network has {count}")
        if run.is_empty and states.steps[0] != 0:
            raise FrameError("the first state is not that of step 0")
        fresh = states.steps > (-1 if run.is_empty else run.newest)
        if fresh.any():
            run.extend(states.steps[fresh], states.parameters[fresh])

    def end(self, key: str, diverged: bool) -> None:
        """Note that a program shows no more of a run."""
        self._live.discard(key)
        if diverged:
            self._runs[key].diverge()
        self._drop_if_empty(key)

    def lose(self, key: str) -> None:
        """Note that the connection of a run is gone before its end."""
        self._live.discard(key)
        self._lost.add(key)
        self._drop_if_empty(key)

    def forget(self, key: str) -> None:
        """Free the memory of a run, and let no program show it until it is opened again."""
        self._runs.pop(key, None)
        self._live.discard(key)
        self._lost.discard(key)
        self._forgotten.add(key)

    def _drop_if_empty(self, key: str) -> None:
        """Forget a run that ended before its first state."""
        if self._runs[key].is_empty:
            del self._runs[key]
            self._lost.discard(key)

    def _remember(self, key: str, run: WatchedRun) -> None:
        """Put a run at the end; the first one that is neither live nor shown may give way to it."""
        self._runs.pop(key, None)
        self._runs[key] = run
        if len(self._runs) > MOST_RUNS:
            idle = (k for k in self._runs if k not in self._live and k not in {key, self.shown})
            del self._runs[next(idle)]
