"""The panels of the registry in tests: each on a page, with something to show."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.support.lab import RECIPE, trained_snapshot
from tests.support.page import Page
from tests.support.snapshots import QUICK
from tests.support.toy_panel import TOY
from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.network import flat
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import LEARNED_ERROR
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.map import MapPlan
from xorviz.panels import registry
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.view import View
from xorviz.panels.inside.outputs_plot import norm_of
from xorviz.panels.lab.lab_map import LabMap
from xorviz.panels.lab.lab_view import LabView
from xorviz.panels.registry import PanelEntry
from xorviz.ui.theme.palette import LIGHT, Theme

ENTRIES = (*registry.PANELS, TOY)
"""All panels, and one that a test adds to the registry."""
OF_SNAPSHOTS = tuple(entry for entry in ENTRIES if issubclass(entry.kind, SnapshotView))
RATES = tuple(n / 10 for n in range(1, 11))
MAP = MapPlan(
    RECIPE, seeds=3, steps=30, across_values=RATES, up_values=(2, 3, 4, 5), with_biases=True
)
"""A map of two blocks, whose numbers do not fit into a small panel."""


def each(entries: Iterable[PanelEntry]) -> pytest.MarkDecorator:
    """Repeat a test for each of these panels."""
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: entry.name)


def made(entry: PanelEntry, theme: Theme = LIGHT) -> Any:
    """Return a new view, coloured as the window does before it shows anything."""
    view = entry.kind()
    view.apply_theme(theme)
    return view


def sheet_of(
    qtbot: QtBot,
    entry: PanelEntry,
    theme: Theme = LIGHT,
    width: int = 3,
    size: tuple[int, int] = (360, 320),
) -> Page[Any]:
    """Return the page of a panel that shows a short run at a past step, or trained networks.

    The units that it requests are chosen, and those that it points at highlighted, as in the
    window.
    """
    page = Page(qtbot, entry.kind(), size=size, theme=theme)
    fill(page.view, width)
    if isinstance(page.view, SnapshotView):
        page.host()
    return page


@cache
def networks() -> LabSnapshot:
    """Return the trained networks of the map."""
    return trained_snapshot(MAP.plan)


def fill(view: View, width: int = 3) -> None:
    """Give a view what it shows."""
    if isinstance(view, LabView):
        view.show_snapshot(networks(), MAP if isinstance(view, LabMap) else 0)
    elif isinstance(view, SnapshotView):
        run = Recording(replace(QUICK, width=width))
        run.advance(12)
        view.show_snapshot(run.state_at(8))


NUMBER = re.compile(rf"(?<![\w.]){numerals.MINUS}?\d+\.\d+(?![\d·]| %)")


def numbers_in(text: str) -> set[str]:
    """Return the numbers with decimals in a text."""
    return set(NUMBER.findall(text))


def numbers_of(view: View) -> set[str]:
    """Return the numbers of a view's table, and of the snapshot shown, in all their roundings."""
    _, rows = view.table() or ((), ())
    numbers = [cell for row in rows for cell in row if isinstance(cell, float | int)]
    if isinstance(view, SnapshotView) and (shown := view._snapshot) is not None:
        told = diagnose_seen(shown).evidence
        numbers += [shown.loss, norm_of(shown.gradient), LEARNED_ERROR, max(told.errors)]
        numbers += np.abs(shown.errors).tolist()
        numbers += [*shown.outputs.tolist(), *flat(shown.weights).tolist()]
    texts = {numerals.fixed(number, digits) for number in numbers for digits in (1, 2, 3, 4)}
    return texts | {numerals.real(number, digits) for number in numbers for digits in (2, 3, 4, 6)}
