"""A file or a text that holds the weights before and after a step is read as two states."""

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.files.weights.test_reader import parsed
from tests.support.files import refusal
from xorviz.core.arrays import Array
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.reader import states_of_bytes, states_of_text

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
    inner = (
        f"('{name}', tensor({array.T.tolist()}))"
        for name, array in zip(names, state.values(), strict=True)
    )
    return f"OrderedDict([{', '.join(inner)}])"


def keras(state: Named) -> str:
    """As print(model.get_weights()) has it."""
    return repr([np.float32(array) for array in state.values()])


TEXTS = [
    *("\n".join(map(way, BOTH)) for way in (named, unnamed, keras)),
    f"# step 0\n{unnamed(BEFORE)}\n# step 1\n{unnamed(AFTER)}",
    f"After the step:\n{named(AFTER)}\nBefore the step:\n{named(BEFORE)}",
    f"new weights\n{unnamed(AFTER)}\nold weights\n{unnamed(BEFORE)}",
    f"before I call step(), after init:\n{named(BEFORE)}\nafter (see before):\n{named(AFTER)}",
    "\n".join(f"{n} before: {BEFORE[n]}\n{n} after: {AFTER[n]}" for n in BEFORE),
    "\n".join(f"{n} = {state[n]}  # {m}" for m, state in zip(("old", "new"), BOTH, strict=True)
              for n in state),
    "\n".join(f"{n}_{m} = {state[n]}" for m, state in enumerate(BOTH) for n in state),
]  # fmt: skip


def test_printed_states_are_told_apart() -> None:
    for text in TEXTS:
        assert_states(states_of_text(text), *BOTH)
    for way in (named, unnamed):
        assert_states(states_of_text("\n".join(map(way, (*BOTH, LATER)))), *BOTH, LATER)
    found = states_of_text("\n".join(map(torch, BOTH)))
    assert_states(found, *({n: a.T for n, a in state.items()} for state in BOTH))
    assert [arrays.orientation for arrays in found] == ["out-in", "out-in"]
    pairs = [(state["w1"], state["w2"]) for state in BOTH]  # without biases and names
    text = "\n".join(str(array) for pair in pairs for array in pair)
    assert_states(states_of_text(text), *({"w1": w1, "w2": w2} for w1, w2 in pairs))


def plain(state: Named) -> dict[str, Any]:
    return {name: array.tolist() for name, array in state.items()}


def in_layers(state: Named) -> list[dict[str, Any]]:
    w1, b1, w2, b2 = plain(state).values()
    return [{"weights": w1, "biases": b1}, {"weights": w2, "biases": b2}]


A, B = map(plain, BOTH)
JSON: list[Any] = [
    [A, B],
    {"before": A, "after": B},
    {"after": B, "before": A, "rate": 0.5},
    {"step 1": B, "step 0": A},
    {"after": list(B.values()), "before": list(A.values())},
    [list(A.values()), list(B.values())],
    [*A.values(), *B.values()],
    [{"layers": in_layers(BEFORE)}, {"layers": in_layers(AFTER)}],
    {"old": dict(zip(("hidden", "output"), in_layers(BEFORE), strict=True)),
     "new": dict(zip(("hidden", "output"), in_layers(AFTER), strict=True))},
]  # fmt: skip
NAMES = [
    "{}_before {}_after", "before_{} after_{}", "{}_0 {}_1", "{} {}_after", "{}_old {}",
    "step0/{} step1/{}", "step_0_{} step_1_{}", "{}_t0 {}_t1", "{}new {}later",
]  # fmt: skip


def test_json_and_archives_of_several_states_are_told_apart() -> None:
    for value in JSON:
        assert_states(states_of_text(json.dumps(value)), *BOTH)
    assert_states(states_of_text(f"{json.dumps(A)}\n{json.dumps(B)}"), *BOTH)
    for pair in NAMES:
        members: dict[str, Any] = {
            way.format(name): array
            for way, state in reversed([*zip(pair.split(), BOTH, strict=True)])
            for name, array in state.items()
        }
        file = io.BytesIO()
        np.savez(file, **members)
        assert_states(states_of_bytes(file.getvalue()), *BOTH)
    file = io.BytesIO()  # without names, in the order of the states
    np.savez(file, *(array for state in (*BOTH, LATER) for array in state.values()))
    assert_states(states_of_bytes(file.getvalue()), *BOTH, LATER)


def test_what_is_not_two_or_three_whole_states_is_refused() -> None:
    one, missing = named(BEFORE), "b1 is missing in one of 2 states; give the same arrays"
    without = {name: B[name] for name in ("w1", "w2", "b2")}
    for text, said in (
        ("\n".join([one] * 4), "These are 4 states of a network; allowed are two, or three,"),
        (one + "\n" + one.replace("b1", "losses"), missing),
        (json.dumps([A, without]), missing),
    ):
        assert refusal(states_of_text, text).startswith(said)
    assert refusal(parsed, TEXTS[0]) == "It holds 2 states of a network; allowed here is one."
