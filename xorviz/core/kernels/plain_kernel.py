"""A kernel for all settings: the steps of core/steps.py, one by one."""

import numpy as np

from xorviz.core.kernels.kernel import Kernel, Taken
from xorviz.core.network import flat, gradient, head_of, hidden, logits, weights_of
from xorviz.core.settings import RunConfig
from xorviz.core.steps import step


def is_classic(config: RunConfig) -> bool:
    """Return whether the other kernels know these settings."""
    usual = RunConfig()
    names = ("batch", "output", "coding", "optimizer")
    return all(getattr(config, name) == getattr(usual, name) for name in names)


class PlainKernel(Kernel):
    """Training state, and nothing that is kept between steps."""

    block = 64
    frees_the_lock = False

    def configure(self, config: RunConfig) -> None:
        """Use these settings from the next step on. Only live ones may differ from before."""
        self._config = config

    def settle(self) -> Taken:
        """Return the results as of one step."""
        return self._judged(self.parameters[np.newaxis], np.array([np.nan]))

    def _run(self, n: int, number: int) -> Taken:
        states = [self.state()]
        for k in range(n):
            states.append(step(states[-1], self._config, number + k))
        for array, given in zip(self._state, states[-1], strict=True):
            array[:] = given
        parameters = np.array([state[0] for state in states])
        before = weights_of(parameters[:-1], self._config)
        norms = np.hypot.reduce(flat(gradient(before, self._config)), axis=-1)
        return self._judged(parameters[1:], norms)

    def _judged(self, parameters: np.ndarray, norms: np.ndarray) -> Taken:
        """Return the results of steps to these parameters (n, P)."""
        weights, head = weights_of(parameters, self._config), head_of(self._config)
        bits = np.array(self._config.targets)
        z = logits(weights, hidden(weights, self._config))
        y = head.outputs(z)
        losses = head.loss(z, bits) + 0 * parameters.sum(axis=-1)
        return Taken(losses, y, head.errors(y, bits).max(axis=-1), norms)

    def _finite_steps(self, taken: Taken) -> int:
        finite = np.isfinite(taken.losses)
        return len(taken) if finite.all() else int(np.argmin(finite))
