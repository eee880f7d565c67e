"""Weights of other programs are read bit for bit, or refused in one sentence."""

import io
import json
import math
import pickle
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.files import refusal, sentence_of
from xorviz.core.arrays import Array
from xorviz.core.network import Weights, initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import WEIGHT_FIELDS
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.exports.tables import weights_json, weights_npz
from xorviz.files.weights.own_network import Arrays, arranged, likely
from xorviz.files.weights.reader import (
    MOST_BYTES,
    only,
    states_given,
    states_of_bytes,
    states_of_text,
    states_of_values,
)
from xorviz.files.weights.roles import kind_of, roles, shown

Named = Mapping[str, Array]

W1 = np.array([[0.1, -2.0, 3e-5], [4.0, 5.5, -6.25]])
WHOLE: Named = {"w1": W1, "b1": np.array([1.0, 2.0, -3.0]), "w2": np.array([[7.0], [-8.0], [9.5]]),
                "b2": np.array([0.35])}  # fmt: skip
STATES = [{name: array + n for name, array in WHOLE.items()} for n in (0.0, 0.125, 0.5)]
BOTH = STATES[:2]


def parsed(content: str | bytes) -> Arrays:
    """Return the arrays in a text or a file's content."""
    return only(states_of_text(content) if isinstance(content, str) else states_of_bytes(content))


def read(content: Any) -> tuple[Arrays, ...]:
    if isinstance(content, str):
        return states_of_text(content)
    return states_of_bytes(content) if isinstance(content, bytes) else states_of_values(content)


def found(arrays: Arrays) -> Named:
    named = {name: getattr(arrays, name) for name in WEIGHT_FIELDS}
    return {name: array for name, array in named.items() if array is not None}


def assert_read(content: Any, *states: Named) -> None:
    """Assert that these states are read, in their order, and to the last bit."""
    arrays = read(content)
    assert len(arrays) == len(states), content
    for one, expected in zip(arrays, states, strict=True):
        assert found(one).keys() == expected.keys(), content
        for name, array in found(one).items():
            np.testing.assert_array_equal(array, expected[name], strict=True)


def archive(*arrays: Any, **members: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, *arrays, **members)
    return file.getvalue()


# Every way of writing a network.


def lists(state: Named) -> dict[str, Any]:
    return {name: array.tolist() for name, array in state.items()}


def layers(state: Named) -> list[dict[str, Any]]:
    w1, b1, w2, b2 = lists(state).values()
    return [{"weights": w1, "biases": b1}, {"weights": w2, "biases": b2}]


def in_torch(state: Named) -> str:
    """As print(model.state_dict()) has it, the arrays turned back."""
    names = ("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias")
    pairs = zip(names, lists(state).values(), strict=True)
    return f"OrderedDict({', '.join(f'({n!r}, tensor({a}, grad_fn=<X0>))' for n, a in pairs)})"


def in_names(state: Named) -> str:
    return "\n".join(f"{name} = {array}" for name, array in state.items())


def in_order(state: Named) -> str:
    return "Epoch 10,000, loss 0.01\n" + "\n".join(map(str, state.values()))


WAYS: list[Callable[[Named], Any]] = [
    *(in_names, in_order, in_torch, lists, lambda state: repr(lists(state))),
    lambda state: "\n".join(f"{n} = np.array({a})" for n, a in lists(state).items()),
    lambda state: "\n".join(map(repr, state.values())).replace(")", ", dtype=float32)"),
    lambda state: json.dumps(lists(state)),
    *(lambda state: [*lists(state).values()], lambda state: [*state.values()]),
    lambda state: {"layers": layers(state), "rate": 0.1},
    lambda state: dict(zip(("hidden", "output"), layers(state), strict=True)),
]


@st.composite
def networks(draw: st.DrawFn) -> Named:
    width = draw(st.integers(1, 6))
    shapes = {"w1": (2, width), "b1": (width,), "w2": (width, 1), "b2": (1,)}
    return {
        name: np.array(draw(st.lists(st.floats(-1e6, 1e6), min_size=n, max_size=n))).reshape(shape)
        for name, shape in shapes.items()
        if (n := int(np.prod(shape)))
    }


