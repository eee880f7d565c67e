"""Weights of other programs are read bit for bit, or refused in one sentence."""

import io
import json
import math
import pickle
import struct
import zipfile
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.files import refusal, sentence_of
from xorviz.core.arrays import Array
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.exports.tables import weights_json, weights_npz
from xorviz.files.run_file import dumps
from xorviz.files.weights.states import kind_of, roles, shown
from xorviz.files.weights.own_network import Arrays, arranged, needs_orientation
from xorviz.files.weights.reader import (
    MOST_BYTES,
    load_states,
    only,
    states_of_bytes,
    states_of_text,
)

Named = dict[str, Array]

W1 = np.array([[0.1, -2.0, 3e-5], [4.0, 5.5, -6.25]])
B1 = np.array([1.0, 2.0, -3.0])
W2 = np.array([[7.0], [-8.0], [9.5]])
B2 = np.array([0.35])
WHOLE: Named = {"w1": W1, "b1": B1, "w2": W2, "b2": B2}
SIX = "[[1 2 3] [4 5 6]]"


def parsed(content: str | bytes) -> Arrays:
    """Return the arrays in a text or a file's content."""
    if isinstance(content, str):
        return only(states_of_text(content))
    return only(states_of_bytes(content))


def found(arrays: Arrays) -> Named:
    named = {name: getattr(arrays, name) for name in WHOLE}
    return {name: array for name, array in named.items() if array is not None}


def assert_found(arrays: Arrays, expected: Named) -> None:
    assert arrays.outputs is None
    assert found(arrays).keys() == expected.keys()
    for name, array in found(arrays).items():
        np.testing.assert_array_equal(array, expected[name], strict=True)


# Names of arrays.

NAMES: list[str] = [
    *("w1 b1 w2 b2", "W1 B1 W2 B2", "W_1 b_1 W_2 b_2", "W[1] b[1] W[2] b[2]", "W0 b0 W1 b1"),
    *("weights1 bias1 weights2 bias2", "wih bh who bo", "W_h b_h W_o b_o", "syn0 b0 syn1 b1"),
    "hidden.weight hidden.bias output.weight output.bias",
    "fc1.weight fc1.bias fc2.weight fc2.bias",
    "layer1.weight layer1.bias out.weight out.bias",
    "0.weight 0.bias 2.weight 2.bias",
    "net.0.weight net.0.bias net.2.weight net.2.bias",
    "dense/kernel:0 dense/bias:0 dense_1/kernel:0 dense_1/bias:0",
    "seq/dense_4/kernel seq/dense_4/bias seq/dense_5/kernel seq/dense_5/bias",
    "weights_ih bias_h weights_ho bias_o",
    "weights_input_hidden bias_hidden weights_hidden_output bias_output",
    "layers.0.weights layers.0.biases layers.1.weights layers.1.biases",
    *("W_ih b_h W_ho b_o", "wh bh wo bo", "Theta1 b1 Theta2 b2", "m1 b1 m2 b2"),
]
OTHERS = (
    "loss outputs lr1 W bias weights d_w1 grad.w1 fc1.weight.grad velocity.w1 dw1 x1 h1 conv "
    "config.biases 1 step2"
)


def test_many_naming_schemes_are_recognised_and_other_names_ignored() -> None:
    for names in NAMES:
        in_order = dict(zip(names.split(), ("w1", "b1", "w2", "b2"), strict=True))
        assert roles(list(in_order)) == in_order
        assert roles(list(in_order)[::-1]) == in_order
        assert [kind_of(name) for name in in_order] == ["w", "b", "w", "b"]
    for name in ["", *OTHERS.split()]:
        assert kind_of(name) is None
        assert roles([name, "w1"]) == {"w1": "w1"}
    assert roles(["m1", "w1"]) == {"w1": "w1"}  # an optimizer's


def test_names_are_shortened_in_messages_and_conflicts_are_named() -> None:
    assert shown("w1\n\x00") == "w1??"
    assert shown("w" * 500) == "w" * 80 + "…"
    assert kind_of("x" * 10**6 + ".fc1.weight") == "w"
    three = refusal(roles, ["fc1.weight", "fc2.weight", "fc3.weight"])
    assert three.startswith("These are 3 layers of weights; xorviz has two")
    twice = refusal(roles, ["w1", "hidden.weight"])
    assert twice == "Both w1 and hidden.weight would be w1."


