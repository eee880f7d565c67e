"""Diagnosis of why a network learned or did not: a state, a sentence, evidence and advice."""

from bisect import bisect_right
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from xorviz.core.analysis.curvature import curvature_of
from xorviz.core.diagnosis.brief import Brief, advice_for, brief
from xorviz.core.diagnosis.evidence import Evidence, evidence_of, measured
from xorviz.core.diagnosis.states import OF_WEIGHTS, STATES, codes_of
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.diagnosis.trend import trend_until
from xorviz.core.diagnosis.verdict import Kind, Verdict, verdict
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED
from xorviz.core.network import Weights
from xorviz.core.rules import Bits, checked
from xorviz.core.runs.record import at_step, step_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import RunConfig
from xorviz.core.shown import Shown
from xorviz.core.truth_table import COUNTED, ROWS

_HOPEFUL = ("learning", "too slow", UNKNOWN)
"""States that a trap contradicts."""
_UNKNOWN_STEPS = 5000
"""Steps assumed for a network without a run."""


@dataclass(frozen=True, slots=True, repr=False)
class Diagnosis(Shown):
    """The diagnosis of a network. A value."""

    state: str
    """One of STATES, or UNTRAINED, or UNKNOWN."""
    said: Brief
    """The state in words."""
    evidence: Evidence
    advice: tuple[str, ...]
    """Sentences for the user."""
    step: int | None = None
    """The diagnosed step; None if unknown."""
    verdict: Verdict | None = None
    """What the curvature says of this place. None where only outputs are known, before the first
    step, where numbers are not finite, and in a run whose words do not depend on it."""

    @property
    def sentence(self) -> str:
        """The state in one word, and one or two sentences."""
        return self.said.whole

    @property
    def is_stuck(self) -> bool:
        """Whether the network is in a state that a change may fix."""
        return self.state not in {"learning", "learned", UNKNOWN, UNTRAINED}

    @property
    def is_good(self) -> bool:
        """Whether the network has learned, or can learn and its loss falls on."""
        found = self.evidence
        falls = (found.change or 0.0) < 0 and not found.is_too_steep and not found.limit
        falls &= self.verdict is None or self.verdict.kind is not Kind.TRAP
        is_good = self.state == "learned" or (self.state == "learning" and falls)
        return is_good and found.faulty_step is None


def diagnose(
    weights: Weights,
    config: RunConfig,
    trace: Trace | None = None,
    step: int | None = None,
    knows_rate: bool = True,
) -> Diagnosis:
    """Return the diagnosis of weights and, if there is one, their trace up to a step.

    The step defaults to the end of the trace. Without the rate the pace is unknown, and a stuck
    state is named by its outputs, however fast the loss may fall.
    """
    state, evidence = _judged(weights, config, trace, step, knows_rate)
    return _described(state, evidence, step, weights, knows_rate)


def diagnose_seen(seen: Snapshot, faulty_step: int | None = None) -> Diagnosis:
    """Return the diagnosis of a snapshot; of two runs side by side, run A's.

    All states from a faulty step on are taken as its consequence.
    """
    made = seen.interventions[: bisect_right(seen.interventions, seen.step, key=step_of)]
    here = at_step(made, seen.step) if seen.step else ()  # at step 0 weights are given
    since = made[-1].step if made else 0
    source = seen.record.source
    knows_rate = source is None or "rate" not in source.assumed
    # The history of weights that were set or shown first at step 0 is unknown.
    is_given = (seen.step == 0 and not seen.is_untrained) or not knows_rate
    step, trace = (None, None) if is_given else (seen.step, seen.trace)
    state, evidence = _judged(seen.weights, seen.config, trace, step, knows_rate, since)
    first, later = seen.record.right.first, seen.record.learned.since
    evidence = replace(
        evidence,
        right_since=seen.right_since or None,  # weights from elsewhere can be correct at step 0
        first_right=first if first is not None and 0 < first <= seen.step else None,
        learned_since=seen.learned_since or None,
        learned_later=later if later is not None and seen.step < later <= seen.newest else None,
        changes=tuple(change.text for change in here),
        faulty_step=faulty_step if seen.step >= (faulty_step or 0) else None,
        is_last=seen.halt is Halt.DIVERGED,
        is_watched=source is not None,
    )
    # Decided by the snapshot alone, so that all parts of the window agree.
    if evidence.is_last:
        state = "diverging"
    elif seen.is_untrained:
        state = UNTRAINED
    elif seen.learned_since is not None:
        state = "learned"
    return _described(state, evidence, seen.step, seen.weights, knows_rate)


