"""Diagnosis of why a network learned or did not: a state, a sentence, evidence and advice.

The first of these states that applies is chosen:

1. diverging: numbers are not finite, or weights are huge and every step moves them far.
2. learned: every error is below 0.1.
3. oscillating: the loss rises about as much as it falls, although the gradient predicts a fall.
   Before the stuck states, since a smaller rate would move such a network on.
4. dead units, 5. symmetric units: causes of stuck states, so before them, but only where the
   rest of the network cannot learn without these units.
6. the stuck states, by their outputs, while the loss hardly falls. A network that passes such
   outputs on its way is not stuck.
7. saturated: the loss hardly falls, in no known state, with units at their bounds.
8. too slow: the loss falls, but far too slowly to wait for.
9. learning: none of these.

Before the first step a network is none of these, but not trained yet.

A loss hardly falls if a linear extrapolation needs more than twice the steps taken to reach zero:
the loss of a network that learns ends as about 1 / step, which needs at most once as many. No
state means stuck for ever: most plateaus are left in the end.
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
from xorviz.core.diagnosis.words import UNTRAINED, sentence
from xorviz.core.network import Weights
from xorviz.core.runs.record import step_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.core.runs.trace import Trace

STATES = (
    *("learning", "learned", *NAMES, "saturated", "oscillating", "too slow"),
    *("diverging", "dead units", "symmetric units"),
)
"""The names of the states that training can lead to."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The diagnosis of a network. A value."""

    state: str
    """One of STATES, or UNTRAINED."""
    sentence: str
    """For the user: the state, a colon, and one or two clauses; UNTRAINED has none."""
    evidence: Evidence
    advice: tuple[str, ...]
    """Sentences for the user."""
    step: int | None = None
    """The step that all of this is about; None where unknown."""

    @property
    def headline(self) -> str:
        """The state, capitalized: Half learned."""
        return self.state.capitalize()

    @property
    def detail(self) -> str:
        """The sentence without the headline."""
        return self.sentence.partition(": ")[2]

    @property
    def is_good(self) -> bool:
        """Whether the network has learned, or can learn and its loss falls."""
        is_learning = self.state == "learning" and self.evidence.falls
        return self.state == "learned" or (is_learning and not self.evidence.limit)


def diagnose(
    weights: Weights,
    config: RunConfig,
    trace: Trace | None = None,
    step: int | None = None,
    since: int = 0,
) -> Diagnosis:
    """Return the diagnosis of weights and, if there is one, their trace up to a step.

    The step defaults to the end of the trace. The trend begins at the step since, when the run
    was last changed by hand.
    """
    state, evidence = _judged(weights, config, trace, step, since)
    return _described(state, evidence, config, step)


def state_of(weights: Weights, config: RunConfig, trace: Trace, step: int) -> str:
    """Return only the state that diagnose would find, which is faster."""
    return _judged(weights, config, trace, step)[0]


def diagnose_seen(seen: Snapshot) -> Diagnosis:
    """Return the diagnosis of a snapshot."""
    made = seen.interventions[: bisect_right(seen.interventions, seen.step, key=step_of)]
    since = made[-1].step if made else 0
    # The history of weights that were set at step 0 is unknown.
    is_given = seen.step == 0 and not seen.is_untrained
    step, trace = (None, None) if is_given else (seen.step, seen.trace)
    state, evidence = _judged(seen.weights, seen.config, trace, step, since)
    state = certain_state(seen) or state
    evidence = replace(evidence, is_last=seen.halt is Halt.DIVERGED)
    return _described(state, evidence, seen.config, seen.step)


def certain_state(seen: Snapshot) -> str | None:
    """Return the state if the snapshot alone decides it, as every part of the window shows it."""
    if seen.halt is Halt.DIVERGED:
        return "diverging"
    if seen.is_untrained:
        return UNTRAINED
    return None if seen.learned_since is None else "learned"


def diagnose_outputs(outputs: ArrayLike, targets: tuple[int, ...]) -> Diagnosis:
    """Return the diagnosis of four outputs alone, in the order of ROWS."""
    given = np.asarray(outputs, dtype=float)
    evidence = Evidence(tuple(given.tolist()), tuple(targets))
    return _described(_state_of_outputs(evidence), evidence, None)


def _judged(
    weights: Weights, config: RunConfig, trace: Trace | None, step: int | None, since: int = 0
) -> tuple[str, Evidence]:
    """Return the state and the evidence."""
    step, trend = trend_until(trace, step, since)
    with np.errstate(all="ignore"):  # weights may be huge
        evidence = gathered(weights, config, trend)
        return _state(Case(weights, config, evidence, trend, step)), evidence


def _state(case: Case) -> str:
    """Return the first state that applies, in the order given at the top of the module."""
    if case.step == 0:
        return UNTRAINED
    for state, fits in (
        ("diverging", causes.diverges),
        ("learned", lambda case: case.evidence.is_learned),
        ("oscillating", causes.oscillates),
        ("dead units", causes.is_held_by_dead_units),
        ("symmetric units", causes.is_held_by_symmetry),
    ):
        if fits(case):
            return state
    stuck = _stuck(case.evidence)
    if stuck is not None and case.hardly_falls:
        return stuck.name
    if causes.is_saturated(case):
        return "saturated"
    return "too slow" if causes.is_too_slow(case) else "learning"


def _stuck(evidence: Evidence) -> StuckState | None:
    """Return the stuck state near the outputs, if there is one."""
    return nearest(np.array(evidence.outputs), evidence.targets)


def _state_of_outputs(evidence: Evidence) -> str:
    if not np.isfinite(evidence.outputs).all():
        return "diverging"
    if evidence.is_learned:
        return "learned"
    if (stuck := _stuck(evidence)) is not None:
        return stuck.name
    return "saturated" if evidence.firmly_wrong else "learning"


def _described(
    state: str, evidence: Evidence, config: RunConfig | None, step: int | None = None
) -> Diagnosis:
    if state == UNTRAINED:
        evidence = replace(evidence, steps_left=None)
    if state in NAMES and (stuck := _stuck(evidence)) is not None:
        evidence = replace(evidence, pinned=stuck.pinned, level=stuck.level)
    advice = advice_for(state, evidence, config)
    return Diagnosis(state, sentence(state, evidence), evidence, advice, step)
