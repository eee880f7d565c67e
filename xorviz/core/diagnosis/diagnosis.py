"""Diagnosis of why a network learned or did not: a state, a sentence, evidence and advice.

The first of these states that applies is chosen:

1. diverging: numbers are not finite, or weights are huge and every step moves them far.
2. learned: every error is below 0.1. 3. negated: every error is above 0.9.
4. oscillating: the loss rises, repeatedly or far, although the gradient predicts a fall. Before
   the stuck states, since smaller steps would move such a network on.
5. dead units, 6. symmetric units: causes of stuck states, so before them, but only where the
   rest of the network cannot learn without these units.
7. the stuck states, by their outputs, while the loss hardly falls. A network that passes such
   outputs on its way is not stuck.
8. saturated: hardly any gradient is left, in no known state, with units at their bounds.
9. too slow: the loss falls, but far too slowly to wait for.
10. learning: none of these; without a trace of the loss, no known state.

Before the first step a network is none of these, but not trained yet.

A loss hardly falls if a linear extrapolation needs more than twice the steps taken to reach zero:
the loss of a network that learns ends as about 1 / step, which needs at most once as many. No
state means stuck for ever: what the curvature says of a place is its verdict.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from xorviz.core.analysis.curvature import CurvatureQuestion
from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.advice import advice_for
from xorviz.core.diagnosis.evidence import ALIKE, DISBELIEVED, Evidence, gathered, promised_fall
from xorviz.core.diagnosis.reach import NOT_FOR_ONE_UNIT
from xorviz.core.diagnosis.stuck_states import NAMES, nearest
from xorviz.core.diagnosis.trend import Trend, trend_until
from xorviz.core.diagnosis.verdict import Kind, Verdict, verdict
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED, pace, sentence
from xorviz.core.network import Weights, hidden
from xorviz.core.runs.record import step_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.core.runs.trace import Trace

STATES = (
    *("learning", "learned", *NAMES, "saturated", "oscillating", "too slow"),
    *("diverging", "dead units", "symmetric units", "negated"),
)
"""The names of the states that training can lead to."""

_HOPEFUL = ("learning", "too slow", UNKNOWN)
"""States whose sentence ends with the verdict only if it looks like a trap."""
_HUGE = 1e6
"""Larger weights diverge: learning needs weights of about ten."""
_STANDING = 1e-3
"""Huge weights that a step changes by a smaller share are at rest, not diverging."""
_FAR, _PATIENCE = 2, 1000
"""Loss 0 is far away beyond this multiple of the steps taken, and at least this many steps."""
_UNKNOWN_STEPS = 5000
"""Steps assumed for a network without a run."""
_SLOW_RATIO, _SLOW_STEPS, _TOO_MANY_STEPS = 10, 100_000, 1_000_000
_VISIBLE_SWING, _VISIBLE_RISE = 0.05, 0.01
_OVERSHOOT = 100
"""A wavering loss whose gradient predicts 0 in fewer steps is in too narrow a valley."""
_SAME_RESPONSE = 1e-9


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The diagnosis of a network. A value."""

    state: str
    """One of STATES, or UNTRAINED, or UNKNOWN."""
    sentence: str
    """For the user: the state, a colon, and one or two clauses; UNTRAINED has none."""
    evidence: Evidence
    advice: tuple[str, ...]
    """Sentences for the user."""
    step: int | None = None
    """The step that all of this is about; None where unknown."""
    verdict: Verdict | None = None
    """What the curvature says of this place. None where only outputs are known, before the first
    step, where numbers are not finite, and in a run whose sentence does not depend on it."""

    @property
    def headline(self) -> str:
        """The sentence up to its colon: Two rows learned; All four correct at step 253."""
        return self.sentence.partition(":")[0].removesuffix(".")

    @property
    def detail(self) -> str:
        """The sentence without the headline."""
        return self.sentence.partition(": ")[2]

    @property
    def is_stuck(self) -> bool:
        """Whether the network is in a state in which it is worth asking what helps."""
        return self.state not in {"learning", "learned", UNKNOWN, UNTRAINED}

    @property
    def is_good(self) -> bool:
        """Whether the network has learned, or can learn and its loss falls on."""
        found = self.evidence
        falls = (found.change or 0.0) < 0 and not found.is_too_steep and not found.limit
        falls &= self.verdict is None or self.verdict.kind is not Kind.TRAP
        return self.state == "learned" or (self.state == "learning" and falls)


def diagnose(
    weights: Weights,
    config: RunConfig,
    trace: Trace | None = None,
    step: int | None = None,
    knows_rate: bool = True,
) -> Diagnosis:
    """Return the diagnosis of weights and, if there is one, their trace up to a step.

    The step defaults to the end of the trace. Without the rate, nothing is said of the pace, and
    a stuck state is named by its outputs, however fast the loss may fall.
    """
    state, evidence = _judged(weights, config, trace, step)
    if not knows_rate:
        state, evidence = _without_pace(state, evidence)
    return _described(state, evidence, step, weights, config, knows_rate)


