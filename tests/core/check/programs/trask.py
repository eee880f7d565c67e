"""As "A Neural Network in 11 lines of Python" (Andrew Trask, 2015): error = y - l2, then added."""

import numpy as np

from tests.core.check.programs.task import Fits, Task, packed
from xorviz.core.arrays import Array
from xorviz.core.network import Weights

FITS = Fits(
    activation=("sigmoid",),
    output=("sigmoid",),
    loss=("half-sse",),
    batch=("full",),
    biases=(False,),
)


def nonlin(x: Array, deriv: bool = False) -> Array:
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def step(net: Weights, task: Task) -> Weights:
    x, y, alpha = task.x, task.t, task.rate
    syn0, syn1 = net.w1.copy(), net.w2.copy()
    l0 = x
    l1 = nonlin(np.dot(l0, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    # how much did we miss?
    l2_error = y - l2
    # in what direction is the target value?
    l2_delta = l2_error * nonlin(l2, deriv=True)
    # how much did each l1 value contribute to the l2 error?
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    syn1 += alpha * l1.T.dot(l2_delta)
    syn0 += alpha * l0.T.dot(l1_delta)
    return packed(net, syn0, None, syn1, None)