@settings(max_examples=10)
@given(networks(), st.integers(1, 3))
def test_networks_come_back_through_what_programs_write(named: Named, count: int) -> None:
    states = [{name: array + n for name, array in named.items()} for n in range(count)]
    with np.printoptions(floatmode="unique", threshold=10_000):
        for way in WAYS:
            written = [way(state) for state in states]
            if isinstance(written[0], str):
                assert_read("\n".join(written), *states)
            else:
                assert_read(written if count > 1 else written[0], *states)
            if count == 2 and not isinstance(written[0], str):
                assert_read({"after": written[1], "before": written[0]}, *states)
    each = list(enumerate(states))
    assert_read(
        archive(**{f"{n}_{time}": a for time, one in each for n, a in one.items()}), *states
    )
    assert_read(archive(*(array for one in states for array in one.values())), *states)


def test_exports_and_files_read_back(tmp_path: Path) -> None:
    snapshot = Recording(RunConfig(width=2, biases=True, activation="tanh", rate=0.7)).snapshot()
    known = dict(zip(WEIGHT_FIELDS, snapshot.weights.arrays(), strict=True))
    for data in (weights_npz(snapshot), weights_json(snapshot).encode()):
        assert_read(data, known)
        assert parsed(data).said == snapshot.config.to_dict()
    kinds = {"weights": [WHOLE["w1"], WHOLE["w2"]], "biases": [WHOLE["b1"], WHOLE["b2"]]}
    assert_read(kinds | {"units": ["x"]}, WHOLE)
    assert_read({"A" * 1000: lists(WHOLE)}, WHOLE)  # the end of a name tells
    for config in ({"lr": 3}, "tanh", None, {"width": 1e9}):  # of another program
        assert parsed(json.dumps({"config": config, **lists(WHOLE)})).said == {}
    for data in (archive(**WHOLE), in_names(WHOLE).replace("\n", "\r\n").encode("utf-16")):
        (tmp_path / "weights").write_bytes(data)
        (one,) = states_given([("", tmp_path / "weights")], True)
        assert found(one).keys() == WHOLE.keys()
    whole = {name: np.abs(np.round(array)) for name, array in WHOLE.items()}
    for kind in (">f8", "f4", "f2", "i1", "u2"):
        assert_read(archive(**{n: np.asfortranarray(a, kind) for n, a in whole.items()}), whole)


# Names.

NAMES = [
    *("w1 b1 w2 b2", "W_1 b_1 W_2 b_2", "W[1] b[1] W[2] b[2]", "W0 b0 W1 b1", "wih bh who bo"),
    *("weights1 bias1 weights2 bias2", "W_h b_h W_o b_o", "syn0 b0 syn1 b1", "wh bh wo bo"),
    *("0.weight 0.bias 2.weight 2.bias", "net.0.weight net.0.bias net.2.weight net.2.bias"),
    "layer1.weight layer1.bias out.weight out.bias",
    "dense/kernel:0 dense/bias:0 dense_1/kernel:0 dense_1/bias:0",
    "seq/dense_4/kernel seq/dense_4/bias seq/dense_5/kernel seq/dense_5/bias",
    "weights_input_hidden bias_hidden weights_hidden_output bias_output",
    *("W_ih b_h W_ho b_o", "Theta1 b1 Theta2 b2", "m1 b1 m2 b2", "Wxh bh Why by"),
    *("synapse_0 b_0 synapse_1 b_1", "weightsih biash weightsho biaso", "hidden threshold V c"),
    *("hidden_layer_weights hiddenBias output_layer_weights outputBias", "w2 b1 w1 b0"),
]
OTHERS = "loss lr1 W bias weights d_w1 grad.w1 fc1.weight.grad velocity.w1 dw1 x1 h1 conv 1 step2"
MARKS = [
    *("{}_before {}_after", "before_{} after_{}", "{}_0 {}_1", "{} {}_after", "{}_old {}"),
    *("step0/{} step1/{}", "step_0_{} step_1_{}", "{}_t0 {}_t1", "{}new {}later"),
]