def state_of(weights: Weights, config: RunConfig, trace: Trace, step: int) -> str:
    """Return only the state that diagnose would find, which is faster."""
    return _judged(weights, config, trace, step)[0]


def diagnose_seen(seen: Snapshot) -> Diagnosis:
    """Return the diagnosis of a snapshot; of two runs side by side, run A's, and it says so."""
    made = seen.interventions[: bisect_right(seen.interventions, seen.step, key=step_of)]
    since = made[-1].step if made else 0
    source = seen.record.source
    knows_rate = source is None or "rate" not in source.assumed
    # The history of weights that were set or shown first at step 0 is unknown.
    is_given = (seen.step == 0 and not seen.is_untrained) or not knows_rate
    step, trace = (None, None) if is_given else (seen.step, seen.trace)
    state, evidence = _judged(seen.weights, seen.config, trace, step, since)
    if not knows_rate:
        state, evidence = _without_pace(state, evidence)
    first, later = seen.record.right.first, seen.record.learned.since
    evidence = replace(
        evidence,
        right_since=seen.right_since or None,  # weights from elsewhere can be correct at step 0
        first_right=first if first is not None and 0 < first <= seen.step else None,
        learned_since=seen.learned_since or None,
        learned_later=later if later is not None and seen.step < later <= seen.newest else None,
        is_last=seen.halt is Halt.DIVERGED,
        is_watched=source is not None,
    )
    # What the snapshot alone decides is the same in every part of the window.
    if evidence.is_last:
        state = "diverging"
    elif seen.is_untrained:
        state = UNTRAINED
    elif seen.learned_since is not None:
        state = "learned"
    found = _described(state, evidence, seen.step, seen.weights, seen.config, knows_rate)
    if seen.beside is None:
        return found
    return replace(found, sentence=f"Run A, {found.sentence[0].lower()}{found.sentence[1:]}")


def diagnose_outputs(outputs: ArrayLike, targets: tuple[int, ...]) -> Diagnosis:
    """Return the diagnosis of four outputs alone, in the order of ROWS."""
    given = np.asarray(outputs, dtype=float)
    evidence = Evidence(tuple(given.tolist()), tuple(targets))
    return _described(_state_of_outputs(evidence), evidence)


def _without_pace(state: str, evidence: Evidence) -> tuple[str, Evidence]:
    """Return what is known of a state without the rate."""
    evidence = replace(evidence, slope=None, change=None, steps_left=None)
    if state in {"dead units", "symmetric units", "saturated"}:
        return state, evidence
    return _state_of_outputs(evidence), evidence


def _judged(
    weights: Weights, config: RunConfig, trace: Trace | None, step: int | None, since: int = 0
) -> tuple[str, Evidence]:
    """Return the state and the evidence."""
    is_own = trace is not None
    step, trend = trend_until(trace, step, since)
    with np.errstate(all="ignore"):  # weights may be huge
        evidence = gathered(weights, config, trend, is_own)
        if step == 0:
            return UNTRAINED, evidence
        steps = _UNKNOWN_STEPS if step is None else step
        return _state(_Case(weights, config, evidence, trend, steps)), evidence


@dataclass(frozen=True, slots=True)
class _Case:
    """The data of a diagnosis."""

    weights: Weights
    config: RunConfig
    evidence: Evidence
    trend: Trend | None
    steps: int
    """Steps taken, or assumed."""

    @property
    def hardly_falls(self) -> bool:
        """Whether a linear extrapolation reaches loss 0 only long after this step."""
        return self.is_far_at(-(self.evidence.slope or 0.0))

    @property
    def promised_fall(self) -> float:
        """The fall of the loss in one step that the gradient predicts."""
        return promised_fall(self.evidence.gradient_norm or 0.0, self.config)

    @property
    def has_risen(self) -> bool:
        """Whether the loss rose visibly where the gradient predicts a fall."""
        trend = self.trend
        if trend is None or trend.spike <= _VISIBLE_RISE:
            return False
        return trend.fall_per_step < DISBELIEVED * self.promised_fall

    def is_far_at(self, fall: float) -> bool:
        """Return whether loss 0 is far away at this fall per step."""
        return (self.evidence.loss or 0.0) >= fall * max(_FAR * self.steps, _PATIENCE)


def _state(case: _Case) -> str:
    """Return the first state that applies, in the order given at the top of the module."""
    for state, fits in (
        ("diverging", _diverges),
        ("learned", lambda case: case.evidence.is_learned),
        ("negated", lambda case: case.evidence.is_negated),
        ("oscillating", _oscillates),
        ("dead units", _is_held_by_dead_units),
        ("symmetric units", _is_held_by_symmetry),
    ):
        if fits(case):
            return state
    stuck = nearest(case.evidence.outputs, case.config.targets)
    if stuck is not None and case.hardly_falls:
        return stuck.name
    if _is_saturated(case):
        return "saturated"
    return "too slow" if _is_too_slow(case) else "learning"


