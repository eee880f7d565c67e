"""Losses on planes, and the path of training in them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.snapshots import QUICK, trained, with_weights
from xorviz.core.analysis.landscape import LARGEST_LOSS, Landscape, LandscapeQuestion, extent
from xorviz.core.analysis.planes import PlaneKind
from xorviz.core.network import flat, loss, weights_of
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig

KINDS = list(PlaneKind)
PAIR = (6, 7)


def recorded(config: RunConfig = QUICK, steps: int = 300) -> Snapshot:
    run = Recording(config)
    run.advance(steps)
    return run.snapshot()


def asked(snapshot: Snapshot, kind: PlaneKind) -> Landscape:
    return LandscapeQuestion(snapshot, kind, PAIR).answer()


@pytest.mark.parametrize(
    ("points", "step", "is_line"), [(1, 0, True), (3, 2, True), (3, 60, False), (10, 60_000, True)]
)
def test_a_line_needs_every_step_or_many(points: int, step: int, is_line: bool) -> None:
    landscape = asked(trained(QUICK), PlaneKind.WEIGHTS)
    assert replace(landscape, path=np.zeros((points, 2)), step=step).is_line == is_line


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("function", ["sse", "cross-entropy"])
def test_losses_are_those_of_the_networks_on_the_plane(kind: PlaneKind, function: str) -> None:
    config = replace(QUICK, loss=function)
    snapshot = recorded(config)
    landscape = asked(snapshot, kind)
    plane = landscape.plane
    for i, j in np.random.RandomState(0).randint(0, len(landscape.xs), (20, 2)):
        x, y = float(landscape.xs[j]), float(landscape.ys[i])
        network = plane.origin + x * plane.directions[0] + y * plane.directions[1]
        expected = float(loss(weights_of(network, config), config))
        assert landscape.losses[i, j] == pytest.approx(expected)
        assert landscape.loss_at(x, y) == pytest.approx(expected)
    assert landscape.loss == snapshot.loss
    assert landscape.loss_at(*landscape.point) == pytest.approx(snapshot.loss)
    ends = [*landscape.xs[[0, -1]], *landscape.ys[[0, -1]]]
    if kind is PlaneKind.CURVATURE:
        assert ends == [-3, 3, -3, 3]
        nearer = LandscapeQuestion(snapshot, kind, PAIR, zoom=1).answer()
        assert nearer.xs[[0, -1]].tolist() == [-1.5, 1.5]
    else:  # the whole path is within
        for along, low, high in zip(landscape.path.T, ends[::2], ends[1::2], strict=True):
            assert low < along.min() <= along.max() < high


def test_the_path_ends_at_the_shown_step() -> None:
    run = Recording(QUICK)
    run.advance(300)
    snapshot = run.state_at(100)
    landscape = asked(snapshot, PlaneKind.PATH)
    before = sum(c.step < 100 for c in snapshot.record.checkpoints)
    assert len(landscape.path) == before + 1
    shown = landscape.plane.networks(landscape.path[-1:])[0]
    np.testing.assert_allclose(shown, flat(snapshot.weights), rtol=1e-12)


def test_without_checkpoints_the_path_is_the_shown_network() -> None:
    snapshot = trained(QUICK)
    bare = replace(snapshot, record=replace(snapshot.record, checkpoints=()))
    landscape = asked(bare, PlaneKind.PATH)
    assert landscape.path.tolist() == [[0, 0]]
    assert landscape.share is None
    assert landscape.plane.note


def test_wide_networks_get_a_coarser_grid() -> None:
    for width, side in ((3, 101), (32, 101), (64, 71)):
        landscape = asked(recorded(RunConfig(width=width), 20), PlaneKind.PATH)
        assert landscape.losses.shape == (side, side)


def test_the_extent_is_round_and_changes_in_jumps() -> None:
    assert extent(np.array([0.4, -0.3]), 10.0) == (-6, 6)
    reached = {extent(np.array([0.0, end]), 10.0) for end in np.linspace(0, 8, 400)}
    assert len(reached) <= 8


@given(st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=5), st.integers(-4, 8))
def test_the_extent_is_around_the_shown_network(along: list[float], zoom: int) -> None:
    low, high = extent(np.array(along), 1.0, zoom)
    assert low < high
    assert low <= along[-1] <= high
    if zoom == 0:
        assert low <= min(along) <= max(along) <= high


def test_each_zoom_halves_the_sides() -> None:
    along = np.array([0.0, 3.3])
    sides = [high - low for low, high in (extent(along, 1.0, zoom) for zoom in (-1, 0, 1, 2))]
    assert sides == pytest.approx([sides[1] * factor for factor in (2, 1, 1 / 2, 1 / 4)])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fill", [0.0, 1e6, 1e80, 1e307, -1e155, -1e307])
@pytest.mark.parametrize("of", [{"loss": "cross-entropy"}, {"output": "linear"}])
def test_any_weights_give_finite_losses_without_a_warning(
    kind: PlaneKind, fill: float, of: dict[str, str]
) -> None:
    activation = {0.0: "sigmoid", 1e6: "tanh"}.get(fill, "relu")
    config = replace(RunConfig(activation=activation, biases=True), **of)  # type: ignore[arg-type]
    landscape = asked(with_weights(config, fill), kind)
    assert np.isfinite(landscape.losses).all()
    assert 0 <= landscape.losses.min() <= landscape.losses.max() <= LARGEST_LOSS
