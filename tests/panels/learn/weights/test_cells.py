"""The cells of a network's numbers: order, names and units."""

from dataclasses import replace

from tests.support.snapshots import trained
from xorviz.core.runs.record import checked_intervention
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.weights.cells import cells

BIASED = RunConfig(width=3, biases=True)


def test_cells_are_in_order_with_exact_values() -> None:
    weights = trained(RunConfig(width=2)).weights
    assert [(c.name, c.row, c.column) for c in cells(weights)] == [
        ("w1[x1→h1]", 0, 0),
        ("w1[x1→h2]", 0, 1),
        ("w1[x2→h1]", 1, 0),
        ("w1[x2→h2]", 1, 1),
        ("w2[h1→o]", 2, 0),
        ("w2[h2→o]", 2, 1),
    ]

    weights = trained(replace(BIASED, width=2)).weights
    assert [(c.name, c.row, c.column) for c in cells(weights)] == [
        ("w1[x1→h1]", 0, 0),
        ("w1[x1→h2]", 0, 1),
        ("w1[x2→h1]", 1, 0),
        ("w1[x2→h2]", 1, 1),
        ("b1[h1]", 2, 0),
        ("b1[h2]", 2, 1),
        ("w2[h1→o]", 3, 0),
        ("w2[h2→o]", 3, 1),
        ("b2", 3, 2),
    ]

    weights = trained(BIASED, 10).weights
    assert weights.b1 is not None
    assert weights.b2 is not None
    expected = [*weights.w1[0], *weights.w1[1], *weights.b1, *weights.w2[:, 0], *weights.b2]
    assert [cell.value for cell in cells(weights)] == expected


def test_every_number_has_a_cell_with_its_field_and_index() -> None:
    for biases in [False, True]:
        for width in [1, 64]:
            weights = trained(RunConfig(width=width, biases=biases)).weights
            laid = cells(weights)
            assert len(laid) == sum(array.size for array in weights.arrays())
            assert len({(cell.row, cell.column) for cell in laid}) == len(laid)
            assert len({cell.name for cell in laid}) == len(laid)

    for biases in [False, True]:
        for width in [1, 3, 64]:
            config = RunConfig(width=width, biases=biases)
            weights = trained(config, 3).weights
            for cell in cells(weights):
                assert getattr(weights, cell.field)[cell.index] == cell.value
                made = checked_intervention(config, 3, cell.field, 0.5, cell.index)
                assert made.name == cell.name


def test_a_cell_has_its_hidden_unit() -> None:
    for biases in [False, True]:
        weights = trained(replace(BIASED, biases=biases)).weights
        units = {cell.name: cell.unit for cell in cells(weights)}
        own = [name for name, unit in units.items() if unit == 1]
        b1 = ["b1[h2]"] if biases else []
        assert own == ["w1[x1→h2]", "w1[x2→h2]", *b1, "w2[h2→o]"]
        assert [name for name, unit in units.items() if unit is None] == (["b2"] if biases else [])
