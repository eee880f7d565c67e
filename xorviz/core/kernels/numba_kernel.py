"""The compiled kernel: millions of steps a second, with the GIL released.

Results are the same on every machine bit for bit, compiled or not.
"""

from collections.abc import Callable

import numpy as np

from xorviz.core.config import ACTIVATION_NAMES, RunConfig
from xorviz.core.kernels import loops
from xorviz.core.kernels.compiler import compiled
from xorviz.core.kernels.kernel import Kernel, Taken
from xorviz.core.network import LOSSES, Weights, parameter_count

BLOCK = 32_768
"""Steps of one call: a few milliseconds. Shorter calls would acquire the GIL more often."""

_is_ready = False


class NumbaKernel(Kernel):
    """Training state in the arrays of loops.py."""

    block = BLOCK
    frees_the_lock = True

    def __init__(self, config: RunConfig, weights: Weights) -> None:
        super().__init__(config, weights)
        self._recipe = recipe_of(config)
        self._now = networks(config, 1)._replace(
            parameters=self.parameters.reshape(-1, 1),
            velocity=self._velocity.reshape(-1, 1),
            targets=np.array(config.targets, dtype=float).reshape(-1, 1),
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
    config = RunConfig(width=1)
    _fast()(recipe_of(config), networks(config, 1), buffers(0, 1), 0)
    _is_ready = True


def is_ready() -> bool:
    """Return whether the loops are compiled."""
    return _is_ready


def recipe_of(config: RunConfig) -> loops.Recipe:
    """Return the settings that the loops need."""
    loss = LOSSES[config.loss]
    return loops.Recipe(
        config.width,
        ACTIVATION_NAMES.index(config.activation),
        int(config.biases),
        loss.is_square,
        loss.scale,
    )


def networks(config: RunConfig, count: int) -> loops.Networks:
    """Return ``count`` networks of these settings, all of whose numbers are 0."""
    numbers, width = parameter_count(config), config.width
    return loops.Networks(
        parameters=np.zeros((numbers, count)),
        velocity=np.zeros((numbers, count)),
        targets=np.zeros((4, count)),
        rates=np.zeros(count),
        momenta=np.zeros(count),
        hidden=np.zeros((width, 4, count)),
        passed_back=np.zeros((width, 4, count)),
        logits=np.zeros((4, count)),
        slopes=np.zeros((4, count)),
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
