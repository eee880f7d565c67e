"""The columns of the table of seeds: texts, values to sort by, and marks."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPixmap

from tests.support.cases import some
from tests.support.lab import trained_seeds, with_outcomes
from tests.support.screen import near
from xorviz.core.diagnosis.stuck_states import THREE_ROWS
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.outcomes import NOT_YET, OUTCOMES, RIGHT, color_of
from xorviz.panels.lab.seeds.columns import COLUMNS, NEVER, SeedRows
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

BY_TITLE = {column.title: column for column in COLUMNS}
pytestmark = pytest.mark.usefixtures("qapp")


def networks(snapshot: LabSnapshot) -> SeedRows:
    return SeedRows(snapshot, snapshot.plan.places_of(0))


def keys(rows: SeedRows, title: str) -> list[float]:
    found = BY_TITLE[title].keys
    assert found is not None
    return list(found(rows))


def test_texts_of_networks() -> None:
    rows = networks(with_outcomes([THREE_ROWS, RIGHT, NOT_YET, RIGHT]))
    row = [column.text(rows[1]) for column in COLUMNS]
    assert row[:6] == ["1", "correct", "20", "40", "0.0004000", "0.1250"]
    assert row[6:] == ["0.01", "0.99", "0.99", "0.01"]
    assert [column.title for column in COLUMNS[6:]] == ["y 00", "y 01", "y 10", "y 11"]
    first_right = [BY_TITLE["first correct"].text(rows[number]) for number in range(len(rows))]
    assert first_right == [NEVER, "20", "", "40"], "what may still come is empty"


def test_what_columns_are_sorted_by() -> None:
    rows = networks(with_outcomes([RIGHT, THREE_ROWS, NOT_YET], first_seed=7))
    assert keys(rows, "seed") == [7, 8, 9]
    assert [OUTCOMES[int(code)] for code in keys(rows, "outcome")] == [RIGHT, THREE_ROWS, NOT_YET]
    np.testing.assert_array_equal(keys(rows, "first correct"), [10, np.nan, np.nan])
    np.testing.assert_array_equal(keys(rows, "first learned"), [20, np.nan, np.nan])
    np.testing.assert_array_equal(keys(rows, "loss"), [0.0004, 0.5, np.nan])
    np.testing.assert_array_equal(keys(rows, "gradient"), [0.125, 0.125, np.nan])


def test_one_of_several_recipes_has_its_own_values() -> None:
    snapshot = trained_seeds(seeds=4, steps=50, widths=(1, 3))
    rows = SeedRows(snapshot, snapshot.plan.places_of(1))
    assert keys(rows, "seed") == list(snapshot.plan.seeds)
    assert keys(rows, "loss") == list(snapshot.loss[4:])


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_an_outcome_has_its_mark(theme: Theme) -> None:
    rows = networks(with_outcomes([THREE_ROWS, RIGHT]))
    for number, outcome in enumerate((THREE_ROWS, RIGHT)):
        mark = BY_TITLE["outcome"].looks[Qt.ItemDataRole.DecorationRole](rows[number], theme)
        assert isinstance(mark, QPixmap)
        assert near(mark.toImage(), QColor(color_of(theme, outcome))).mean() > 0.5