def _diverges(case: _Case) -> bool:
    """Return whether a number is not finite, or huge weights still move far."""
    evidence = case.evidence
    largest = max(float(np.abs(a).max()) for a in case.weights.arrays())
    if not all(map(math.isfinite, (*evidence.outputs, evidence.loss or 0.0, largest))):
        return True
    speed = case.config.rate / (1 - case.config.momentum)
    step_length = speed * (evidence.gradient_norm or 0.0)
    return largest > _HUGE and not step_length < _STANDING * largest


def _oscillates(case: _Case) -> bool:
    """Return whether steps are too long: the loss wavers or, without momentum, rises visibly."""
    trend = case.trend
    if trend is None:
        return False
    is_narrow = case.promised_fall * _OVERSHOOT > trend.last
    wavers = trend.wavers and (trend.swing > _VISIBLE_SWING or is_narrow)
    return wavers or (case.has_risen and not case.config.momentum)


def _is_held_by_dead_units(case: _Case) -> bool:
    """Return whether the living units cannot separate rows with different targets."""
    dead = case.evidence.dead
    if not dead:
        return False
    h = hidden(case.weights, case.config.activation)
    living = np.delete(h, dead, axis=1)
    if living.shape[1] < 2 and case.config.targets in NOT_FOR_ONE_UNIT:
        return True
    targets = np.array(case.config.targets)
    same = np.abs(living[:, np.newaxis] - living).max(axis=2, initial=0) < _SAME_RESPONSE
    is_blind = bool((same & (targets[:, np.newaxis] != targets)).any())
    return is_blind and case.hardly_falls


def _is_held_by_symmetry(case: _Case) -> bool:
    """Return whether all hidden units act as one, and are not seen to learn all the same.

    With the same outgoing weights too, they get the same gradients and do not part.
    """
    width, groups = case.config.width, case.evidence.coinciding
    if width < 2 or not groups or len(groups[0]) < width:
        return False
    w2 = case.weights.w2[:, 0]
    is_kept = float(np.ptp(w2)) <= ALIKE * float(np.abs(w2).max())
    is_cause = case.config.targets in NOT_FOR_ONE_UNIT and (is_kept or case.trend is None)
    return is_cause or case.hardly_falls


def _is_saturated(case: _Case) -> bool:
    """Return whether hardly any gradient is left since units, or the output, are at bounds."""
    evidence = case.evidence
    at_bounds = 2 * len(evidence.saturated) >= case.config.width
    return case.is_far_at(case.promised_fall) and (at_bounds or bool(evidence.firmly_wrong))


def _is_too_slow(case: _Case) -> bool:
    """Return whether the remaining steps, if there is an end, far exceed those taken."""
    left = 0.0 if case.has_risen else case.evidence.steps_left or 0.0
    return left > min(_TOO_MANY_STEPS, max(_SLOW_RATIO * case.steps, _SLOW_STEPS))


def _state_of_outputs(evidence: Evidence) -> str:
    if not np.isfinite(evidence.outputs).all():
        return "diverging"
    if evidence.is_learned:
        return "learned"
    if evidence.is_negated:
        return "negated"
    if (stuck := nearest(evidence.outputs, evidence.targets)) is not None:
        return stuck.name
    is_sigmoid = all(0 <= y <= 1 for y in evidence.outputs)
    return "saturated" if evidence.firmly_wrong and is_sigmoid else "learning"


def _described(
    state: str,
    evidence: Evidence,
    step: int | None = None,
    weights: Weights | None = None,
    config: RunConfig | None = None,
    knows_rate: bool = True,
) -> Diagnosis:
    said = None
    if state == "learning" and not evidence.is_own:
        state = UNKNOWN
    if state == UNTRAINED:
        evidence = replace(evidence, steps_left=None)
    elif weights is not None and config is not None and _has_verdict(state, evidence):
        found = CurvatureQuestion(weights, config).answer()
        evidence = replace(evidence, are_equal=found.has_equal_units, pace=pace(config))
        said = verdict(found, config, knows_rate)
        # No pace leads out of a trap, however many steps another program has taken.
        if state in _HOPEFUL and said.kind is Kind.TRAP and not evidence.is_own:
            stuck = nearest(evidence.outputs, evidence.targets)
            state = state if stuck is None else stuck.name
    if state in NAMES and (stuck := nearest(evidence.outputs, evidence.targets)) is not None:
        evidence = replace(evidence, pinned=stuck.pinned, level=stuck.level)
    is_told = state in NAMES or (state in _HOPEFUL and said is not None and said.kind is Kind.TRAP)
    text = sentence(state, evidence, said.sentence if said and is_told else "")
    return Diagnosis(state, text, evidence, advice_for(state, evidence, config), step, said)


def _has_verdict(state: str, evidence: Evidence) -> bool:
    """Return whether the curvature is computed, which takes 6 ms at width 64."""
    if evidence.is_own:
        return state in {*NAMES, *_HOPEFUL, "symmetric units"}
    return state != "diverging"
