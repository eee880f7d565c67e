"""The compiled kernel: millions of steps a second, with the GIL released.

Results are the same on every machine bit for bit, compiled or not.
"""

import numpy as np

from xorviz.core.arrays import Array, Steps
from xorviz.core.kernels import loops
from xorviz.core.kernels.compiler import Arrays, Notify, compiled, is_compiled
from xorviz.core.kernels.kernel import Kernel, Taken
from xorviz.core.network import LOSSES, Weights, head_of, inputs
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.steps import BETAS, PACE, memory_sizes, orders
from xorviz.core.truth_table import ORDERS

LANES = 4
"""Units side by side."""
BLOCK = 32_768
"""Steps of one call: at width 3 three milliseconds. Shorter ones would acquire the GIL more often,
and longer ones were measured to be no faster, but take as much more memory."""


class NumbaKernel(Kernel):
    """Training state in the memory that the loops work on, copied from and to the parameters."""

    block = BLOCK
    frees_the_lock = True

    def __init__(self, config: RunConfig, weights: Weights) -> None:
        super().__init__(config, weights)
        self._memory, self._places = _memory_for(config)
        whole, self._real = numbers_of(config, self._memory.size // LANES // 2)
        self._whole = np.array([*whole, 0, *np.ravel(ORDERS)], dtype=np.int64)
        self._results = tuple(np.empty(size * (BLOCK + 1)) for size in (1, 4, 1, 1))
        """Losses, outputs, largest errors and norms, flat, beginning with those before a call."""
        self.configure(config)

    def configure(self, config: RunConfig) -> None:
        """Use these settings from the next step on. Only live ones may differ from before."""
        rows = self._memory.reshape(2, -1, LANES)[0, -loops.OUTPUT_FIELDS :]
        for name in PACE:
            rows[loops.PACE_ROWS[name]] = getattr(config, name)

    def settle(self) -> Taken:
        """Recompute the responses from the parameters; return the results as of one step."""
        with np.errstate(all="ignore"):
            self._train(
                fast() if is_compiled(loops.train_one) else loops.train_one, 0, 1, self._results
            )
        losses, outputs, worst, _ = self._results
        return Taken(losses[:1], outputs[np.newaxis, :4], worst[:1], np.array([np.nan]))

    def _run(self, n: int, number: int) -> Taken:
        self._train(fast(), n, number, self._results)
        losses, outputs, worst, norms = self._results
        after = slice(1, n + 1)
        return Taken(losses[after], outputs.reshape(-1, 4)[after], worst[after], norms[:n])

    def _train(self, train: Arrays, n: int, number: int, results: tuple[Array, ...]) -> None:
        """Take n steps, of which the first has this number; index 0 is the state before them."""
        self._whole[loops.WHOLE] = n
        is_full = self._config.batch == "full"
        order = np.empty(0, dtype=np.int64) if is_full else orders(self._config, number, n + 1)
        for places, numbers in zip(self._places, self._state, strict=True):
            self._memory[places] = numbers
        train(self._whole, self._real, order, self._memory, *results)
        for places, numbers in zip(self._places, self._state, strict=True):
            numbers[:] = self._memory[places]


def fast(notify: Notify = lambda: None) -> Arrays:
    """Return the compiled loops; to compile them takes seconds and begins with notify.

    Raises KernelError if Numba is missing or broken.
    """
    return compiled(loops.train_one, loops.PARTS, notify)


def numbers_of(config: RunConfig, rows: int) -> tuple[list[int], Array]:
    """Return the numbers of loops.Recipe for halves of so many rows: whole ones, then others."""
    units = ACTIVATION_NAMES.index(config.activation), _OUTPUTS.index(config.output)
    loss, coding = LOSSES[config.loss], head_of(config).coding
    is_signed, is_pass = config.coding == "plus-minus", config.batch != "full"
    switches = config.biases, loss.is_square, is_signed, is_pass
    second = loops.FIRST_MOMENT + rows if config.optimizer == "adam" else 0
    whole = [config.width, *units, *map(int, switches), second]
    return whole, np.array([loss.scale, loss.scale_of(1), 1 / (coding.high - coding.low)])


_OUTPUTS = ("sigmoid", "tanh", "", "linear")
"""Names of output units, where loops.py has their numbers."""


def fields_of(config: RunConfig) -> tuple[int, ...]:
    """Return the rows of a block that hold weights, in the order of core/network.py."""
    return (loops.W1_X1, loops.W1_X2, *([loops.B1] if config.biases else ()), loops.W2)


def places_of(
    config: RunConfig, weights: Steps, decays: Steps, rows: int, lanes: int = 1
) -> list[Steps]:
    """Return where the arrays of a state are, for halves of so many rows with so many lanes."""
    first = weights + loops.FIRST_MOMENT * lanes  # or of the velocity, which is in its place
    places = [weights, first, first + rows * lanes, decays]
    return places[: 1 + len(memory_sizes(config))]


def _memory_for(config: RunConfig) -> tuple[Array, list[Steps]]:
    """Return memory for a network without its state, and the places of the state's arrays."""
    blocks, units = -(-config.width // LANES), np.arange(config.width)
    first = blocks * loops.FIELDS
    rows = np.zeros((first + loops.OUTPUT_FIELDS, LANES))
    rows[first + loops.X1], rows[first + loops.X2] = inputs(config).T
    rows[first + loops.TARGETS] = head_of(config).coding.value(np.array(config.targets))
    unit_rows, lane = np.divmod(units, LANES)
    rows[unit_rows * loops.FIELDS + loops.EXISTS, lane] = 1
    places = [(unit_rows * loops.FIELDS + field) * LANES + lane for field in fields_of(config)]
    bias = [[(first + loops.B2) * LANES]] if config.biases else []
    decays = (first + loops.DECAYS + np.arange(len(BETAS))) * LANES
    return np.tile(rows.ravel(), 2), places_of(
        config, np.concatenate([*places, *bias]), decays, len(rows), LANES
    )
