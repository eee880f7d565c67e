"""A file or a text that holds the weights before and after a step is read as two states."""

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tests.files.weights.test_reader import parsed
from tests.support.files import refusal
from xorviz.core.arrays import Array
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.reader import states_of_bytes, states_of_text, states_of_values

Named = Mapping[str, Array]

BEFORE: Named = {
    "w1": np.array([[0.1, -2.0, 3.0], [4.0, 5.5, -6.25]]),
    "b1": np.array([1.0, 2.0, -3.0]),
    "w2": np.array([[7.0], [-8.0], [9.5]]),
    "b2": np.array([0.35]),
}
AFTER: Named = {name: array + 0.125 for name, array in BEFORE.items()}
LATER: Named = {name: array + 0.5 for name, array in BEFORE.items()}
BOTH = (BEFORE, AFTER)
A, B = ({name: array.tolist() for name, array in state.items()} for state in BOTH)


def assert_states(found: tuple[Arrays, ...], *expected: Named) -> None:
    assert len(found) == len(expected)
    for arrays, named in zip(found, expected, strict=True):
        for name, array in named.items():
            np.testing.assert_array_equal(getattr(arrays, name), array, err_msg=name)


def named(state: Named) -> str:
    return "\n".join(f"{name} = {array}" for name, array in state.items())


def unnamed(state: Named) -> str:
    return "\n".join(map(repr, state.values()))


def torch(state: Named) -> str:
    """As print(model.state_dict()) has it."""
    names = ("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias")
    arrays = zip(names, state.values(), strict=True)
    return f"OrderedDict({[(name, array.T.tolist()) for name, array in arrays]})"


TEXTS = [
    *("\n".join(map(way, BOTH)) for way in (named, unnamed)),
    f"# step 0\n{unnamed(BEFORE)}\n# step 1\n{unnamed(AFTER)}",
    f"new weights\n{unnamed(AFTER)}\nold weights\n{unnamed(BEFORE)}",
    f"before I call step(), after init:\n{named(BEFORE)}\nafter (see before):\n{named(AFTER)}",
    "\n".join(f"{n} before: {BEFORE[n]}\n{n} after: {AFTER[n]}" for n in BEFORE),
    f"{json.dumps(A)}\n{json.dumps(B)}",
]


def test_printed_states_are_told_apart() -> None:
    for text in TEXTS:
        assert_states(states_of_text(text), *BOTH)
    for way in (named, unnamed):
        assert_states(states_of_text("\n".join(map(way, (*BOTH, LATER)))), *BOTH, LATER)
    found = states_of_text("\n".join(map(torch, BOTH)))
    assert_states(found, *({n: a.T for n, a in state.items()} for state in BOTH))
    assert [arrays.orientation for arrays in found] == ["out-in", "out-in"]


NAMES = [
    "{}_before {}_after", "before_{} after_{}", "{}_0 {}_1", "{} {}_after", "{}_old {}",
    "step0/{} step1/{}", "step_0_{} step_1_{}", "{}_t0 {}_t1", "{}new {}later", "x.{} y.{}",
]  # fmt: skip


@pytest.mark.parametrize("pair", NAMES)
def test_states_are_told_apart_by_names_wherever_they_stand(pair: str) -> None:
    first, second = pair.split()
    members = {way.format(name): array
               for way, state in ((second, AFTER), (first, BEFORE))
               for name, array in state.items()}  # fmt: skip
    if "." in pair:  # which says nothing of the time
        members = dict(sorted(members.items()))
    file = io.BytesIO()
    np.savez(file, **members)  # type: ignore[arg-type]
    assert_states(states_of_bytes(file.getvalue()), *BOTH)
    assert_states(states_of_values(members), *BOTH)
    if "/" not in pair:
        assert_states(states_of_text(named(members)), *BOTH)


def in_layers(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    w1, b1, w2, b2 = state.values()
    return [{"weights": w1, "biases": b1}, {"weights": w2, "biases": b2}]


def test_nested_states_are_told_apart() -> None:
    for value in (
        *([A, B], {"after": B, "before": A, "rate": 0.5}, {"step 1": B, "step 0": A}),
        {"after": list(B.values()), "before": list(A.values())},
        *([list(A.values()), list(B.values())], [*A.values(), *B.values()]),
        [{"layers": in_layers(A)}, {"layers": in_layers(B)}],
        {m: dict(zip(("hidden", "output"), in_layers(state), strict=True))
         for m, state in (("old", A), ("new", B))},
    ):  # fmt: skip
        assert_states(states_of_text(json.dumps(value)), *BOTH)
    file = io.BytesIO()  # without names, in the order of the states
    np.savez(file, *(array for state in (*BOTH, LATER) for array in state.values()))
    assert_states(states_of_bytes(file.getvalue()), *BOTH, LATER)


def test_what_is_not_two_or_three_whole_states_is_refused() -> None:
    one, missing = named(BEFORE), "b1 is missing in one of 2 states; give the same arrays"
    for text, said in (
        ("\n".join([one] * 4), "These are 4 states of a network; allowed are two, or three,"),
        (one + "\n" + one.replace("b1", "losses"), missing),
    ):
        assert refusal(states_of_text, text).startswith(said)
    assert refusal(parsed, TEXTS[0]) == "It holds 2 states of a network; allowed here is one."