def test_many_naming_schemes_are_recognised_and_other_names_ignored() -> None:
    for names in NAMES:
        in_order = dict(zip(names.split(), WEIGHT_FIELDS, strict=True))
        arrays = dict(zip(in_order, WHOLE.values(), strict=True))
        assert roles(dict(reversed(arrays.items()))) == in_order
        assert_read(arrays, WHOLE)
    for name in ["", *OTHERS.split()]:
        assert kind_of(name) is None
    for others in ({"m1": W1, "x": W1, "loss": [1.0]}, {"v_w1": W1, "weight_decay": 0.1}):
        assert_read({**WHOLE, **others}, WHOLE)
    assert kind_of("x" * 10**6 + ".fc1.weight") == "w"
    assert (shown("w1\n\x00"), shown("w" * 500)) == ("w1??", "w" * 80 + "…")
    for names in ("w1 w2 w3", "w1 hidden.weight w2", "p q r"):
        assert refusal(roles, {name: np.ones((2, 2)) for name in names.split()}).startswith(
            f"These are 3 arrays, and which is which is unclear: {names.split()[0]} (2, 2), "
        )


@pytest.mark.parametrize("width", [1, 2, 3])
def test_shapes_decide_which_array_is_which_and_names_where_they_do_not(width: int) -> None:
    weights = initial_weights(RunConfig(width=width, biases=True))
    w1, b1, w2, b2 = weights.arrays()
    for names in ("wih bh who bo", "syn0 bias_hidden syn1 bias_output", "V b0 U b1"):
        named = dict(zip(names.split(), weights.arrays(), strict=True))
        (arrays,) = read({name: named[name] for name in sorted(named)})
        assert all(map(np.array_equal, found(arrays).values(), weights.arrays()))
    unknown = {"p": w2, "q": b1, "r": w1, "s": b2, "epochs": 3, "unit": "tanh"}
    flat = {**unknown, "p": w2.ravel()}
    if width > 1:
        assert_read(unknown, dict(zip(WEIGHT_FIELDS, weights.arrays(), strict=True)))
        assert_read({**flat, "bh": b1, "q": None}, {"w1": w1, "b1": b1, "w2": w2[:, 0], "b2": b2})
    assert "name those of a network with one hidden layer w1, b1, w2, b2" in refusal(read, flat)


@pytest.mark.parametrize("marks", MARKS)
def test_states_are_told_apart_by_names_wherever_they_stand(marks: str) -> None:
    first, second = marks.split()
    members = {way.format(name): array
               for way, state in ((second, BOTH[1]), (first, BOTH[0]))
               for name, array in state.items()}  # fmt: skip
    contents: list[Any] = [members, archive(**members)]
    for content in contents if "/" in marks else [*contents, in_names(members)]:
        assert_read(content, *BOTH)


def test_states_are_told_apart_by_words_before_them() -> None:
    for text in (
        f"# step 0\n{in_order(BOTH[0])}\n# step 1\n{in_order(BOTH[1])}",
        f"new weights\n{in_order(BOTH[1])}\nold weights\n{in_order(BOTH[0])}",
        f"before, not after:\n{in_names(BOTH[0])}\nafter, not before:\n{in_names(BOTH[1])}",
        "\n".join(f"{n} before: {BOTH[0][n]}\n{n} after: {BOTH[1][n]}" for n in WHOLE),
    ):
        assert_read(text, *BOTH)


SIX, SQUARE = "[[1 2 3] [4 5 6]]", Weights(*(np.array(a, dtype=float) for a in (
    [[1, 2], [3, 4]], [5, 6], [[7], [8]], [9])))  # fmt: skip
"""h1 gets 1 x1 + 3 x2 + 5."""


def toy(ih: Any, ho: Any, h: Any) -> str:
    """Return a network as toy-neural-network-js writes it."""
    arrays = {"weights_ih": (2, 2, ih), "weights_ho": (1, 2, ho), "bias_h": (2, 1, h),
              "bias_o": (1, 1, [[9]])}  # fmt: skip
    matrices = {n: dict(zip(("rows", "cols", "data"), a, strict=True)) for n, a in arrays.items()}
    return json.dumps({"hidden_nodes": 2, **matrices, "activation_function": {}})


TOY = toy([[1, 3], [2, 4]], [[7, 8]], [[5], [6]])
DECIDED = [
    "0.weight tensor([[1., 3.],\n [2., 4.]]) 0.bias [5., 6.] 2.weight [[7., 8.]] 2.bias [9.]",
    "[array([[1., 2.], [3., 4.]]), array([5., 6.]), array([[7.],\n [8.]]), array([9.])]",
    "w1 = [[1 3] [2 4]] b1 = [5 6] w2 = [[7 8]] b2 = 9",
    "[array([[1., 2.], [3., 4.]]), array([[7.], [8.]])]\n[array([5., 6.]), array([9.])]",
    '{"layers": [{"w": []}, {"w": [[1, 3], [2, 4]], "b": [5, 6]}, {"w": [[7, 8]], "b": [9]}]}',
    *(TOY, toy([1, 3, 2, 4], [7, 8], [5, 6]), f"nn = NeuralNetwork.deserialize({TOY});"),
]


