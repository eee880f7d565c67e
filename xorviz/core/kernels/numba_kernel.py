"""The compiled kernel: millions of steps a second, with the GIL released.

Results are the same on every machine bit for bit, compiled or not.
"""

import numpy as np

from xorviz.core.arrays import Array, Steps
from xorviz.core.kernels import loops
from xorviz.core.kernels.compiler import Arrays, Notify, compiled, is_compiled
from xorviz.core.kernels.kernel import Kernel, Taken
from xorviz.core.network import LOSSES, Weights
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig

LANES = 4
"""Units side by side."""
BLOCK = 131_072
"""Steps of one call: at width 3 ten milliseconds. Shorter ones would acquire the GIL more often."""


class NumbaKernel(Kernel):
    """Training state in the memory that the loops work on, copied from and to the parameters."""

    block = BLOCK
    frees_the_lock = True

    def __init__(self, config: RunConfig, weights: Weights) -> None:
        super().__init__(config, weights)
        self._velocity = self._state[1]
        self._whole = np.array([0, *integers_of(config)], dtype=np.int64)
        self._real = np.array([LOSSES[config.loss].scale, 0.0, 0.0])
        self._memory, self._places = _memory_for(config)
        self._here, self._results = _results(0), _results(BLOCK)
        self.configure(config)

    def configure(self, config: RunConfig) -> None:
        """Use these settings from the next step on. Only live ones may differ from before."""
        self._real[1:] = config.rate, config.momentum

    def settle(self) -> Taken:
        """Recompute the responses from the parameters; return the results as of one step."""
        with np.errstate(all="ignore"):
            self._train(_fast() if is_ready() else loops.train_one, 0, self._here)
        losses, outputs, worst, _ = self._here
        return Taken(losses, outputs.reshape(1, 4), worst, np.array([np.nan]))

    def _run(self, n: int, number: int) -> Taken:  # noqa: ARG002
        self._train(_fast(), n, self._results)
        losses, outputs, worst, norms = self._results
        after = slice(1, n + 1)
        return Taken(losses[after], outputs.reshape(-1, 4)[after], worst[after], norms[after])

    def _train(self, train: Arrays, n: int, results: tuple[Array, ...]) -> None:
        """Take n steps; index 0 of the results is the state before them."""
        self._whole[0] = n
        weights, velocities = self._places, self._places + loops.VELOCITY * LANES
        self._memory[weights], self._memory[velocities] = self.parameters, self._velocity
        train(self._whole, self._real, self._memory, *results)
        self.parameters[:], self._velocity[:] = self._memory[weights], self._memory[velocities]

    def _finite_steps(self, taken: Taken) -> int:
        finite = np.isfinite(taken.losses)
        return len(taken) if finite.all() else int(np.argmin(finite))


def prepare(notify: Notify = lambda: None) -> None:
    """Load the loops, or compile them, which takes seconds and begins with notify.

    Raises KernelError if Numba is missing or broken.
    """
    compiled(loops.train_one, loops.PARTS, notify)


def is_ready() -> bool:
    """Return whether the loops are compiled."""
    return is_compiled(loops.train_one)


def integers_of(config: RunConfig) -> tuple[int, int, int, int]:
    """Return the settings that loops.Recipe begins with."""
    activation, is_square = ACTIVATION_NAMES.index(config.activation), LOSSES[config.loss].is_square
    return config.width, activation, int(config.biases), int(is_square)


def fields_of(config: RunConfig) -> tuple[int, ...]:
    """Return the rows of a block that hold weights, in the order of core/network.py."""
    return (loops.W1_X1, loops.W1_X2, *([loops.B1] if config.biases else ()), loops.W2)


def _memory_for(config: RunConfig) -> tuple[Array, Steps]:
    """Return memory for a network without its weights, and the places (P,) of these."""
    blocks, units = -(-config.width // LANES), np.arange(config.width)
    first = blocks * loops.FIELDS
    rows = np.zeros((first + loops.OUTPUT_FIELDS, LANES))
    rows[first + loops.TARGETS] = config.targets
    unit_rows, lane = np.divmod(units, LANES)
    rows[unit_rows * loops.FIELDS + loops.EXISTS, lane] = 1
    places = [(unit_rows * loops.FIELDS + field) * LANES + lane for field in fields_of(config)]
    bias = [[(first + loops.B2) * LANES]] if config.biases else []
    return rows.ravel(), np.concatenate([*places, *bias])


def _results(steps: int) -> tuple[Array, ...]:
    """Return room for the losses, outputs, largest errors and norms of so many steps, flat."""
    rows = steps + 1
    return np.empty(rows), np.empty(4 * rows), np.empty(rows), np.empty(rows)


def _fast() -> Arrays:
    return compiled(loops.train_one, loops.PARTS)
