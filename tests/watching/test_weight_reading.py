"""Weights in every form that programs have them, and a sentence for everything else."""

import re
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.watching.mini_torch import Linear, Sequential, Sigmoid
from tests.watching.programs import Program
from xorviz.core.arrays import Array
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError
from xorviz.files.weights.own_network import OwnNetwork
from xorviz.watching.weight_reading import WeightReading, first_reading, held_in

PROGRAM = Program.of(width=3)
W1, B1, W2, B2 = PROGRAM.arrays
LINE = PROGRAM.line
WITHOUT = np.concatenate([W1.ravel(), W2.ravel()])


def variable(value: Array) -> Any:
    """Return it as TensorFlow has it: no array, but it gives one."""
    return SimpleNamespace(numpy=lambda: value, shape=value.shape)


def keras(*weights: Array) -> Any:
    """Return a model by its weights; over PyTorch it has parameters, whose names it does not use.

    Kernels are in the orientation of its layers.
    """
    names = partial(pytest.fail, "not those of the weights")
    return SimpleNamespace(get_weights=lambda: list(weights), named_parameters=names)


def module(**parameters: Any) -> Any:
    """Return a module with parameters of any names."""
    return SimpleNamespace(named_parameters=lambda: iter(parameters.items()))


def torch_model(b1: Array = B1, b2: Array = B2) -> Sequential:
    model = Sequential(Linear(2, 3), Sigmoid(), Linear(3, 1), Sigmoid())
    for (_, parameter), value in zip(model.named_parameters(), (W1.T, b1, W2.T, b2), strict=True):
        parameter.data = value.copy()
    return model


FORMS: dict[str, tuple[tuple[Any, ...], dict[str, Any], Array]] = {
    "out-in": ((W1.T, B1, W2, B2), {}, LINE),
    "rows and columns": ((W1, B1[np.newaxis], W2.T, B2[:, np.newaxis]), {}, LINE),
    "flat w2, a number b2": ((W1, B1, W2.ravel(), float(B2[0])), {}, LINE),
    "rows that are arrays": ((list(W1), list(B1), list(W2), list(B2)), {}, LINE),
    "pairs, as JAX has them": (([(W1, B1), (W2, B2)],), {}, LINE),
    "names": ((), {"w2": W2, "b2": B2, "w1": W1, "b1": B1}, LINE),
    "a mapping with more in it": (
        ({"X": np.zeros((4, 2)), "w2": W2, "w1": W1, "step": 3},), {}, WITHOUT,
    ),
    "one bias": ((), {"w1": W1, "b1": B1, "w2": W2}, np.concatenate([LINE[:-1], [0.0]])),
    "our own": ((Weights(W1, B1, W2, B2),), {}, LINE),
    "layers by name, as Flax has them": (
        ({"params": {"Dense_0": {"kernel": W1, "bias": B1},
                     "Dense_1": {"kernel": W2, "bias": B2}}},), {}, LINE,
    ),
    "an array of arrays": ((np.array([W1, B1, W2, B2, None], object)[:4],), {}, LINE),
    "wide floats": (([array.astype(np.longdouble) for array in PROGRAM.arrays],), {}, LINE),
    "integers": (([[1, 0, 2], [3, 4, 5]], [1, 2, 3]), {}, np.array([1, 0, 2, 3, 4, 5, 1, 2, 3])),
    "variables": (tuple(map(variable, (W1, B1, W2, B2))), {}, LINE),
    "a PyTorch model": ((torch_model(),), {}, LINE),
    "its parameters by name": ((dict(torch_model().named_parameters()),), {}, LINE),
    "layers of PyTorch": (
        (module(weight=W1.T, bias=B1), module(weight=W2.T, bias=B2)), {}, LINE
    ),
    "a Keras model": ((keras(W1, B1, W2, B2),), {}, LINE),
    "a module with more in it": (
        (module(**{"fc1.weight": W1.T, "scale": np.ones(1), "fc2.weight": W2.T}),), {}, WITHOUT
    ),
    "a module with other names": ((module(hidden=W1, threshold=B1, V=W2, c=B2),), {}, LINE),
}  # fmt: skip


def first_read(
    *given: Any, orientation: str | None = None, **named: Any
) -> tuple[WeightReading, OwnNetwork]:
    return first_reading(held_in(given, named), orientation)