# Printed text.

NUMPY = "\n".join(map(str, WHOLE.values()))
KERAS = repr([np.array(array, ">f8") for array in WHOLE.values()]).replace(">f8", "float32")
LINES = """Epoch 1000, loss 0.0123
w1 = [[.1, −2, 3e-5], [4, 5.5, -6.25]]
b1: [1 2 -3]
W2 = np.array([[7.], [-8.], [9.5]])
b2 = [.35]
done ...
"""
TORCH = """OrderedDict([('fc1.weight', tensor([[ 0.1,  4.0],
        [-2.0,  5.5],
        [ 3.0e-05, -6.25]], device='cuda:0')), ('fc1.bias', tensor([ 1.,  2., -3.])),
        ('fc2.weight', tensor([[ 7., -8.,  9.5]])), ('fc2.bias', tensor([0.35]))])"""


def test_printed_arrays_are_read() -> None:
    dictionary = repr({name: array.tolist() for name, array in WHOLE.items()})
    for text in [NUMPY, KERAS, LINES, dictionary, f"[{NUMPY}]"]:
        assert_found(parsed(text), WHOLE)
    network = arranged(parsed(TORCH))
    assert network.summary == "2-3-1 with biases, w1 as (3, 2): transposed"
    for mine, its in zip(network.weights.arrays(), WHOLE.values(), strict=True):
        np.testing.assert_array_equal(mine, its)


SQUARE = Weights(
    np.array([[1.0, 2], [3, 4]]), np.array([5.0, 6]), np.array([[7.0], [8]]), np.array([9.0])
)
"""h1 gets 1 x1 + 3 x2 + 5."""


def toy(ih: Any, ho: Any, h: Any) -> dict[str, Any]:
    """Return a network as toy-neural-network-js writes it."""
    return {
        "hidden_nodes": 2,
        "weights_ih": {"rows": 2, "cols": 2, "data": ih},
        "weights_ho": {"rows": 1, "cols": 2, "data": ho},
        "bias_h": {"rows": 2, "cols": 1, "data": h},
        "bias_o": {"rows": 1, "cols": 1, "data": [[9]]},
        "learning_rate": 0.1,
        "activation_function": {},
    }


TOY = toy([[1, 3], [2, 4]], [[7, 8]], [[5], [6]])
DECIDED: list[str] = [
    (
        "OrderedDict([('0.weight', tensor([[1., 3.],\n [2., 4.]])), ('0.bias', tensor([5., 6.])), "
        "('2.weight', tensor([[7., 8.]])), ('2.bias', tensor([9.]))])"
    ),
    "[array([[1., 2.], [3., 4.]]), array([5., 6.]), array([[7.],\n [8.]]), array([9.])]",
    "dense/kernel:0 [[1 2] [3 4]] dense/bias:0 [5 6] dense_1/kernel:0 [7 8] dense_1/bias:0 [9]",
    "w1 = [[1 3] [2 4]] b1 = [5 6] w2 = [[7 8]] b2 = 9",
    "[array([[1., 2.], [3., 4.]]), array([[7.], [8.]])]\n[array([5., 6.]), array([9.])]",
    '{"layers": [{"w": []}, {"w": [[1, 3], [2, 4]], "b": [5, 6]}, {"w": [[7, 8]], "b": [9]}]}',
    json.dumps(TOY),
    json.dumps(toy([1, 3, 2, 4], [7, 8], [5, 6])),
    f"nn = NeuralNetwork.deserialize({json.dumps(TOY)});",
]


def test_what_programs_write_decides_the_orientation_of_two_units() -> None:
    for text in DECIDED:
        arrays = parsed(text)
        assert not needs_orientation(arrays), text
        network = arranged(arrays)
        for mine, its in zip(network.weights.arrays(), SQUARE.arrays(), strict=True):
            np.testing.assert_array_equal(mine, its)
        assert ("since w2 is" in network.summary) != ("by its name" in network.summary)
    for text in ["[[1 2] [3 4]] [7 8]", "W0=[[1 2][3 4]] W1=[7 8]"]:
        assert needs_orientation(parsed(text))
    course = parsed("Theta1 = [[1 2 3] [4 5 6]] Theta2 = [[7 8 9]]")  # biases come first
    assert arranged(course).weights.w1.tolist() == [[2, 5], [3, 6]]


