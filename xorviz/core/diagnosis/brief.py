"""A state in one word, a short sentence and what else is known, and advice: what all parts say."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from xorviz.core import numerals
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.reach import for_one_unit, most_right, reason_text
from xorviz.core.diagnosis.states import VISIBLE_SWING
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.diagnosis.verdict import Kind, Verdict
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED, about, number_of, pace, unit_subject
from xorviz.core.network import head_of
from xorviz.core.runs.snapshot import LEARNED_ERROR
from xorviz.core.settings import SETTINGS
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS

LEARNING, PLATEAU, OVERSHOOTING, OSCILLATING = "Learning", "Plateau", "Overshooting", "Oscillating"
STUCK, LEARNED, DIVERGING, NOT_TRAINED = "Stuck", "Learned", "Diverging", "Not trained"
CHANGED, FAULTY = "Changed", "Faulty"
WORDS = (
    *(LEARNING, PLATEAU, OVERSHOOTING, OSCILLATING, STUCK, LEARNED, DIVERGING, NOT_TRAINED),
    *(CHANGED, FAULTY),
)
"""Of every network with weights. Outputs alone may be in no known state."""
_LEAD_ON = {Kind.STEEPENING, Kind.SADDLE, Kind.SLOPE, Kind.VALLEY, Kind.STRAIGHT}
"""Places that training leaves."""


@dataclass(frozen=True, slots=True)
class Brief:
    """A state in one word, and what there is to know of it. A value."""

    word: str
    text: str = ""
    """One short sentence at most."""
    more: str = ""
    """Further sentences, for where there is room."""

    @property
    def head(self) -> str:
        """The word as a sentence of its own."""
        return f"{self.word}."

    @property
    def line(self) -> str:
        """The word and the sentence."""
        return f"{self.head} {self.text}".rstrip()

    @property
    def rest(self) -> str:
        """All but the word."""
        return f"{self.text} {self.more}".strip()

    @property
    def whole(self) -> str:
        """All of it."""
        return f"{self.head} {self.rest}".rstrip()


def brief(state: str, evidence: Evidence, verdict: Verdict | None) -> Brief:
    """Return a state in short; beside a faulty step, it is the consequence."""
    said = _brief(state, evidence, verdict)
    if evidence.faulty_step is None:
        return said
    step = evidence.config.named(evidence.faulty_step).capitalize()
    return Brief(FAULTY, f"{step} is wrong; the state now: {said.word.lower()}.", said.rest)


def _brief(state: str, evidence: Evidence, verdict: Verdict | None) -> Brief:
    word = _word(state, evidence, verdict)
    if word == NOT_TRAINED:
        return Brief(word)
    text = _BY_WORD.get(word, _STATES[state][1])(evidence)
    most, reason = map(_capital, evidence.limit.partition(": ")[::2])
    if word == STUCK and most:
        return Brief(word, most, f"{text} {reason}")
    if word == PLATEAU and state in {*NAMES, "symmetric units"}:
        return Brief(word, _progress(evidence, verdict), text)
    if word == STUCK and state in {*NAMES, "symmetric units", "learning", UNKNOWN}:
        is_shallow = verdict is not None and verdict.kind is Kind.SHALLOW
        help_ = "will hardly help" if is_shallow else "won't help"
        more = numerals.plural(evidence.config.step_word)
        steps = f"More {more} {help_}; a change will." if verdict is not None else ""
        reason = _capital(for_one_unit(evidence.targets)) if state == "symmetric units" else ""
        return Brief(word, text, f"{reason} {steps}".strip())
    if state == "negated" and (evidence.is_watched or not evidence.is_own):
        return Brief(word, text, "Targets or the sign of the gradient may be inverted.")
    return Brief(word, text, f"{most} {reason}".strip())


def _word(state: str, evidence: Evidence, verdict: Verdict | None) -> str:
    if word := _STATES[state][0]:
        return word
    kind = None if verdict is None else verdict.kind
    if state in {"learning", UNKNOWN}:
        if evidence.changes:
            return CHANGED
        if evidence.is_too_steep:
            return OVERSHOOTING
        if evidence.loss is None:  # only outputs are known
            return UNKNOWN.capitalize()
        return STUCK if kind is Kind.TRAP and not evidence.is_right else LEARNING
    is_held = evidence.limit or (evidence.are_equal and for_one_unit(evidence.targets))
    return PLATEAU if kind in _LEAD_ON and not is_held else STUCK


def _progress(evidence: Evidence, verdict: Verdict | None) -> str:
    if not evidence.config.is_descent:  # the slope here doesn't foretell what these steps do
        return "The loss can still fall."
    if verdict is None or not math.isfinite(verdict.steps):
        return "The loss is still falling."
    return f"Expect progress in {about(verdict.steps)}."


def _learned(evidence: Evidence) -> str:
    span = head_of(evidence.config).coding.span
    largest = numerals.real(span * min(max(evidence.errors), 0.099), 2)  # not rounded up to 0.10
    below = f"All errors are below {numerals.plain(span * LEARNED_ERROR)}"
    return f"{below}{_since(evidence, evidence.learned_since)}; largest {largest}."


def _learning(evidence: Evidence) -> str:
    if not evidence.is_right:
        rows, before = f"{evidence.right} of 4 correct", evidence.first_right
        if before is not None:
            return f"{rows} now, 4 of 4 at {evidence.config.named(before)}."
        change = evidence.slope if evidence.change is None else evidence.change
        if change is None:
            return f"{rows}."
        falls = "is falling" if change < 0 else "isn't falling"
        return f"{rows}; the loss {falls}."
    since, first, left = evidence.right_since, evidence.first_right, evidence.steps_left
    word = evidence.config.step_word
    again = " again" if since and first is not None and first < since else ""
    rest = f"; {about(left, word)} to go" if left and math.isfinite(left) else ""
    if evidence.learned_later is not None:
        rest = f"; learned at {evidence.config.named(evidence.learned_later)}"
    return f"4 of 4 correct{again}{_since(evidence, since)}{rest}."


def _since(evidence: Evidence, step: int | None) -> str:
    """Return since when: of a watched run only some steps are known, so it is a bound."""
    if step is None:
        return ""
    return f" {'by' if evidence.is_watched else 'since'} {evidence.config.named(step)}"


def _overshooting(evidence: Evidence) -> str:
    before = evidence.first_right
    once = "" if before is None else f", 4 of 4 at {evidence.config.named(before)}"
    return f"Steps are too large; {evidence.right} of 4 correct now{once}."


def _changed(evidence: Evidence) -> str:
    changes = evidence.changes
    made = changes[0] if len(changes) == 1 else f"{len(changes)} values"
    return f"By hand: {made}; {evidence.right} of 4 correct."


def _oscillating(evidence: Evidence) -> str:
    lowest, highest = evidence.swing or (0.0, 0.0)
    low, high = numerals.real(lowest, 2), numerals.real(highest, 2)
    if evidence.config.batch == "pass" and highest - lowest < VISIBLE_SWING * highest:
        return "The updates of each pass undo one another; lower the rate."
    where = f"near {low}" if low == high else f"between {low} and {high}"
    return f"The loss goes up and down {where}; lower the rate."


def _too_slow(evidence: Evidence) -> str:
    left = evidence.steps_left
    if left is None or not math.isfinite(left):
        return "The loss isn't falling."
    at = "this pace" if evidence.is_own else pace(evidence.config)
    return _capital(f"{about(left, evidence.config.step_word)} to go at {at}")


def _saturated(evidence: Evidence) -> str:
    if rows := evidence.firmly_wrong:
        return f"{_named(rows)} {_be(rows)} far from the target; hardly any gradient is left."
    units = unit_subject(evidence.saturated, len(evidence.saturation))
    return f"{units} {_be(evidence.saturated)} saturated; hardly any gradient is left."


def _diverging(evidence: Evidence) -> str:
    if evidence.is_last:
        word = evidence.config.step_word
        now = "The program then produced" if evidence.is_watched else f"The next {word} gives"
        return f"{now} NaN or infinity."
    if evidence.loss is not None and math.isfinite(evidence.loss):
        return "Weights are beyond a million and still move far."
    return "Some numbers are NaN or infinity."


def _dead(evidence: Evidence) -> str:
    units = unit_subject(evidence.dead, len(evidence.saturation))
    gets = "gets" if len(evidence.dead) == 1 else "get"
    return f"{units} {_be(evidence.dead)} 0 on every row and {gets} no gradient."


def _symmetric(evidence: Evidence) -> str:
    does = "are equal and stay equal" if evidence.are_equal else "hardly differ"
    units = unit_subject(evidence.coinciding[0], len(evidence.saturation))
    return f"{units} {does}, so they act as one."


def _rows(evidence: Evidence) -> str:
    """Return where the rows that are not learned are."""
    pinned, at = evidence.pinned, number_of(evidence.level, evidence.config)
    others = [row for row in COUNTED if row not in pinned]
    nearly = "nearly " * any(evidence.errors[row] >= LEARNED_ERROR for row in others)
    if not others:
        return f"All outputs are near {at}."
    if len(others) == 1:
        return f"{_named(others)} is {nearly}learned, the others answer {at}."
    answers = "answers" if len(pinned) == 1 else "answer"
    return f"{_named(pinned)} {answers} {at}, the others are {nearly}learned."


def _named(rows: tuple[int, ...] | list[int]) -> str:
    return f"Row{'s' * (len(rows) > 1)} {numerals.listed([ROW_NAMES[row] for row in rows])}"


def _be(things: tuple[int, ...] | list[int]) -> str:
    return "is" if len(things) == 1 else "are"


def _capital(text: str) -> str:
    """Return a clause as a sentence; nothing for nothing."""
    return f"{text[0].upper()}{text[1:]}." if text else ""


_STATES: Mapping[str, tuple[str, Callable[[Evidence], str]]] = {
    "learning": ("", _learning),
    UNKNOWN: ("", _learning),
    UNTRAINED: (NOT_TRAINED, lambda _: ""),
    "learned": (LEARNED, _learned),
    "negated": (STUCK, lambda _: "All four outputs are the opposite of their targets."),
    "saturated": (STUCK, _saturated),
    "oscillating": (OSCILLATING, _oscillating),
    "too slow": (PLATEAU, _too_slow),
    "diverging": (DIVERGING, _diverging),
    "dead units": (STUCK, _dead),
    "symmetric units": ("", _symmetric),
    **dict.fromkeys(NAMES, ("", _rows)),
}
"""The word of each state, unless it depends on more, and its sentence."""
_BY_WORD = {OVERSHOOTING: _overshooting, CHANGED: _changed}
"""Sentences that the word decides, whatever the state is."""


def advice_for(state: str, evidence: Evidence) -> tuple[str, ...]:
    """Return changes that the network needs to learn, or to take shorter steps.

    Empty before training, after learning, and if only outputs are known.
    """
    config = evidence.config
    if evidence.loss is None or state in {UNTRAINED, "learned"}:
        return ()
    found = []
    if evidence.limit:
        works = (w for w, new in _WAYS.items() if most_right(replace(config, **new)) == len(ROWS))
        found.append(f"{next(works, 'Use a tanh or linear output')}: {reason_text(config)}.")
    if state in {"oscillating", "diverging"}:
        found.append("Use a smaller rate: shorter updates don't overshoot.")
        if config.momentum and SETTINGS["momentum"].matters(config):
            found.append("Use less momentum: it lengthens every update.")
    elif state == "dead units":
        found.append(
            "Use other weights, or sigmoid or tanh units: a unit that is 0 on every row gets no "
            "gradient."
        )
    elif state == "symmetric units" and evidence.are_equal:
        found.append("Draw the initial weights at random: equal units stay equal.")
    return tuple(found)


_WAYS: dict[str, dict[str, Any]] = {
    "Switch biases on": {"biases": True},
    "Use two hidden units or more": {"width": 2},
    "Use two hidden units or more with biases": {"width": 2, "biases": True},
}
"""What makes more targets possible, the simplest way first."""