def test_what_programs_write_decides_the_orientation_of_two_units() -> None:
    for text in DECIDED:
        arrays = parsed(text)
        assert len(likely(arrays)) == 1, text
        for mine, its in zip(arranged(arrays).weights.arrays(), SQUARE.arrays(), strict=True):
            np.testing.assert_array_equal(mine, its)
    for text in ("[[1 2] [3 4]] [7 8]", "W0=[[1 2][3 4]] W1=[7 8]"):
        assert len(likely(parsed(text))) == 2
    course = parsed(f"Theta1 = {SIX} Theta2 = [[7 8 9]]")  # biases come first
    assert arranged(course).weights.w1.tolist() == [[2, 5], [3, 6]]


# Texts as people paste them.

TABLE = [(0, 0, 0.0), (0, 1, 0.5), (1, 0, 1.0), (1, 1, 0.5)]
HALF = [
    *("[0, 0.5, 1.0, 5e-1]", "0\n.5\n1\n.5\n", "(0, .5, 1, .5)", "\ufeff0;.5;1;.5"),
    *("[[0. ]\n [0.5]\n [1. ]\n [0.5]]", '{"outputs": [0, 0.5, 1, 0.5], "loss": 3}'),
    *("0,0 0,5 1,0 5,0e-1", "0; 0,5; 1; 0,5", "[0,0 0,5 1,0 0,5]"),
    "tensor([[0.],\n [0.5],\n [1.],\n [0.5]], grad_fn=<SigmoidBackward0>)",
    "Output from neural network after 10,000 epochs: [0.] [0.5] [1.] [0.5]",
    "[np.float64(0.0), np.float64(0.5), np.float64(1.0), np.float64(0.5)]",
    "1 xor 1 = 0.5\n0 xor 0 = 0.0\n0 xor 1 = 0.5\n1 xor 0 = 1.0",
    "\n".join(f"{x1} {x2} output-> {round(y)} ({y})" for x1, x2, y in TABLE),
    "\n".join(f"output-> {round(y)} ({y})" for *_, y in TABLE),
    "\n".join(f"input [{x1} {x2}] output {y}" for x1, x2, y in reversed(TABLE)),
]
ODD: list[tuple[str, list[float]]] = [
    ("[[0.1], [0.9], [0.8]]", [0.1, 0.9, 0.8]),
    ("nan inf -Inf 0", [math.nan, math.inf, -math.inf, 0]),
    *((f'{{"outputs": [{odd}, 1, 1, 0]}}', [math.nan, 1, 1, 0]) for odd in ("null", "NaN")),
    ("1,2", [1, 2]),  # which may also be one number
]
ROWS = [[0.25, -1.5, 3], [4, 5, -6]]
ARRAYS: list[tuple[str, dict[str, Any]]] = [
    (f"{SIX} [1 2 3] [[1][2][3]]", {"w1": None, "b1": None, "w2": None}),
    (f"{SIX} [[1][2][3]] [1]", {"w1": None, "w2": None, "b2": None}),
    (f"losses = [1 2 3]\nw1 = {SIX}\nw2 = [1 2 3]\n[9 9 9]", {"w1": None, "w2": [1, 2, 3]}),
    ("w1 = [[1], [2]]\nb1 = 0.5\nw2: tensor(3.)\nb2 = -4e-1\nb2 was not trained",
     {"w1": [[1], [2]], "b1": 0.5, "w2": 3, "b2": -0.4}),
    ("w1 = [[0,25 -1,5 3] [4 5 -6,0]], w2 = [7,5 8 9]", {"w1": ROWS, "w2": [7.5, 8, 9]}),
    ("w₁\u00a0= [[0.25 −1.5\u202f3]\u3000[4 5 −６．0]]\nｗ２ = [7.5 8 9]",
     {"w1": ROWS, "w2": [7.5, 8, 9]}),
    ("[[1,2,3] [4,5,6]] [1,2,3]", {"w1": [[1, 2, 3], [4, 5, 6]], "w2": [1, 2, 3]}),
]  # fmt: skip