UNNAMED: list[tuple[str, str]] = [
    (f"{SIX}\n[[1][2][3]]", "w1 w2"),
    (f"{SIX} [1 2 3] [[1][2][3]]", "w1 b1 w2"),
    (f"{SIX} [[1][2][3]] [1]", "w1 w2 b2"),
    ("[[[1, 2, 3], [4, 5, 6]], [1, 2, 3], [[1, 2, 3]], 1]", "w1 b1 w2 b2"),
    (f"losses = [1 2 3]\nw1 = {SIX}\nw2 = [1 2 3]\n[9 9 9]", "w1 w2"),  # others are ignored
]


def test_arrays_without_names_are_assigned_in_order() -> None:
    for text, names in UNNAMED:
        assert list(found(parsed(text))) == names.split()


def test_a_number_after_a_name_is_an_array() -> None:
    text = "w1 = [[1], [2]]\nb1 = 0.5\nw2: tensor(3.)\nb2 = -4e-1\nb2 was not trained"
    values = {n: a.tolist() for n, a in found(parsed(text)).items()}
    assert values == {"w1": [[1], [2]], "b1": 0.5, "w2": 3, "b2": -0.4}


def test_decimal_commas_and_wide_signs_are_read_where_they_can_be_nothing_else() -> None:
    one = {"w1": np.array([[0.25, -1.5, 3], [4, 5, -6]]), "w2": np.array([7.5, 8, 9])}
    other = {"w1": np.array([[1.0, 2, 3], [4, 5, 6]]), "w2": np.array([1.0, 2, 3])}
    for text, arrays in (
        ("w1 = [[0,25 -1,5 3] [4 5 -6,0]], w2 = [7,5 8 9]", one),
        ("w₁\u00a0= [[0.25 −1.5\u202f3]\u3000[4 5 −６．0]]\nｗ２ = [7.5 8 9]", one),
        ("[[1,2,3] [4,5,6]] [1,2,3]", other),
        ("[[1,2,3], [4,5,6]]\n[1,2,3]", other),
    ):
        assert_found(parsed(text), arrays)


TABLE = [(0, 0, 0.0), (0, 1, 0.5), (1, 0, 1.0), (1, 1, 0.5)]
OUTPUTS: list[tuple[str, list[float]]] = [
    *(
        (text, [0, 0.5, 1, 0.5])
        for text in (
            *("[0, 0.5, 1.0, 5e-1]", "0\n.5\n1\n.5\n", "(0, .5, 1, .5)", "\ufeff0;.5;1;.5"),
            *("[[0. ]\n [0.5]\n [1. ]\n [0.5]]", '{"outputs": [0, 0.5, 1, 0.5], "loss": 3}'),
            *("0,0 0,5 1,0 5,0e-1", "0; 0,5; 1; 0,5", "[0,0 0,5 1,0 0,5]"),
            "tensor([[0.],\n [0.5],\n [1.],\n [0.5]], grad_fn=<SigmoidBackward0>)",
            "Output from neural network after 10,000 epochs: [0.] [0.5] [1.] [0.5]",
            "[np.float64(0.0), np.float64(0.5), np.float64(1.0), np.float64(0.5)]",
            "1 xor 1 = 0.5\n0 xor 0 = 0.0\n0 xor 1 = 0.5\n1 xor 0 = 1.0",
            *(
                "\n".join(f"{x1} {x2} output-> {round(y)} ({y})" for x1, x2, y in TABLE),
                "\n".join(f"output-> {round(y)} ({y})" for *_, y in TABLE),
                "\n".join(f"input [{x1} {x2}] output {y}" for x1, x2, y in reversed(TABLE)),
            ),
        )
    ),
    ("[[0.1], [0.9], [0.8]]", [0.1, 0.9, 0.8]),
    ("-0.9 1.2 1e5 -3", [-0.9, 1.2, 1e5, -3]),
    ("nan inf -Inf 0", [math.nan, math.inf, -math.inf, 0]),
    ('{"outputs": [null, 1, 1, 0]}', [math.nan, 1, 1, 0]),
    ("1,2", [1, 2]),  # which may also be one number
]


def test_four_numbers_or_fewer_are_outputs() -> None:
    for text, numbers in OUTPUTS:
        arrays = parsed(text)
        assert arrays.outputs is not None
        np.testing.assert_array_equal(arrays.outputs, numbers)
        assert found(arrays) == {}


