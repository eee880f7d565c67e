"""What was found out about a training step, as text."""

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from xorviz.core import numerals
from xorviz.core.check.step_check import CORRECT, FAULTY, Finding, Repair, StepCheck

HEADLINES = {CORRECT: "The step is correct", FAULTY: "The step is faulty"}
_RATE_DIGITS = 4
_UNDECIDED = "It cannot be decided whether the step is correct"


class Inks(NamedTuple):
    """Colours of a page, as #RRGGBB."""

    text: str
    wrong: str
    right: str


def headline(check: StepCheck) -> str:
    """Return the verdict in a few words."""
    return HEADLINES.get(check.verdict, _UNDECIDED)


def first_wrong(check: StepCheck) -> str | None:
    """Return the first array that is not explained by a correct step, if there is one."""
    faults = (name for name, finding in check.arrays.items() if finding.is_fault)
    others = (name for name, finding in check.arrays.items() if finding.name != CORRECT)
    return next(faults, None) or next(others, None)


def finding_text(array: str, finding: Finding) -> str:
    """Return what explains the change of an array: w1: hidden slope left out, at rate 0.5."""
    rate = "" if finding.rate is None else f", at rate {_rate_text(finding.rate)}"
    return f"{array}: {finding.name}{rate}"


def _rate_text(rate: float) -> str:
    return f"{rate:.{_RATE_DIGITS}g}".replace("-", numerals.MINUS)


def repairs_of(check: StepCheck, array: str | None) -> tuple[Repair, ...]:
    """Return the repairs of an array; all without one."""
    return tuple(one for one in check.repairs if array is None or array in one.arrays)


def verdict_html(check: StepCheck, inks: Inks) -> str:
    """Return the verdict and its sentence."""
    ink = inks.right if check.verdict == CORRECT else inks.text
    large = f"color:{ink}; font-size:large; font-weight:600; margin:0"
    return _styled("p", large, headline(check)) + _paragraph(check.sentence, inks)


def repairs_html(repairs: Iterable[Repair], inks: Inks) -> str:
    """Return wrong lines with the right ones below, as formulas and in NumPy.

    The faults are named if there are several; one alone is what the verdict's sentence names.
    """
    repairs = tuple(repairs)
    return "".join(_repair(one, inks, len(repairs) > 1) for one in repairs)


def notes_html(notes: Iterable[str], inks: Inks) -> str:
    """Return a paragraph for each note."""
    return "".join(_paragraph(note, inks) for note in notes)


def _repair(repair: Repair, inks: Inks, is_titled: bool) -> str:
    wrong = "Wrong", inks.wrong, repair.wrong, repair.wrong_code
    right = "Right", inks.right, repair.right, repair.right_code
    rows = "".join(_line(*side) for side in (wrong, right))
    table = f'<table cellspacing="0" style="margin:4px 0 0 0">{rows}</table>'
    head, _, rest = repair.says.partition(". ")
    title = _styled("p", f"color:{inks.text}; font-weight:600; margin:8px 0 0 0", f"{head}.")
    return f"{title * is_titled}{table}{_paragraph(rest, inks)}"


def _line(name: str, ink: str, formula: str, code: str) -> str:
    label = _styled("td", f"color:{ink}; font-weight:600; padding:2px 12px 2px 0", name)
    mathematics = _styled("p", f"color:{ink}; margin:0", formula)
    numpy = _styled("p", f"color:{ink}; margin:0; font-family:monospace", code)
    return f'<tr>{label}<td style="padding:2px 0">{mathematics}{numpy}</td></tr>'


def _paragraph(text: str, inks: Inks) -> str:
    return _styled("p", f"color:{inks.text}; margin:4px 0 0 0", text)


def _styled(tag: str, style: str, text: str) -> str:
    # Without pre-wrap, Qt's HTML turns thin spaces into plain, breakable ones.
    return f'<{tag} style="{style}; white-space:pre-wrap">{escape(text)}</{tag}>'
