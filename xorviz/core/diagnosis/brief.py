"""A diagnosis in one word and one short sentence, as the state line and Why? say it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import Diagnosis
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.diagnosis.verdict import Kind
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED, about, diverging, unit_subject
from xorviz.core.runs.snapshot import LEARNED_ERROR
from xorviz.core.truth_table import COUNTED, ROW_NAMES

LEARNING, PLATEAU, OVERSHOOTING = "Learning", "Plateau", "Overshooting"
STUCK, LEARNED, DIVERGING = "Stuck", "Learned", "Diverging"
_WORDS = {
    "learned": LEARNED,
    "diverging": DIVERGING,
    "oscillating": OVERSHOOTING,
    "too slow": PLATEAU,
    "saturated": STUCK,
    "dead units": STUCK,
    "negated": STUCK,
}
"""Of states whose word depends on nothing else."""
_LEAD_ON = {Kind.STEEPENING, Kind.SADDLE, Kind.SLOPE, Kind.VALLEY, Kind.STRAIGHT}
"""Places that training leaves."""
_FRACTIONS = {1 / 4: "¼", 1 / 3: "⅓", 1 / 2: "½", 2 / 3: "⅔", 3 / 4: "¾"}


@dataclass(frozen=True, slots=True)
class Brief:
    """A state in one word, and what there is to know of it. A value."""

    word: str
    text: str = ""
    """Short sentences, the most important first."""

    @property
    def head(self) -> str:
        """The word as a sentence of its own."""
        return f"{self.word}."

    @property
    def line(self) -> str:
        """The word and the sentences."""
        return f"{self.head} {self.text}".rstrip()


def brief(found: Diagnosis) -> Brief:
    """Return a diagnosis in short."""
    if found.state == UNTRAINED:
        return Brief(UNTRAINED.capitalize())
    word, evidence = _word(found), found.evidence
    first = _TEXTS.get(found.state, _rows)(evidence)
    first = _overshooting(evidence) if evidence.is_too_steep and word == OVERSHOOTING else first
    limit, _, _ = evidence.limit.partition(":")
    rest = f"{limit[0].upper()}{limit[1:]}." if limit else _outlook(found, word)
    return Brief(word, f"{first} {rest}".rstrip())


def level_text(level: float) -> str:
    """Return the level of a stuck state as a fraction."""
    return _FRACTIONS[level]


def _word(found: Diagnosis) -> str:
    state, evidence = found.state, found.evidence
    if (word := _WORDS.get(state)) is not None:
        return word
    kind = None if found.verdict is None else found.verdict.kind
    if state in {"learning", UNKNOWN}:
        if evidence.is_too_steep:
            return OVERSHOOTING
        return STUCK if kind is Kind.TRAP and not evidence.is_right else LEARNING
    return PLATEAU if kind in _LEAD_ON and not evidence.limit else STUCK


def _outlook(found: Diagnosis, word: str) -> str:
    """Return what comes of a plateau or of a stuck state, as far as that is known."""
    verdict = found.verdict
    if word not in {PLATEAU, STUCK} or found.state not in {*NAMES, "symmetric units", "learning"}:
        return ""
    if word == STUCK:
        is_sure = verdict is not None and verdict.kind is not Kind.SHALLOW
        help_ = "won't help" if is_sure else "hardly help"
        return f"More steps {help_}; a change will."
    if verdict is None or not math.isfinite(verdict.doubling_steps):
        return "The loss can still fall here."
    return f"Training is leaving: its distance doubles in {about(verdict.doubling_steps)}."


def _learned(evidence: Evidence) -> str:
    largest = numerals.real(min(max(evidence.errors), 0.099), 2)  # not rounded up to 0.10
    known = evidence.learned_since is not None
    since = f" {_at(evidence)} {numerals.whole(evidence.learned_since or 0)}" if known else ""
    return f"All four errors are below 0.1{since}; the largest is {largest}."


def _learning(evidence: Evidence) -> str:
    if not evidence.is_right:
        rows, before = _correct(evidence), evidence.first_right
        if before is not None:
            return f"{rows} now; all four were at step {numerals.whole(before)}."
        falls = (evidence.change if evidence.change is not None else evidence.slope or 0.0) < 0
        return f"{rows}; the loss {'is falling' if falls else 'does not fall'}."
    since, first, left = evidence.right_since, evidence.first_right, evidence.steps_left
    again = " again" if since and first is not None and first < since else ""
    known = f"{again} {_at(evidence)} {numerals.whole(since)}" if since else ""
    rest = f"; {about(left)} to go" if left and math.isfinite(left) else ""
    if evidence.learned_later is not None:
        rest = f"; learned from step {numerals.whole(evidence.learned_later)} on"
    return f"All four rows are correct{known}{rest}."


def _at(evidence: Evidence) -> str:
    """Return how a step is named: of a watched run only some are known, so it is a bound."""
    return "since at least step" if evidence.is_watched else "since step"


def _correct(evidence: Evidence) -> str:
    return f"{evidence.right} of 4 rows {'is' if evidence.right == 1 else 'are'} correct"


def _overshooting(evidence: Evidence) -> str:
    before = evidence.first_right
    once = "" if before is None else f", 4 of 4 at step {numerals.whole(before)}"
    return f"The next step is too large. {evidence.right} of 4 correct now{once}."


def _oscillating(evidence: Evidence) -> str:
    low, high = (numerals.real(end, 2) for end in evidence.swing or (0.0, 0.0))
    where = f"near {low}" if low == high else f"between {low} and {high}"
    return f"Steps are too large: the loss goes up and down {where}."


def _too_slow(evidence: Evidence) -> str:
    left = evidence.steps_left
    if left is None or not math.isfinite(left):
        return "The loss does not fall here."
    return f"At this pace it takes {about(left)}."


def _saturated(evidence: Evidence) -> str:
    if rows := evidence.firmly_wrong:
        return f"{_named(rows)} {_be(rows)} far on the wrong side; hardly any gradient is left."
    units = unit_subject(evidence.saturated, len(evidence.saturation))
    return f"{units} {_be(evidence.saturated)} at the bounds; hardly any gradient is left."


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
    pinned, at = evidence.pinned, level_text(evidence.level)
    others = [row for row in COUNTED if row not in pinned]
    nearly = "nearly " if evidence.worst_other >= LEARNED_ERROR else ""
    if not others:
        return f"All outputs are near {at}."
    if len(others) == 1:
        return f"{_named(others)} is {nearly}learned; the others are near {at}."
    return f"{_named(pinned)} {_be(pinned)} near {at}; the others are {nearly}learned."


def _named(rows: tuple[int, ...] | list[int]) -> str:
    return f"Row{'s' * (len(rows) > 1)} {numerals.listed([ROW_NAMES[row] for row in rows])}"


def _be(things: tuple[int, ...] | list[int]) -> str:
    return "is" if len(things) == 1 else "are"


_TEXTS: Mapping[str, Callable[[Evidence], str]] = {
    "learning": _learning,
    UNKNOWN: _learning,
    "learned": _learned,
    "negated": lambda _: "All four outputs are the opposite of their targets.",
    "saturated": _saturated,
    "oscillating": _oscillating,
    "too slow": _too_slow,
    "diverging": lambda found: diverging(found).capitalize(),
    "dead units": _dead,
    "symmetric units": _symmetric,
}
"""Of all states but the stuck ones."""
