"""Steps of networks with any settings, one by one as core/steps.py reads."""

from dataclasses import replace

import numpy as np

from xorviz.core.arrays import Array, Mask
from xorviz.core.network import head_of, hidden, logits, weights_of
from xorviz.core.steps import joined, parted, step
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.lab_kernel import LabKernel


class PlainSteps(LabKernel):
    """Training state, a network at a time."""

    def __init__(self, cohort: Cohort) -> None:
        self._shape, self._step = cohort.shape, cohort.step
        self._configs = [
            replace(
                cohort.shape,
                targets=tuple(int(b) for b in bits),
                rate=rate,
                momentum=momentum,
                seed=seed,
            )
            for bits, rate, momentum, seed in zip(
                cohort.targets.T,
                cohort.rates.tolist(),
                cohort.momenta.tolist(),
                cohort.seeds.tolist(),
                strict=True,
            )
        ]
        self._bits, self._taken = cohort.targets.T, cohort.taken.tolist()
        self._states = [
            (p, *parted(m, cohort.shape))
            for p, m in zip(cohort.parameters.T, cohort.memory.T, strict=True)
        ]
        self.run(0)

    def run(self, n: int) -> Array:
        """Take n steps; return the largest errors."""
        judged = [self._judged()]
        for _ in range(n):
            self._step += 1
            self._states = [
                step(state, config, self._step + taken)
                for state, config, taken in zip(
                    self._states, self._configs, self._taken, strict=True
                )
            ]
            judged.append(self._judged())
        self._losses = np.array([loss for loss, _ in judged])
        return np.array([worst for _, worst in judged])

    def losses(self) -> Array:
        """Return the losses of the last steps."""
        return self._losses

    def is_finite(self) -> Mask:
        """Return which networks have finite parameters and losses."""
        finite = np.isfinite(self._losses).all(axis=0)
        return np.asarray(finite & np.isfinite(self.parameters()).all(axis=0))

    def parameters(self) -> Array:
        """Return a copy of the parameters."""
        return np.array([state[0] for state in self._states]).T

    def memory(self) -> Array:
        """Return a copy of the memory of the optimizer."""
        return np.array([joined(state[1:]) for state in self._states]).T

    def _judged(self) -> tuple[Array, Array]:
        weights, head = weights_of(self.parameters().T, self._shape), head_of(self._shape)
        z = logits(weights, hidden(weights, self._shape))
        errors = head.errors(head.outputs(z), self._bits)
        return np.asarray(head.loss(z, self._bits)), np.asarray(errors.max(axis=-1))