NO_WEIGHTS = "There are no weights in it; allowed are the arrays w1 and w2,"
NO_NUMBERS = "In w1 there is something other than numbers in rows and columns."
UNREADABLE: list[tuple[str, str]] = [
    *((text, "It is empty.") for text in ("", " \n")),
    *((text, NO_WEIGHTS) for text in ("hello", "{}", "[True, False]", '{"loss": [1, 2]}',
                                      dumps(Project(Record(RunConfig()), 0)).decode())),
    ("[]", "These are 0 numbers; allowed"),
    *((text, "These are 5 numbers; allowed") for text in ("1 2 3 4 5", "[1] [2] [3] [4] [5]")),
    ("[1 2] " * 5, "These are 5 arrays without names; allowed"),
    ("[[1][2]] [1] [1]", "With three arrays for one hidden unit it is unclear which bias"),
    *((f"[[0.1 0.2 {gap} 0.3]]", "Numbers are left out at ...") for gap in ("...", "…")),
    *((text, "It holds nan, which is not finite: the training of these weights has diverged")
      for text in ("w1 = [[nan 1]]", '{"w1": [[null, 2]]}')),
    *((text, "It holds Infinity,") for text in ('{"outputs": [0, Infinity]}', '{"w1": Infinity}')),
    ("[[1 2][3 -inf]] [5 6]", "It holds -inf,"),
    ("0 1e999 1 0", "The number 1e999 is too large."),
    *((f"[[1 2][3 4 {odd} 5]]", f"There is '{odd}' among the numbers of an array.")
      for odd in ("j", ";", "(", "True")),
    *((text, "A bracket is not closed: the end is missing.")
      for text in ("w1 = [[1 2 3] [4 5", "w1 = [[1 2 3] [4 5 6] w2 = [1 [2")),
    ("w1 = [[1 2 3] [4 5]]", "The rows of w1 differ in length: 3 and 2."),
    *((text, NO_NUMBERS) for text in ('{"w1": true}', '{"w1": [[1, true]]}', '{"w1": [["1", 2]]}',
                                      '{"w1": [[1, 2], 3]}', '{"w1": [[[1, 2]]]}')),
    ("w1 = [1 2] w1 = [3 4]", "There are two arrays w1; remove one of them."),
    ("w1=[1 2] w2=[1 2] w3=[1 2]", "These are 3 layers of weights; xorviz has two"),
    ('{"w1": [[1, 2]], "w1": 3}', "It has the entry 'w1' twice."),
    *((f'{{"w1": [[{number}, 2]]}}', "A number in it is too large.")
      for number in ("1e999", "9" * 400)),
    ('{"w1": [[' + "9" * 5000 + ", 2]]}", "A number in it has 5000 digits."),
    *((text, "It is nested too deep.")
      for text in ("[" * 100_000, '{"w1":' * 30_000, '{"a":' * 10 + "1" + "}" * 10)),
    ("1 " * 10_001, "It holds more than 10000 numbers."),
    ("[1] " * 101, "These are more than 100 arrays;"),
    (" " * (MOST_BYTES + 1), "It is too big for the weights of a network: more than 256 KiB."),
    (json.dumps(TOY).replace('"rows": 2', '"rows": 3', 1), "In weights_ih rows and cols do not"),
]  # fmt: skip


def test_unreadable_texts_are_refused_in_one_sentence() -> None:
    for text, part in UNREADABLE:
        assert refusal(parsed, text).startswith(part)


# JSON.

