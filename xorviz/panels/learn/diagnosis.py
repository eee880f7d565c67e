"""The panel with the diagnosis in full: state, evidence and advice."""

import re

from PySide6.QtCore import QEvent, QSize, Slot
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence

from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.diagnosis.words import UNTRAINED, evidence_lines
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.ui.chrome.texts import SteadyText, styled
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme

_UNBREAKABLE = (
    re.compile(r"(?<=\b[01]) (?=[01]\b)"),  # the inputs of a row
    re.compile(r"(?<=\d:) | (?=[%±])|(?<=±) |(?<=about) | (?=million)| (?=units)"),
)
_NO_BREAK = "\u00a0"

_HELPS = "The panel What helps tries changes to this network, and shows which of them help."

_LINE_STEP = 24
"""Pixels that an arrow key scrolls."""


@guarded
class DiagnosisView(SnapshotView):
    """The diagnosis as text that can be scrolled, selected and copied."""

    explanation = (
        "Why the network learns, or why it does not: its state, what to try, and the evidence at "
        "one step. The state is found from the weights and the last part of the loss curve; stuck "
        "states are recognised by their outputs, and end with what the panel Curvature says. "
        "Coinciding units have nearly the same incoming weights. A saturated unit is at its lowest "
        "or highest value on nearly every row. Scroll with the arrow keys or the wheel. Select "
        "text with the mouse, or copy all of it with the panel's menu."
    )

    def __init__(self) -> None:
        super().__init__("diagnosis_details")
        self._diagnosis: Diagnosis | None = None
        self._is_shared = False
        """Whether the diagnosis comes from outside, instead of from the snapshots."""
        self._text = SteadyText("diagnosis_text", "Diagnosis in full")
        self._paged = self._text.verticalScrollBar()
        self.setMinimumSize(160, 100)
        column(self, self._text, margins=(8, 4, 4, 4))
        tip = "Copy state, evidence and advice to the clipboard"
        self._option("copy_diagnosis", "Copy the diagnosis as text", tip=tip, slot=self.copy_all)

    @Slot()
    def copy_all(self) -> None:
        """Put the whole text on the clipboard."""
        QGuiApplication.clipboard().setText(self._text.toPlainText())

    def sizeHint(self) -> QSize:
        return QSize(300, 320)

    @Slot(object)
    def show_diagnosis(self, diagnosis: Diagnosis | None) -> None:
        """Show this diagnosis; the view then computes none of its own, which could differ."""
        self._is_shared = True
        self._diagnosis = diagnosis
        self._draw_again()

    def describe(self, snapshot: Snapshot) -> str:
        found = self._diagnosis if self._is_shared else diagnose_seen(snapshot)
        if found is None:
            return self.explanation
        at = "" if found.step is None else f"At step {numerals.whole(found.step)}. "
        tries = " ".join(_tries(found))
        return f"{at}{found.sentence}{' What to try: ' * bool(tries)}{tries}"

    def _draw(self, snapshot: Snapshot) -> None:
        if not self._is_shared:
            self._diagnosis = diagnose_seen(snapshot)
        self._recolour()

    def _draw_nothing(self) -> None:
        self._diagnosis = None
        self._text.write("")

    def _recolour(self) -> None:
        if self._diagnosis is not None:
            self._text.write(page(self._diagnosis, self.theme))

    def _move_cursor(self, dx: int, dy: int) -> None:  # noqa: ARG002
        bar = self._text.verticalScrollBar()
        bar.setValue(bar.value() + dy * _LINE_STEP)

    def _clear_cursor(self) -> None:
        cursor = self._text.textCursor()
        cursor.clearSelection()
        self._text.setTextCursor(cursor)

    def event(self, event: QEvent) -> bool:
        """Handle the copy shortcut before the window does, while text is selected."""
        if event.type() == QEvent.Type.ShortcutOverride and self._is_copy(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_copy(event):
            self._text.copy()
        else:
            super().keyPressEvent(event)

    def _is_copy(self, event: QEvent) -> bool:
        is_key = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy)
        return is_key and self._text.textCursor().hasSelection()


def page(diagnosis: Diagnosis, theme: Theme) -> str:
    """Return a diagnosis as HTML in the colours of a theme."""
    ink = theme.accent if diagnosis.is_good else theme.text
    detail = diagnosis.detail[:1].upper() + diagnosis.detail[1:]
    size = round(QFont().pointSizeF() * 1.3)
    large = f"font-size:{size}pt; font-weight:600; color:{ink}; margin:0"
    headline = _styled("p", large, diagnosis.headline)
    if diagnosis.state == UNTRAINED:
        return headline
    parts = [headline, _styled("p", f"color:{theme.text}; margin:4px 0 0 0", detail)]
    heading = f"color:{theme.text}; font-weight:600; margin:10px 0 4px 0"
    if tries := _tries(diagnosis):
        items = "".join(_styled("li", "margin:0 0 4px 0", text) for text in tries)
        parts.append(_styled("p", heading, "What to try"))
        parts.append(f'<ul style="color:{theme.text}; margin:0 0 0 -24px">{items}</ul>')
    parts.append(_styled("p", heading, "Evidence"))
    parts.append(f'<table cellspacing="0">{_rows(diagnosis, theme)}</table>')
    return "".join(parts)


def _tries(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Return the advice; for a stuck network also where more changes can be tried."""
    return (*diagnosis.advice, _HELPS) if diagnosis.is_stuck else diagnosis.advice


def _rows(diagnosis: Diagnosis, theme: Theme) -> str:
    """Return the evidence as rows of an HTML table: names and findings."""
    lines = evidence_lines(diagnosis.evidence)
    if said := diagnosis.verdict:
        lines = (*lines, ("Curvature", f"{said.kind}. {said.doubt}"))
    if diagnosis.step is not None:
        lines = (("At step", numerals.whole(diagnosis.step)), *lines)
    quiet = f"color:{theme.quiet}; padding:1px 12px 1px 0"
    ink = f"color:{theme.text}; padding:1px 0"
    return "".join(
        f"<tr>{_styled('td', quiet, name.replace(' ', _NO_BREAK))}{_styled('td', ink, found)}</tr>"
        for name, found in lines
    )


def _styled(tag: str, style: str, text: str) -> str:
    return styled(tag, style, _unbroken(text))


def _unbroken(text: str) -> str:
    """Return a text without line breaks in numbers and names of rows."""
    for pattern in _UNBREAKABLE:
        text = pattern.sub(_NO_BREAK, text)
    return text