def diagnose_outputs(outputs: ArrayLike, targets: ArrayLike = (0, 1, 1, 0)) -> Diagnosis:
    """Return the diagnosis of four outputs alone. Both are given for the rows 00, 01, 10, 11.

    Raises SettingError for anything but four finite numbers, and four targets of 0 or 1.
    """
    numbers = checked(_FourNumbers(), "outputs", outputs)
    digits = list(targets) if isinstance(targets, str) else targets
    bits = checked(_FourNumbers(), "targets", digits)
    whole = [int(bit) if bit in {0, 1} else bit for bit in bits]
    return diagnose_rows(numbers, checked(Bits(len(ROWS)), "targets", whole))


def diagnose_rows(
    outputs: ArrayLike, targets: tuple[int, ...], output: str = "sigmoid", coding: str = "zero-one"
) -> Diagnosis:
    """Return the diagnosis of four outputs alone, in the order of ROWS, of this output unit."""
    given = np.asarray(outputs, dtype=float)
    config = RunConfig(biases=True, targets=targets, output=output, coding=coding)
    evidence = Evidence(tuple(given.tolist()), config)
    return _described(_state_of_outputs(evidence), evidence)


class _FourNumbers:
    """Four finite numbers, given for the rows 00, 01, 10, 11; in the order of ROWS when checked."""

    allowed = "four finite numbers, for the rows 00, 01, 10, 11"

    def check(self, value: object) -> list[float]:
        """Return the numbers, or raise ValueError."""
        try:
            numbers = np.squeeze(np.asarray(value, dtype=float))
        except Exception as error:  # whatever an object from elsewhere raises
            raise ValueError(self.allowed) from error
        if numbers.shape != (len(ROWS),) or not np.isfinite(numbers).all():
            raise ValueError(self.allowed)
        return [float(numbers[COUNTED.index(row)]) for row in range(len(ROWS))]


def _judged(
    weights: Weights,
    config: RunConfig,
    trace: Trace | None,
    step: int | None,
    knows_rate: bool,
    since: int = 0,
) -> tuple[str, Evidence]:
    """Return the state and the evidence: those that need no pace, where it is unknown."""
    is_own = trace is not None
    step, trend = trend_until(trace, step, since)
    found = measured(weights, config, trend, _UNKNOWN_STEPS if step is None else step)
    evidence = evidence_of(found, is_own)
    state = UNTRAINED if step == 0 else STATES[codes_of(found)]
    if knows_rate and (step == 0 or trend is not None or config.optimizer != "adam"):
        return state, evidence
    evidence = replace(evidence, slope=None, change=None, steps_left=None)
    return state if state in OF_WEIGHTS else _state_of_outputs(evidence), evidence


def _state_of_outputs(evidence: Evidence) -> str:
    if not np.isfinite(evidence.outputs).all():
        return "diverging"
    if evidence.is_learned:
        return "learned"
    if evidence.is_negated:
        return "negated"
    if evidence.stuck is not None:
        return evidence.stuck.name
    return "saturated" if evidence.firmly_wrong else "learning"


def _described(
    state: str,
    evidence: Evidence,
    step: int | None = None,
    weights: Weights | None = None,
    knows_rate: bool = True,
) -> Diagnosis:
    said, config = None, evidence.config
    if state == "learning" and not evidence.is_own:
        state = UNKNOWN
    # The curvature takes 6 ms at width 64.
    is_open = state in {*NAMES, *_HOPEFUL, "symmetric units"}
    has_verdict = is_open if evidence.is_own else state != "diverging"
    if state == UNTRAINED:
        evidence = replace(evidence, steps_left=None)
    elif weights is not None and has_verdict:
        found = curvature_of(weights, config)
        evidence = replace(evidence, are_equal=found.has_equal_units)
        said = verdict(found, config, knows_rate)
        # No pace leads out of a trap, however many steps another program has taken.
        if state in _HOPEFUL and said.kind is Kind.TRAP and not evidence.is_own:
            state = state if evidence.stuck is None else evidence.stuck.name
    if state in NAMES and (stuck := evidence.stuck) is not None:
        evidence = replace(evidence, pinned=stuck.pinned, level=stuck.level)
    words, advice = brief(state, evidence, said), advice_for(state, evidence)
    return Diagnosis(state, words, evidence, advice, step, said)