def test_what_people_paste_is_read() -> None:
    for text, numbers in [*((text, [0, 0.5, 1, 0.5]) for text in HALF), *ODD]:
        arrays = parsed(text)
        assert arrays.outputs is not None
        np.testing.assert_array_equal(arrays.outputs, numbers, err_msg=text)
        assert found(arrays) == {}
    for text, expected in ARRAYS:
        values = {name: array.tolist() for name, array in found(parsed(text)).items()}
        assert values.keys() == expected.keys()
        assert all(value in (None, values[name]) for name, value in expected.items()), text


# Whatever else is refused.


def packed(data: bytes, name: str = "w1.npy", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        made.writestr(name, data)
    return file.getvalue()


def member(header: str, body: bytes = b"", version: int = 1) -> bytes:
    """Return an archive with a handmade array."""
    size = struct.pack("<H" if version == 1 else "<I", len(header))
    return packed(b"\x93NUMPY" + bytes([version, 0]) + size + header.encode() + body)


class Boom:
    """What ends the test if it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("a pickle was executed",)


HEADER = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }"
TEXTS: dict[str, list[Any]] = {
    "It is empty.": ["", " \n"],
    "There are no weights in it; allowed are the arrays w1 and w2,":
        ["hello", "{}", "[True, False]", '{"loss": [1, 2]}', "[]"],
    "These are 5 numbers; allowed": ["1 2 3 4 5", "[1] [2] [3] [4] [5]"],
    "These are ": ["[1 2] " * 5, "[[1][2]] [1] [1]", "[1] " * 101, f"{in_names(WHOLE)}\n" * 4],
    "These are more than 100 arrays;":
        [json.dumps({"A" * 130_000: {f"w{n}": 1 for n in range(9_000)}})],
    "It holds 2 states of a network; allowed": [in_names(WHOLE) * 2, "w1 = [1 2] w1 = [3 4]",
                                                '{"w1": [[1, 2]], "w1": 3}'],
    "Numbers are left out at ...": ["[[0.1 0.2 ... 0.3]]", "[[0.1 0.2 … 0.3]]"],
    "It holds nan, which is not finite: the training of these weights has diverged":
        ["w1 = [[nan 1]]", '{"w1": [[null, 2]]}'],
    "It holds ": ['{"w1": Infinity}', "[[1 2][3 -inf]] [5 6]", "1 " * 20_001],
    "The number ": ["0 1e999 1 0", '{"w1": [[1e999, 2]]}', '{"w1": [[' + "9" * 5000 + ", 2]]}"],
    "There is 'j' among the numbers of an array.": ["[[1 2][3 4 j 5]]"],
    "A bracket is not closed: the end is missing.":
        ["w1 = [[1 2 3] [4 5", "w1 = [[1 2 3] [4 5 6] w2 = [1 [2"],
    "In w1 there is something other than numbers":
        ['{"w1": true}', '{"w1": [[1, true]]}', '{"w1": [["1", 2]]}', '{"w1": [[1, 2], 3]}',
         '{"w1": [[[1, 2]]]}', "w1 = [[1 2 3] [4 5]]"],
    "It is too big for the weights of a network: more than 256 KiB.":
        [" " * MOST_BYTES + "1", "\ufdfa" * MOST_BYTES],
    "The rows and cols of an array do not": [TOY.replace('"rows": 2', '"rows": 3', 1)],
    "": [*((part * MOST_BYTES)[:MOST_BYTES] for part in ("\u0300\u0316", "[[1]")),
         "[" * 100_000, '{"w1":' * 30_000, '{"a":' * 10 + "1" + "}" * 10],
}  # fmt: skip


def refused_files() -> dict[str, list[bytes]]:
    """Return files that are no networks, by how the sentence about them begins."""
    return {
        "It holds nan, which is not finite": [archive(w1=W1, w2=[np.nan])],
        "It is a damaged archive, or not one of numpy.savez.": [
            b"PK\x03\x04 and nothing else", packed(b"", "data.pkl"), packed(pickle.dumps(Boom())),
            archive(w1=np.array([[Boom()]])),
            *map(member, ("", "{'a': open}", "(" * 5000, " " * 20_000, "{}")),
            *(member(HEADER.replace("(2, 1)", shape), bytes(15))
              for shape in ("(2, 1)", "(-1, -2)", "2", "(2**40,)")),
        ],
        "In w1 there is something other than numbers": [
            archive(w1=np.array(array))
            for array in ([[True]], [[1j]], [["x"]], np.zeros(2, "m8[s]"), np.zeros((2, 1, 1)))
        ],
        "It holds more numbers than a network of xorviz": [
            member(HEADER.replace("(2, 1)", "(9999999999999,)"), bytes(16)),
            *(member(HEADER, bytes(10**8)), packed(b"", method=zipfile.ZIP_LZMA)),
        ],
        "These are more than 100 arrays;": [archive(**{f"w{n}": [1] for n in range(101)})],
        "It is a single NumPy array;": [b"\x93NUMPY\x01\x00"],
        "It is neither text nor a NumPy npz file.": [b"\x89HDF", b"\x80\x04\x95"],
    }  # fmt: skip


@contextmanager
def at_little_cost() -> Iterator[None]:
    tracemalloc.start()
    yield
    assert tracemalloc.get_traced_memory()[1] < 2**26
    tracemalloc.stop()


@pytest.mark.thorough
def test_what_is_no_network_is_refused_in_one_sentence() -> None:
    for sentence, contents in TEXTS.items():
        for content in contents:
            assert refusal(parsed, content).startswith(sentence), content[:200]
    for sentence, files in refused_files().items():
        for file in files:
            with at_little_cost():
                assert refusal(parsed, file).startswith(sentence), file[:200]
    for version in (1, 2, 3):  # while a sound one is read
        sound = member(HEADER, struct.pack("<2d", 3, 4), version)
        assert_read(sound, {"w1": np.array([[3.0], [4]])})


def test_what_an_archive_claims_is_not_relied_on() -> None:
    """Its directory states the sizes of its members and how they are packed."""
    array = io.BytesIO()
    np.save(array, W1)
    for method, zeros in ((zipfile.ZIP_STORED, 0), (zipfile.ZIP_DEFLATED, 10**8),
                          (zipfile.ZIP_BZIP2, 2_000_000)):  # fmt: skip
        data = packed(array.getvalue() + bytes(zeros), method=method)
        entry = data.index(b"PK\x01\x02")
        packed_as = b"\x00\x00" if method == zipfile.ZIP_STORED else b"\x08\x00"
        for claim in (0, 200, 2**32 - 2):
            size = claim.to_bytes(4, "little")
            lies = packed_as + data[entry + 12 : entry + 20] + size + size
            with at_little_cost(), suppress(FileError):
                parsed(data[: entry + 10] + lies + data[entry + 28 :])


# Generated content.

LIKELY = st.text(st.sampled_from("[](){},:=.'\"0123456789eE+-… \nwWb12nainf_tensor"), max_size=60)
PIECES = st.sampled_from([in_names(WHOLE), in_torch(WHOLE), "before", "after:"]) | LIKELY
SOME = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.binary()),
    st.sampled_from([*WHOLE.values(), SQUARE, np.array(["x"]), str, np.ndarray, Boom, "x"]),
)
KEYS = st.sampled_from([*WEIGHT_FIELDS, "outputs", "rows", "cols", "data", "x"])
OBJECTS = st.recursive(
    SOME, lambda one: st.lists(one, max_size=5) | st.tuples(one, one) | st.dictionaries(KEYS, one)
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    whole = bytearray(archive(**WHOLE))
    for _ in range(draw(st.integers(1, 5))):
        whole[draw(st.integers(2, len(whole) - 1))] = draw(st.integers(0, 255))
    return bytes(whole)


CONTENTS = [
    *(st.lists(PIECES, max_size=5).map("\n".join), OBJECTS, damaged()),
    *(st.binary(max_size=200), st.binary(max_size=200).map(b"PK\x03\x04".__add__)),
]


@pytest.mark.parametrize("contents", CONTENTS)
@settings(max_examples=40)
@given(data=st.data())
def test_anything_is_read_or_refused(contents: st.SearchStrategy[Any], data: st.DataObject) -> None:
    try:
        states = read(data.draw(contents))
    except FileError as error:
        sentence_of(error)
        return
    for arrays in states:
        if arrays.outputs is not None:
            assert arrays.outputs.shape in {(1,), (2,), (3,), (4,)}
            continue
        with suppress(SettingError):
            arranged(arrays)
