"""The states of two thousand networks, against independent definitions.

Seeds 0 to 499 at width 2 and 3, without and with biases, at rate 0.5 for 20,000 steps. The
networks are trained by a loop that shares no code with the package.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest

from tests.support.commands import ROOT
from tests.support.reference import XOR, Networks
from xorviz.core.arrays import Array
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.network import Weights
from xorviz.core.settings import RunConfig

SEEDS, STEPS, RATE = range(500), 20_000, 0.5
RIGHT_COUNTS = {(2, False): 126, (2, True): 422, (3, False): 425, (3, True): 494}
"""Published shares of 500: 25.2, 84.4, 85.0 and 98.8 %."""
NEAR = 0.2


@dataclass(frozen=True)
class Seen:
    """One of the trained networks and its diagnosis."""

    outputs: Array
    slope: float
    diagnosis: Diagnosis

    @property
    def worst(self) -> float:
        return float(np.abs(self.outputs - XOR).max())

    @property
    def steps_left(self) -> float:
        """Steps to loss 0 at the present slope."""
        return float(((self.outputs - XOR) ** 2).sum()) / -self.slope

    def averages(self, count: int) -> bool:
        """Return whether count rows are near the mean of their targets and the others learned."""
        for rows in combinations(range(4), count):
            wanted = np.array(XOR, dtype=float)
            wanted[list(rows)] = wanted[list(rows)].mean() if count > 1 else 0.5
            if np.abs(self.outputs - wanted).max() <= NEAR:
                return True
        return False


def seen(width: int, biases: bool) -> list[Seen]:
    networks = Networks.drawn(width, biases, SEEDS)
    networks.train(RATE, STEPS - 100)
    before = losses(networks)
    networks.train(RATE, 100)
    slopes = (losses(networks) - before) / 100
    config = RunConfig(width=width, biases=biases, rate=RATE)
    outputs, found = networks.outputs()[1], []
    for i in SEEDS:
        w1, w2 = networks.w1[:, :, i], networks.w2[:, i, np.newaxis]
        b1, b2 = (networks.b1[:, i], networks.b2[i : i + 1]) if biases else (None, None)
        told = diagnose(Weights(w1, b1, w2, b2), config, None, STEPS)
        found.append(Seen(outputs[:, i], float(slopes[i]), told))
    return found


def losses(networks: Networks) -> Array:
    errors = networks.outputs()[1] - np.array(XOR)[:, np.newaxis]
    return np.asarray((errors**2).sum(axis=0))


MEANINGS: dict[str, Callable[[Seen], bool]] = {
    "no row learned": lambda network: network.averages(4),
    "one row learned": lambda network: network.averages(3),
    "two rows learned": lambda network: network.averages(2),
    "three rows learned": lambda network: network.averages(1),
    "too slow": lambda network: network.steps_left > 5 * STEPS,
    "learned": lambda network: network.worst < 0.1,
    "learning": lambda network: network.steps_left < 2 * STEPS,
}


COUNTS = {
    (2, False): {
        "learned": 126,
        "three rows learned": 136,
        "one row learned": 120,
        "two rows learned": 108,
        "no row learned": 10,
    },
    (2, True): {"learned": 422, "two rows learned": 68, "one row learned": 10},
    (3, False): {"learned": 412, "three rows learned": 82, "two rows learned": 6},
    (3, True): {"learned": 494, "two rows learned": 6},
}
"""As in the table of the guide."""


def test_the_guide_shows_these_counts() -> None:
    guide = (ROOT / "resources" / "guide.md").read_text(encoding="utf-8")
    for (width, biases), counts in COUNTS.items():
        right = RIGHT_COUNTS[width, biases]
        line = f"\n| {width}, {'on' if biases else 'off'} | {right} ({right / 5:.1f} ± "
        cells = guide.partition(line)[2].partition("\n")[0].split("|")[1:-1]
        assert list(map(int, cells)) == [counts.get(name, 0) for name in ("learned", *NAMES[::-1])]


@pytest.mark.thorough
@pytest.mark.parametrize(("width", "biases"), [(2, False)])
def test_every_network_has_a_state_that_fits_its_outputs(width: int, biases: bool) -> None:
    networks = seen(width, biases)
    assert sum(network.worst < 0.5 for network in networks) == RIGHT_COUNTS[width, biases]
    misnamed = [
        (seed, network.outputs.round(3).tolist(), network.diagnosis.sentence)
        for seed, network in enumerate(networks)
        if not MEANINGS[network.diagnosis.state](network)
    ]
    assert misnamed == []
    assert not [n for n in networks if n.worst >= 0.5 and n.diagnosis.is_good]
    counts = Counter(network.diagnosis.state for network in networks)
    assert dict(counts) == COUNTS[width, biases]