def read(reading: WeightReading, *given: Any, **named: Any) -> Array:
    return reading.numbers(held_in(given, named))


@pytest.mark.parametrize("form", FORMS)
def test_weights_are_read_in_every_form_that_programs_have(form: str) -> None:
    given, named, line = FORMS[form]
    reading, network = first_read(*given, **named)
    assert network.width == 3
    numbers = read(reading, *given, **named)
    np.testing.assert_array_equal(numbers, line)
    assert numbers.dtype == np.float64


def test_a_torch_tensor_is_detached_and_copied() -> None:
    model = torch_model()
    reading, _ = first_read(model)
    numbers = read(reading, model)
    for parameter in model.parameters():
        parameter.data[...] = 0
    np.testing.assert_array_equal(numbers, LINE)
    assert not read(reading, model).any()


SQUARE = np.array([[1.0, 2.0], [3.0, 4.0]])
ASSUMED = "w1 as (2, 2), read as in-out; if it is not, say orientation='out-in'"
TURNED = [1.0, 3.0, 2.0, 4.0, 5.0, 6.0]


@pytest.mark.parametrize(
    ("w2", "orientation", "numbers", "note"),
    [
        ([[5, 6]], None, TURNED, "w1 as (2, 2): transposed"),
        ([5, 6], "out-in", TURNED, "w1 as (2, 2): transposed"),
        ([5, 6], None, [1, 2, 3, 4, 5, 6], ASSUMED),
    ],
)
def test_two_hidden_units_are_read_as_the_shapes_tell_or_as_is_said(
    w2: Any, orientation: str | None, numbers: list[float], note: str
) -> None:
    for w1 in (SQUARE, np.zeros((2, 2))):  # equal rows now need not be equal later
        reading, network = first_read(w1, w2, orientation=orientation)
        assert network.notes == (note,)
        assert read(reading, SQUARE, w2).tolist() == numbers


NEEDED = "needed: w1 and w2, perhaps with b1 and b2, as arrays, tensors or nested lists, or a model"
ODD: list[tuple[tuple[Any, ...], dict[str, Any], str]] = [
    ((), {}, f"no weights are given; {NEEDED}"),
    (([0.1, 0.9, 0.8, 0.1],), {}, f"these are numbers alone; {NEEDED}"),
    ((W1,), {}, "w2 is missing; a network has w1 and w2"),
    ((W1, object()), {}, "In array 2 there is something other than numbers"),
    ((W1, np.ones((3, 2))), {}, "w2 has the shape (3, 2); allowed: 3 numbers"),
    ((np.full((2, 3), np.nan), W2), {}, "It holds nan, which is not finite"),
    (([W1, W2, W1, W2],), {}, "It holds 2 states of a network"),
    (([[[[[[[[[[[W1, W2]]]]]]]]]]],), {}, "It is nested too deep"),
    ((([W1, W2] * 60),), {}, "These are more than 100 arrays"),
]


def test_what_is_no_network_is_refused_in_a_sentence() -> None:
    for given, named, text in ODD:
        with pytest.raises(SettingError, match=re.escape(text)):
            first_read(*given, **named)
    with pytest.raises(SettingError, match="which can only be in-out"):
        first_read(W1, B1, W2, B2, orientation="out-in")


def test_a_network_of_another_shape_is_refused_later() -> None:
    reading, _ = first_read(W1, B1, W2, B2)
    rows = W1, B1[np.newaxis], W2, B2[np.newaxis]  # as broadcasting may turn biases
    np.testing.assert_array_equal(read(reading, *rows), LINE)
    with pytest.raises(SettingError) as refused:
        read(reading, W1.T, B1, W2, B2)
    assert str(refused.value) == (
        "the arrays have the shapes (3, 2), (3,), (3, 1), (1,); at first they had "
        "(2, 3), (3,), (3, 1), (1,), and a run keeps its network"
    )
    with pytest.raises(SettingError, match="the shapes of nothing"):
        read(reading)
    by_name, _ = first_read(w1=W1, w2=W2)
    with pytest.raises(SettingError, match=r"have the shapes \(2, 3\); at first"):
        read(by_name, w1=W1)
