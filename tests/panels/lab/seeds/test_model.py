"""The table model of seeds: texts, sorting and updates."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import trained_seeds, with_outcomes
from xorviz.core.diagnosis.stuck_states import ON_THE_FENCE
from xorviz.panels.lab.outcomes import NOT_YET, OUTCOMES, RIGHT
from xorviz.panels.lab.seeds.model import (
    COLUMNS,
    FIRST_LEARNED,
    FIRST_RIGHT,
    NEVER,
    OUTCOME,
    SEED,
    SeedModel,
)

LOSS = 4
DOWN = Qt.SortOrder.DescendingOrder
NAMES = [ON_THE_FENCE, RIGHT, NOT_YET, RIGHT]


@pytest.fixture
def model(qtbot: QtBot) -> SeedModel:
    model = SeedModel()
    model.show_snapshot(with_outcomes(NAMES))
    return model


def texts(model: SeedModel, column: int) -> list[str]:
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_texts_of_rows(model: SeedModel) -> None:
    row = [model.index(1, column).data() for column in range(len(COLUMNS))]
    assert row[:6] == ["1", "right", "20", "40", "0.0004000", "0.1250"]
    assert row[6:] == ["0.01", "0.99", "0.99", "0.01"]
    assert texts(model, FIRST_RIGHT) == [NEVER, "20", "", "40"]


@pytest.mark.parametrize("column", some([FIRST_RIGHT, *range(len(COLUMNS))], 1))
def test_rows_are_sorted_by_any_column(qtbot: QtBot, column: int) -> None:
    model, snapshot = SeedModel(), trained_seeds(seeds=40)
    model.show_snapshot(snapshot)
    values = COLUMNS[column].values(snapshot, range(40))
    for order, sign in ((Qt.SortOrder.AscendingOrder, 1), (DOWN, -1)):
        model.sort(column, order)
        numbers = [model.number_at(row) for row in range(40)]
        assert sorted(n for n in numbers if n is not None) == list(range(40))
        found = [sign * values[n] for n in numbers]
        known = [value for value in found if value == value]  # noqa: PLR0124 (not NaN)
        assert known == sorted(known)
        assert found[: len(known)] == known, "what is not known comes last"


def test_sorting_is_stable(model: SeedModel) -> None:
    model.sort(LOSS)
    assert texts(model, SEED) == ["1", "3", "0", "2"]
    model.sort(LOSS, DOWN)
    assert texts(model, SEED) == ["0", "1", "3", "2"]


def test_rows_and_numbers_are_inverse(model: SeedModel) -> None:
    model.sort(OUTCOME, DOWN)
    assert all(model.row_of(int(text)) == row for row, text in enumerate(texts(model, SEED)))
    assert model.number_at(-1) is None
    assert model.number_at(4) is None


def test_the_header_marks_the_sorted_column(model: SeedModel) -> None:
    headers = Qt.Orientation.Horizontal
    assert model.headerData(SEED, headers) == "seed ▴"
    model.sort(LOSS, DOWN)
    assert model.headerData(SEED, headers) == "seed"
    assert model.headerData(LOSS, headers) == "loss ▾"


def test_persistent_indices_follow_their_networks(model: SeedModel) -> None:
    held = QPersistentModelIndex(model.index(2, LOSS))
    model.sort(LOSS)
    assert (held.row(), held.column()) == (3, LOSS)
    snapshot = with_outcomes([ON_THE_FENCE, RIGHT, RIGHT, RIGHT])
    plan = model._snapshot.plan if model._snapshot else None
    object.__setattr__(snapshot, "plan", plan)  # the same plan
    model.show_snapshot(snapshot)
    assert held.row() == 1
    model.show_snapshot(with_outcomes(NAMES))  # another plan
    assert not held.isValid()


def test_it_passes_qt_s_model_tester(model: SeedModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.sort(LOSS, DOWN)
    model.show_snapshot(with_outcomes([RIGHT]))
    model.show_snapshot(None)
    assert model.rowCount() == 0
    del tester


@pytest.mark.perf
def test_ten_thousand_rows_are_sorted_quickly(qtbot: QtBot) -> None:
    model, snapshot = SeedModel(), with_outcomes([RIGHT, ON_THE_FENCE] * 5000)
    began = time.process_time()
    model.show_snapshot(snapshot)
    model.sort(LOSS)
    assert time.process_time() - began < 0.1
    assert model.rowCount() == 10_000


def test_columns_have_the_values_of_a_snapshot() -> None:
    snapshot = with_outcomes([RIGHT, ON_THE_FENCE, NOT_YET], first_seed=7)
    found = [column.values(snapshot, range(3)) for column in COLUMNS]
    assert found[SEED].tolist() == [7, 8, 9]
    assert [OUTCOMES[int(code)] for code in found[OUTCOME]] == [RIGHT, ON_THE_FENCE, NOT_YET]
    np.testing.assert_array_equal(found[FIRST_RIGHT], [10, np.nan, np.nan])
    np.testing.assert_array_equal(found[FIRST_LEARNED], [20, np.nan, np.nan])
    np.testing.assert_array_equal(found[4], [0.0004, 0.5, np.nan])
    np.testing.assert_array_equal(found[5], [0.125, 0.125, np.nan])


def test_outputs_are_in_display_order() -> None:
    snapshot = with_outcomes([RIGHT])
    headers = [column.header for column in COLUMNS[6:]]
    assert headers == ["y 00", "y 01", "y 10", "y 11"]
    written = [column.write(float(column.values(snapshot, range(1))[0])) for column in COLUMNS[6:]]
    assert written == ["0.01", "0.99", "0.99", "0.01"]