w1, b1, w2, b2 = (array.tolist() for array in WHOLE.values())
PLAIN = {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
NESTED: list[Any] = [
    {"B2": b2, "W2": w2, "B1": b1, "W1": w1},
    {"model": {"fc1.weight": w1, "fc1.bias": b1, "fc2.weight": w2, "fc2.bias": b2}},
    {"hidden": {"weight": w1, "bias": b1}, "output": {"weight": w2, "bias": b2}},
    {"layers": [{"weights": w1, "biases": b1}, {"weights": w2, "biases": b2}], "rate": 0.1},
    {"weights": [w1, w2], "biases": [b1, b2], "units": ["x"], "A" * 1000: PLAIN["b1"]},
    {"A" * 1000: PLAIN},  # the end of a name tells
    [{"kernel": w1, "bias": b1}, {"kernel": w2, "bias": b2}],
    [w1, b1, w2, b2],
]


def test_json_arrays_may_be_named_and_nested() -> None:
    for value in NESTED:
        assert_found(parsed(json.dumps(value)), WHOLE)


@pytest.mark.parametrize("biases", [False, True])
def test_exports_read_back_with_their_settings(biases: bool) -> None:
    recording = Recording(RunConfig(width=2, biases=biases, activation="tanh", rate=0.7))
    recording.advance(30)
    snapshot = recording.snapshot()
    for data in (weights_npz(snapshot), weights_json(snapshot).encode()):
        arrays = parsed(data)
        assert arrays.config == snapshot.config
        known = snapshot.weights.arrays()
        for mine, its in zip(arranged(arrays).weights.arrays(), known, strict=True):
            np.testing.assert_array_equal(mine, its)
    for config in ({"lr": 3}, "tanh", None, {"width": 1e9}):  # of another program
        text = json.dumps({"config": config, "weights": PLAIN, "outputs": [0] * 4})
        assert parsed(text).config is None


# npz.


def archive(*arrays: Any, **members: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, *arrays, **members)
    return file.getvalue()


def test_npz_of_any_kind_order_and_packing() -> None:
    for kind in ["f8", ">f8", "f4", "f2", "i1", "i8", "u2"]:
        whole = {name: np.abs(np.round(array)) for name, array in WHOLE.items()}
        data = archive(**{name: array.astype(kind) for name, array in whole.items()})
        assert_found(parsed(data), whole)
    assert_found(parsed(archive(w1=np.asfortranarray(W1), w2=W2)), {"w1": W1, "w2": W2})
    file = io.BytesIO()
    np.savez_compressed(file, *WHOLE.values())
    assert_found(parsed(file.getvalue()), WHOLE)
    outputs = parsed(archive(outputs=np.array([[0.1], [0.2], [0.3], [0.4]]))).outputs
    assert outputs is not None
    assert outputs.tolist() == [0.1, 0.2, 0.3, 0.4]


def member(header: str | bytes, body: bytes = b"", version: int = 1) -> bytes:
    """Return an archive with a handmade array."""
    text = header.encode() if isinstance(header, str) else header
    size = struct.pack("<H" if version == 1 else "<I", len(text))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("w1.npy", b"\x93NUMPY" + bytes([version, 0]) + size + text + body)
    return file.getvalue()


def packed(name: str, data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(name, data)
    return file.getvalue()


class Boom:
    """What ends the test if it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("a pickle was executed",)


HEADER = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }"
DAMAGED = "It is a damaged archive, or not one of numpy.savez."
NO_REALS = "w1 is not an array of real numbers or integers."
BAD_ARCHIVES: list[tuple[bytes, str]] = [
    (b"PK\x03\x04 and nothing else", DAMAGED),
    (packed("data.pkl", b""), "It is an archive without NumPy arrays;"),
    *((member(text), DAMAGED) for text in ("", "{'a': open}", "(" * 5000, " " * 20_000, b"\xff",
                                           "{}", HEADER.replace("(2, 1)", "(2**40,)"))),
    (packed("w1.npy", pickle.dumps(Boom())), DAMAGED),
    *((archive(w1=np.array(array)), NO_REALS)
      for array in ([[Boom()]], [[True]], [[1j]], [["x"]], np.zeros(2, "m8[s]"))),
    *((member(HEADER, body), DAMAGED) for body in (b"", bytes(15))),
    *((member(HEADER.replace("(2, 1)", shape), bytes(16)), sentence)
      for shape, sentence in (("(9999999999999,)", "w1 holds more"), ("(-1, -2)", DAMAGED),
                              ("2", DAMAGED), ("(2, 1, 1)", "w1 has 3 dimensions"))),
    (member(HEADER, bytes(10**8)), "w1 holds more numbers than a network of xorviz."),
    (archive(**{f"w{n}": [1] for n in range(101)}), "It holds more than 100 arrays."),
    (archive(w1=W1, w2=W2 * np.nan), "It holds nan, which is not finite"),
    (b"\x93NUMPY\x01\x00", "It is a single NumPy array;"),
    *((data, "It is neither text nor a NumPy npz file.") for data in (b"\x89HDF", b"\x80\x04\x95")),
]  # fmt: skip


def test_archives_that_are_damaged_or_hostile_are_refused() -> None:
    for data, part in BAD_ARCHIVES:
        assert refusal(parsed, data).startswith(part)
    for version in (1, 2, 3):  # while a sound one is read
        arrays = parsed(member(HEADER, struct.pack("<2d", 3, 4), version))
        assert_found(arrays, {"w1": np.array([[3.0], [4.0]])})


# Files.


def test_the_format_of_a_file_is_recognised_by_its_content(tmp_path: Path) -> None:
    for name in ["weights.json", "weights.npz", "weights.txt", "weights"]:
        path = tmp_path / name
        path.write_bytes(archive(**WHOLE) if name.endswith("npz") else LINES.encode())
        assert_found(only(load_states(path)), WHOLE)
        assert_found(only(load_states(str(path))), WHOLE)
    path.write_bytes(LINES.replace("\n", "\r\n").encode("utf-16"))  # as PowerShell has it
    assert_found(only(load_states(path)), WHOLE)
    path.write_bytes(bytes(MOST_BYTES + 1))
    assert refusal(load_states, path).startswith("It is too big for")


# Generated content.


@st.composite
def networks(draw: st.DrawFn) -> Named:
    width = draw(st.integers(1, 6))
    shapes = {"w1": (2, width), "b1": (width,), "w2": (width, 1), "b2": (1,)}
    return {
        name: np.array(draw(st.lists(st.floats(-1e6, 1e6), min_size=n, max_size=n))).reshape(shape)
        for name, shape in shapes.items()
        if (n := int(np.prod(shape)))
    }


@settings(max_examples=8)
@given(networks())
def test_networks_come_back_through_what_programs_write(named: Named) -> None:
    values = named.values()
    with np.printoptions(floatmode="unique", threshold=10_000):
        texts = [
            "\n".join(map(str, values)),
            "\n".join(map(repr, values)),
            "\n".join(f"{name} = {array}" for name, array in named.items()),
            str(OrderedDict(named)),
            str(list(values)),
        ]
    jsons = [json.dumps({n: a.tolist() for n, a in named.items()}),
             json.dumps([a.tolist() for a in values])]  # fmt: skip
    contents: list[str | bytes] = [*texts, *jsons, archive(**named), archive(*values)]
    for content in contents:
        assert_found(parsed(content), named)


LIKELY = st.text(st.sampled_from("[](){},:=.'\"0123456789eE+-… \nwWb12nainf_tensor"), max_size=60)


def reads_or_refuses(content: str | bytes) -> None:
    try:
        arrays = parsed(content)
    except FileError as error:
        sentence_of(error)
        return
    if arrays.outputs is not None:
        assert 1 <= len(arrays.outputs) <= 4
        assert arrays.outputs.ndim == 1
        return
    with suppress(SettingError):
        arranged(arrays)


PIECES = st.sampled_from([NUMPY, LINES, TORCH, "before", "after:", "w1_1 = [[1 2]]"]) | LIKELY
TEXTS = st.text(max_size=60) | st.lists(LIKELY, max_size=5).map("[".join)
STATES = st.lists(PIECES, max_size=5).map("\n".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["w1", "b1", "w2", "b2", "outputs", "config"]), inner),
    max_leaves=20,
)  # fmt: skip
STARTS = st.sampled_from([b"", b"PK", b"PK\x03\x04", b"\x93NUMPY"])
BYTES = st.builds(bytes.__add__, STARTS, st.binary(max_size=200))
HEADERS = st.text("{}()[]'descrfortan_opyul:,1248<fi \\x", max_size=40).flatmap(
    lambda text: st.builds(
        member, st.sampled_from([text, HEADER[: len(text)] + text]), st.binary(max_size=32)
    )
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    whole = bytearray(archive(**WHOLE))
    for _ in range(draw(st.integers(1, 5))):
        whole[draw(st.integers(2, len(whole) - 1))] = draw(st.integers(0, 255))
    return bytes(whole)


@pytest.mark.parametrize(
    "content", [TEXTS, STATES, VALUES.map(json.dumps), BYTES, HEADERS, damaged()]
)
@given(data=st.data())
def test_anything_is_read_or_refused(
    content: st.SearchStrategy[str | bytes], data: st.DataObject
) -> None:
    reads_or_refuses(data.draw(content))
