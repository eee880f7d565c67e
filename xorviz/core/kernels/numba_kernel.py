"""The compiled kernel: millions of steps a second, with the GIL released.

Results are the same on every machine bit for bit, compiled or not.
"""

from collections.abc import Callable

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.config import ACTIVATION_NAMES, RunConfig
from xorviz.core.kernels import loops
from xorviz.core.kernels.compiler import NUMBA, compiled
from xorviz.core.kernels.kernel import Kernel, Taken
from xorviz.core.network import Weights

BLOCK = 32_768
"""Steps of one call: a few milliseconds. Shorter calls would acquire the GIL more often."""

_LOSS_SCALE = {"sse": 1.0, "mse": 1 / 4, "half-mse": 1 / 8, "cross-entropy": 1.0}

_is_ready = False


class NumbaKernel(Kernel):
    """Training state in the arrays of loops.py."""

    name = NUMBA
    block = BLOCK
    frees_the_lock = True

    def __init__(self, config: RunConfig, weights: Weights) -> None:
        super().__init__(config, weights)
        self._recipe = recipe_of(config)
        self._now = networks(
            self.parameters.reshape(-1, 1),
            self._velocity.reshape(-1, 1),
            np.array(config.targets, dtype=float).reshape(-1, 1),
            config.width,
        )
        self._here, self._block = buffers(0, 1), buffers(BLOCK, 1)
        self.configure(config.rate, config.momentum)

    def configure(self, rate: float, momentum: float) -> None:
        """Use this learning rate and this momentum from the next step on."""
        self._now.rates[:], self._now.momenta[:] = rate, momentum

    def settle(self) -> Taken:
        """Recompute the responses from the parameters; return the results as of one step."""
        train = _fast() if _is_ready else loops.train_one
        with np.errstate(all="ignore"):
            train(self._recipe, self._now, self._here, 0)
        self._here.norms[:] = np.nan
        return Taken(*(array[..., 0] for array in self._here))

    def _run(self, n: int) -> Taken:
        _fast()(self._recipe, self._now, self._block, n)
        return Taken(*(array[1 : n + 1, ..., 0] for array in self._block))

    def _finite_steps(self, taken: Taken) -> int:
        finite = np.isfinite(taken.losses)
        return len(taken) if finite.all() else int(np.argmin(finite))


def prepare() -> None:
    """Compile the loops, which takes seconds, or load them from the cache.

    Raises KernelError if Numba is missing or broken.
    """
    global _is_ready  # noqa: PLW0603 (compiled functions belong to the process too)
    now = networks(np.zeros((3, 1)), np.zeros((3, 1)), np.zeros((4, 1)), 1)
    now.rates[:] = now.momenta[:] = 0.0
    _fast()(recipe_of(RunConfig(width=1)), now, buffers(0, 1), 0)
    _is_ready = True


def is_ready() -> bool:
    """Return whether the loops are compiled."""
    return _is_ready


def recipe_of(config: RunConfig) -> loops.Recipe:
    """Return the settings that the loops need."""
    return loops.Recipe(
        config.width,
        ACTIVATION_NAMES.index(config.activation),
        int(config.biases),
        config.loss != "cross-entropy",
        _LOSS_SCALE[config.loss],
    )


def networks(parameters: Array, velocity: Array, targets: Array, width: int) -> loops.Networks:
    """Return networks with parameters (P, N), velocity (P, N) and targets (4, N)."""
    count = parameters.shape[1]
    return loops.Networks(
        parameters,
        velocity,
        targets,
        rates=np.empty(count),
        momenta=np.empty(count),
        hidden=np.empty((width, 4, count)),
        passed_back=np.empty((width, 4, count)),
        logits=np.empty((4, count)),
        slopes=np.empty((4, count)),
    )


def buffers(steps: int, count: int) -> loops.Results:
    """Return empty results of a number of steps, and of the state before, for count networks."""
    rows = steps + 1
    return loops.Results(
        losses=np.empty((rows, count)),
        outputs=np.empty((rows, 4, count)),
        worst=np.empty((rows, count)),
        norms=np.empty((rows, count)),
    )


def _fast() -> Callable[..., None]:
    return compiled(loops.train_one, loops.INLINED)
