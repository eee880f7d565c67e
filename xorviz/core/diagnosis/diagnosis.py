"""Why a network learned or did not: one of twelve names, a sentence, what for, and what to try.

The first name that fits is given, in this order:

1. diverging: numbers are not finite, or weights are huge and every step moves them far.
2. learned: every error is below 0.1. Whatever else is odd no longer matters.
3. oscillating: the loss goes up about as much as down, although the gradient promises a fall. It
   comes before the stuck states, since at a smaller rate such a network would move on.
4. dead units, 5. symmetric units: these are causes, so they come before the stuck states, which
   are what follows from them; but only where the rest of the network cannot do without.
6. the stuck states, by their outputs, while the loss hardly falls. A network that passes such
   outputs on its way is not stuck.
7. saturated: standing still, at no known state, with units at their bounds.
8. too slow: moving, but at a pace that nobody would wait for.
9. learning: none of these. A network that was not trained yet is neither stuck nor slow.

A loss hardly falls where it would need more than twice the steps to zero, in a straight line,
that the run has taken: one that learns ends with a loss of about 1 / step, which needs no more
than once as many. No name claims that a run is stuck for ever: most plateaus are left in the end.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from xorviz.core.config import RunConfig
from xorviz.core.diagnosis import causes
from xorviz.core.diagnosis.advice import advice_for
from xorviz.core.diagnosis.causes import Case
from xorviz.core.diagnosis.evidence import Evidence, gathered
from xorviz.core.diagnosis.stuck_states import NAMES, StuckState, nearest
from xorviz.core.diagnosis.trend import trend_until
from xorviz.core.diagnosis.words import headline, sentence
from xorviz.core.network import Weights
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace

STATES = (
    *("learning", "learned", *NAMES, "saturated", "oscillating", "too slow"),
    *("diverging", "dead units", "symmetric units"),
)
"""Every name there is."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a network learned or did not. A value."""

    state: str
    """One of STATES."""
    sentence: str
    """For a person: the state, a colon, and one plain clause or two."""
    evidence: Evidence
    advice: tuple[str, ...]
    """Plain sentences: what to try."""

    @property
    def headline(self) -> str:
        """The state as the sentence begins: Half learned."""
        return headline(self.state)

    @property
    def detail(self) -> str:
        """What the sentence says after the colon."""
        return self.sentence.removeprefix(f"{self.headline}: ")

    @property
    def is_good(self) -> bool:
        """Whether a person can lean back: the network learns, or has learned."""
        return self.state in {"learning", "learned"}


def diagnose(
    weights: Weights,
    config: RunConfig,
    trace: Trace | None = None,
    step: int | None = None,
    since: int = 0,
) -> Diagnosis:
    """Return why a network learned or did not: of its weights, and of the trace where there is one.

    The trace may go on beyond the step; without a step, its end is meant. The slope is that since
    the run was last changed by hand.
    """
    state, evidence, stuck = _judged(weights, config, trace, step, since)
    return _told(state, evidence, stuck, config)


def state_of(weights: Weights, config: RunConfig, trace: Trace, step: int) -> str:
    """Return the name alone that diagnose would give, which takes less time than the words."""
    return _judged(weights, config, trace, step)[0]


def diagnose_seen(seen: Snapshot) -> Diagnosis:
    """Return why the network of a snapshot learned or did not."""
    made = seen.interventions[: bisect_right(seen.interventions, seen.step, key=_step_of)]
    since = made[-1].step if made else 0
    # A network whose weights were given at the start has a history, which is not known.
    is_given = seen.step == 0 and any(change.index for change in made)
    step, trace = (None, None) if is_given else (seen.step, seen.trace)
    return diagnose(seen.weights, seen.config, trace, step, since)


def _step_of(change: Intervention) -> int:
    return change.step


def diagnose_outputs(outputs: ArrayLike, targets: tuple[int, ...]) -> Diagnosis:
    """Return what four outputs, in the order of ROWS, tell by themselves."""
    given = np.asarray(outputs, dtype=float)
    evidence = Evidence(tuple(given.tolist()), tuple(targets))
    stuck = nearest(given, evidence.targets)
    return _told(_state_of_outputs(evidence, stuck), evidence, stuck, None)


def _judged(
    weights: Weights,
    config: RunConfig,
    trace: Trace | None,
    step: int | None,
    since: int = 0,
) -> tuple[str, Evidence, StuckState | None]:
    """Return the state, what speaks for it, and the stuck state that the outputs are near to."""
    step, trend = trend_until(trace, step, since)
    with np.errstate(all="ignore"):  # the last finite weights of a run may be huge
        evidence = replace(gathered(weights, config, trend), is_untrained=step == 0)
        stuck = nearest(np.array(evidence.outputs), config.targets)
        return _state(Case(weights, config, evidence, trend, step), stuck), evidence, stuck


def _state(case: Case, stuck: StuckState | None) -> str:
    """Return the first name that fits, in the order that the module explains."""
    for state, fits in (
        ("diverging", causes.diverges),
        ("learned", causes.has_learned),
        ("oscillating", causes.oscillates),
        ("dead units", causes.is_held_by_dead_units),
        ("symmetric units", causes.is_held_by_symmetry),
    ):
        if fits(case):
            return state
    if case.evidence.is_untrained:
        return "learning"
    if stuck is not None and case.hardly_falls:
        return stuck.name
    if causes.is_saturated(case):
        return "saturated"
    return "too slow" if causes.is_too_slow(case) else "learning"


def _state_of_outputs(evidence: Evidence, stuck: StuckState | None) -> str:
    if not np.isfinite(evidence.outputs).all():
        return "diverging"
    if causes.all_small(evidence):
        return "learned"
    if stuck is not None:
        return stuck.name
    return "saturated" if evidence.firmly_wrong else "learning"


def _told(
    state: str, evidence: Evidence, stuck: StuckState | None, config: RunConfig | None
) -> Diagnosis:
    level = None
    if stuck is not None and state == stuck.name:
        evidence, level = replace(evidence, pinned=stuck.pinned), stuck.level
    advice = advice_for(state, evidence, config)
    return Diagnosis(state, sentence(state, evidence, level), evidence, advice)
