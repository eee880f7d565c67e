"""A trial: what may help a run at a step, and what became of it as far as it was tried."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from xorviz.core.network import flat
from xorviz.core.runs.snapshot import Snapshot
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.trials.changes import Change
from xorviz.lab.trials.trials import Round, Tried, ranked, rounds_for

MOSTLY = 0.5
"""Share of networks from which on a change is said to help."""
NOTHING_HELPS = "Nothing that was tried helps"


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """The changes to a run at a step, and what became of those that are tried. A value."""

    subject: Snapshot
    rounds: tuple[Round, ...]
    done: int = 0
    """Rounds that are all tried."""
    before: tuple[Tried, ...] = ()
    """What became of the changes of these."""
    now: tuple[Tried, ...] = ()
    """Of those of the next round, as far as they are tried."""
    progress: float = 0.0
    """Share of the next round that is done, 0 to 1."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes, in the order in which they are tried."""
        return tuple(change for one in self.rounds for change in one.changes)

    @property
    def tried(self) -> tuple[Tried, ...]:
        """What became of the changes that are tried, best first."""
        return ranked((*self.before, *self.now))

    @property
    def best(self) -> Tried | None:
        """What helps best, if anything that is tried does."""
        tried = self.tried
        return tried[0] if tried and tried[0].helped else None

    @property
    def is_done(self) -> bool:
        """Whether all changes are tried."""
        return self.done == len(self.rounds)

    @property
    def share(self) -> float:
        """Share of the estimated time that has passed, 0 to 1."""
        if self.is_done:
            return 1.0
        costs = [one.plan.seconds(1) for one in self.rounds]
        return (sum(costs[: self.done]) + costs[self.done] * self.progress) / sum(costs)

    def change(self, name: str) -> Change | None:
        """Return the change of a name, if it can be tried here."""
        return next((change for change in self.changes if change.name == name), None)

    def seeds_of(self, change: Change) -> Sequence[int]:
        """Return the seeds with which a change is tried."""
        return next(one.plan.seeds for one in self.rounds if change in one.changes)

    def after(self, found: LabSnapshot) -> "Trial":
        """Return the trial with these results of the next round."""
        here = self.rounds[self.done].tried(found)
        if found.is_over:
            before = (*self.before, *here)
            return replace(self, done=self.done + 1, before=before, now=(), progress=0.0)
        return replace(self, now=here, progress=found.progress)


def state_of(seen: Snapshot) -> Hashable:
    """Return what the outcome of a trial depends on: equal for equal states of equal recipes."""
    moving = None if seen.velocity is None else flat(seen.velocity).tobytes()
    return seen.config, seen.step, flat(seen.weights).tobytes(), moving


def trial_of(
    subject: Snapshot, steps: int | None = None, unknown: frozenset[str] = frozenset()
) -> Trial:
    """Return what can be tried for a run at a step, alone; nothing of it is tried yet.

    For the steps that another program has taken, and what is unknown, see rounds_for.
    """
    alone = replace(subject, beside=None)
    return Trial(alone, rounds_for(alone, steps, unknown))


def best_text(found: Sequence[Tried]) -> str:
    """Return what helps best, of what was tried, in a few words.

    One more unit (width 3) would help: 49 of 50.
    """
    if not found or not found[0].helped:
        return NOTHING_HELPS
    best = found[0]
    helps = " would help" if best.right.value >= MOSTLY else ""
    return f"{best.change.title}{helps}: {best.text}"
