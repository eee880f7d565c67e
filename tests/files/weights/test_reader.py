"""Weights of other programs are read bit for bit, or refused in one sentence."""

import io
import json
import math
import struct
import zipfile
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.core.arrays import Array
from xorviz.core.network import Weights
from xorviz.core.numerals import THIN_SPACE
from xorviz.core.rules import SettingError
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.exports.tables import weights_json, weights_npz
from xorviz.files.run_file import dumps
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
        np.testing.assert_array_equal(array, expected[name])
        assert array.shape == expected[name].shape
        assert array.dtype == np.float64


def refusal(content: str | bytes) -> str:
    """Return the sentence with which content is refused."""
    with pytest.raises(FileError) as refused:
        parsed(content)
    assert_one_sentence(str(refused.value))
    return str(refused.value)


def assert_one_sentence(text: str) -> None:
    assert text[0].isupper() or text.startswith(("w", "b"))
    assert text[-1] == "."
    assert text.replace(THIN_SPACE, " ").isprintable()
    assert ". " not in text.replace("... ", "")
    assert len(text) < 300


# Printed text.

NUMPY = """[[ 1.0e-01 -2.0e+00  3.0e-05]
 [ 4.0e+00  5.5e+00 -6.25e+00]]
[ 1.  2. -3.]
[[ 7. ]
 [-8. ]
 [ 9.5]]
[0.35]
"""
TORCH = """OrderedDict([('fc1.weight', tensor([[ 0.1,  4.0],
        [-2.0,  5.5],
        [ 3.0e-05, -6.25]], device='cuda:0')), ('fc1.bias', tensor([ 1.,  2., -3.])),
        ('fc2.weight', tensor([[ 7., -8.,  9.5]])), ('fc2.bias', tensor([0.35]))])"""
PARAMETERS = """0.weight Parameter containing:
tensor([[ 0.1,  4.0],
        [-2.0,  5.5],
        [ 3.0e-05, -6.25]], requires_grad=True)
0.bias Parameter containing:
tensor([ 1.,  2., -3.], requires_grad=True)
2.weight Parameter containing:
tensor([[ 7., -8.,  9.5]], requires_grad=True)
2.bias Parameter containing:
tensor([0.35], dtype=torch.float64, requires_grad=True)
"""
KERAS = """[array([[ 0.1, -2.0,  3e-05],
       [ 4.0,  5.5, -6.25]], dtype=float32), array([ 1.,  2., -3.], dtype=float32), array([[ 7. ],
       [-8. ],
       [ 9.5]], dtype=float32), array([0.35], dtype=float32)]"""
LINES = """Epoch 1000, loss 0.0123
w1 = [[.1, −2, 3e-5], [4, 5.5, -6.25]]
b1: [1 2 -3]
W2 = np.array([[7.], [-8.], [9.5]])
b2 = [.35]
done ...
"""
DICTIONARY = repr({name: array.tolist() for name, array in WHOLE.items()})


def test_printed_arrays_are_read() -> None:
    for text in [NUMPY, KERAS, LINES, DICTIONARY, f"[{NUMPY}]"]:
        assert_found(parsed(text), WHOLE)


SQUARE = Weights(
    np.array([[1.0, 2], [3, 4]]), np.array([5.0, 6]), np.array([[7.0], [8]]), np.array([9.0])
)
"""h1 gets 1 x1 + 3 x2 + 5."""
TOY: dict[str, Any] = {
    "input_nodes": 2,
    "hidden_nodes": 2,
    "output_nodes": 1,
    "weights_ih": {"rows": 2, "cols": 2, "data": [[1, 3], [2, 4]]},
    "weights_ho": {"rows": 1, "cols": 2, "data": [[7, 8]]},
    "bias_h": {"rows": 2, "cols": 1, "data": [[5], [6]]},
    "bias_o": {"rows": 1, "cols": 1, "data": [[9]]},
    "learning_rate": 0.1,
    "activation_function": {},
}
FLAT = TOY | {
    "weights_ih": {"rows": 2, "cols": 2, "data": [1, 3, 2, 4]},
    "weights_ho": {"rows": 1, "cols": 2, "data": [7, 8]},
    "bias_h": {"rows": 2, "cols": 1, "data": [5, 6]},
}
DECIDED: list[str] = [
    (
        "OrderedDict([('0.weight', tensor([[1., 3.],\n [2., 4.]])), ('0.bias', tensor([5., 6.])), "
        "('2.weight', tensor([[7., 8.]])), ('2.bias', tensor([9.]))])"
    ),
    (
        "{'fc1.weight': tensor([[1., 3.], [2., 4.]], device='cuda:0'), "
        "'fc1.bias': tensor([5., 6.]), 'fc2.weight': tensor([7., 8.]), 'fc2.bias': tensor(9.)}"
    ),
    (
        "[array([[1., 2.],\n [3., 4.]], dtype=float32), array([5., 6.], dtype=float32), "
        "array([[7.],\n [8.]], dtype=float32), array([9.], dtype=float32)]"
    ),
    "dense/kernel:0 [[1 2] [3 4]] dense/bias:0 [5 6] dense_1/kernel:0 [7 8] dense_1/bias:0 [9]",
    "w1 = [[1 2] [3 4]] b1 = [5 6] w2 = [[7] [8]] b2 = 9",
    "[array([[1., 2.], [3., 4.]]), array([[7.], [8.]])]\n[array([5., 6.]), array([9.])]",
    (
        '{"layers": [{"weights": [], "biases": []}, '
        '{"weights": [[1, 3], [2, 4]], "biases": [5, 6]}, '
        '{"weights": [[7, 8]], "biases": [9]}]}'
    ),
    "w1 = [[1 3] [2 4]] b1 = [5 6] w2 = [[7 8]] b2 = 9",
    '{"fc1": {"weight": [[1, 3], [2, 4]], "bias": [5, 6]}, "fc2": {"weight": [7, 8], "bias": [9]}}',
    json.dumps(TOY),
    json.dumps(FLAT),
    f"nn = NeuralNetwork.deserialize({json.dumps(TOY)});",
]


def test_what_programs_write_decides_the_orientation_of_two_units() -> None:
    for text in DECIDED:
        arrays = parsed(text)
        assert not needs_orientation(arrays), text
        network = arranged(arrays)
        for mine, its in zip(network.weights.arrays(), SQUARE.arrays(), strict=True):
            np.testing.assert_array_equal(mine, its)
        assert ("since w2 is" in network.summary) != ("as its name tells" in network.summary)


def test_only_where_nothing_decides_is_the_orientation_asked() -> None:
    for text in [
        "[[1 2] [3 4]] [7 8]",
        "w1 = [[1 2] [3 4]] w2 = [7 8]",
        "W0=[[1 2][3 4]] W1=[7 8]",
    ]:
        assert needs_orientation(parsed(text))
    wide = parsed("{'fc1.weight': [[1, 2, 3], [4, 5, 6]], 'fc2.weight': [7, 8, 9]}")
    assert arranged(wide).summary == "2-3-1 without biases, w1 as (2, 3)"


def test_a_matrix_must_have_the_size_that_it_says() -> None:
    for wrong in ({"rows": 2, "cols": 2, "data": [1, 2, 3]}, {"rows": 0, "cols": 2, "data": []}):
        text = json.dumps({"weights_ih": wrong})
        assert refusal(text) == "In weights_ih rows and cols do not fit the numbers in data."


def test_arrays_printed_by_torch_are_transposed() -> None:
    for text in [TORCH, PARAMETERS]:
        network = arranged(parsed(text))
        assert network.summary == "2-3-1 with biases, w1 as (3, 2): transposed"
        for mine, its in zip(network.weights.arrays(), WHOLE.values(), strict=True):
            np.testing.assert_array_equal(mine, its)


UNNAMED: list[tuple[str, str]] = [
    ("[[1 2 3]\n[4 5 6]]\n[[1][2][3]]", "w1 w2"),
    ("[[1 2 3] [4 5 6]] [1 2 3] [[1][2][3]]", "w1 b1 w2"),
    ("[[1 2 3] [4 5 6]] [[1][2][3]] [1]", "w1 w2 b2"),
    ("[[1 2 3] [4 5 6]] [1 2 3] [[1][2][3]] [1]", "w1 b1 w2 b2"),
    ("[[1, 2, 3], [4, 5, 6]]", "w1"),
    ("[[[1, 2, 3], [4, 5, 6]], [1, 2, 3]]", "w1 w2"),
    ("[[[1, 2, 3], [4, 5, 6]], [1, 2, 3], [[1, 2, 3]], 1]", "w1 b1 w2 b2"),
]


def test_arrays_without_names_are_assigned_in_order() -> None:
    for text, names in UNNAMED:
        assert list(found(parsed(text))) == names.split()


def test_a_number_after_a_name_is_an_array() -> None:
    text = "w1 = [[1], [2]]\nb1 = 0.5\nw2: tensor(3.)\nb2 = -4e-1\nb2 was not trained"
    assert {n: a.tolist() for n, a in found(parsed(text)).items()} == {
        "w1": [[1], [2]],
        "b1": 0.5,
        "w2": 3,
        "b2": -0.4,
    }


def test_other_arrays_are_ignored_if_some_have_names() -> None:
    text = "losses = [1 2 3]\nw1 = [[1 2 3] [4 5 6]]\nw2 = [1 2 3]\n[9 9 9]"
    assert list(found(parsed(text))) == ["w1", "w2"]


OUTPUTS: list[str] = [
    "0 .5 1 .5",
    "0, .5, 1, .5",
    "[0 .5 1 .5]",
    "[0, 0.5, 1.0, 5e-1]",
    "(0, .5, 1, .5)",
    "[[0. ]\n [0.5]\n [1. ]\n [0.5]]",
    "[[0, 0.5, 1, 0.5]]",
    "outputs: 0 .5 1 .5",
    "tensor([[0.],\n [0.5],\n [1.],\n [0.5]], grad_fn=<SigmoidBackward0>)",
    "0\n.5\n1\n.5\n",
    '{"outputs": [0, 0.5, 1, 0.5], "loss": 3}',
    "\ufeff0;.5;1;.5",
    "0,0 0,5 1,0 5,0e-1",
    "0; 0,5; 1; 0,5",
    "[0.]\n[0.5]\n[1.]\n[0.5]\n",
    "Output from neural network after 10,000 epochs: [0.] [0.5] [1.] [0.5]",
    "[array([[0.]]), array([[0.5]]), array([[1.]]), array([[0.5]])]",
]


def test_four_numbers_are_outputs() -> None:
    for text in OUTPUTS:
        arrays = parsed(text)
        assert arrays.outputs is not None
        assert arrays.outputs.tolist() == [0, 0.5, 1, 0.5]
        assert found(arrays) == {}


FEW_OR_ODD: list[tuple[str, list[float]]] = [
    ("0 1", [0, 1]),
    ("0.5", [0.5]),
    ("[[0.1], [0.9], [0.8]]", [0.1, 0.9, 0.8]),
    ("-0.9 1.2 1e5 -3", [-0.9, 1.2, 1e5, -3]),
    ("nan inf -Inf 0", [math.nan, math.inf, -math.inf, 0]),
    ("[NaN, -Infinity, 0, 1]", [math.nan, -math.inf, 0, 1]),
    ('{"outputs": [null, 1, 1, 0]}', [math.nan, 1, 1, 0]),
    ("tensor([nan, nan, nan, nan])", [math.nan] * 4),
]


def test_outputs_may_be_fewer_outside_0_to_1_and_not_finite() -> None:
    for text, numbers in FEW_OR_ODD:
        outputs = parsed(text).outputs
        assert outputs is not None
        np.testing.assert_array_equal(outputs, numbers)


ALLOWED = "allowed are the arrays w1 and w2, and perhaps b1 and b2, or the four outputs alone"


UNREADABLE: list[tuple[str, str]] = [
    ("", "It is empty."),
    (" \n", "It is empty."),
    ("hello", f"There are no weights in it; {ALLOWED}."),
    ("[]", f"These are 0 numbers; {ALLOWED}."),
    ("{}", f"There are no weights in it; {ALLOWED}."),
    ("[True, False]", f"There are no weights in it; {ALLOWED}."),
    ('{"loss": [1, 2]}', f"There are no weights in it; {ALLOWED}."),
    ("1 2 3 4 5", f"These are 5 numbers; {ALLOWED}."),
    ("[1] [2] [3] [4] [5]", f"These are 5 arrays without names; {ALLOWED}."),
    ("[[1][2]] [1] [1]", "With three arrays for one hidden unit it is unclear which bias"),
    ("[[0.1 0.2 ... 0.3]]", "Numbers are left out at ..."),
    ("[[0.1 0.2 … 0.3]]", "Numbers are left out at ..."),
    ("w1 = [[nan 1]]", "It holds nan, which is not finite: the training of these weights has"),
    ('{"outputs": [0, Infinity, 1, 0]}', "It holds Infinity,"),
    ('{"w1": [[null, 2]]}', "It holds nan, which is not finite: the training of these weights has"),
    ("[[1 2][3 -inf]] [5 6]", "It holds -inf,"),
    ("0 1e999 1 0", "The number 1e999 is too large."),
    ("[0.1 2j]", "There is 'j' among the numbers of an array."),
    ("[1 2; 3 4]", "There is ';' among the numbers of an array."),
    ("[[1, 2], (3, 4)]", "There is '(' among the numbers of an array."),
    ("[0.1 True]", "There is 'True' among the numbers of an array."),
    ("w1 = [[1 2 3] [4 5", "A bracket is not closed: the end is missing."),
    ("w1 = [[1 2 3] [4 5]]", "The rows of w1 differ in length: 3 and 2."),
    ("w1 = [[1 2 3] 4]", "In w1 there is something other than numbers in rows and columns."),
    ("w1 = [[[1 2]]]", "In w1 there is something other than numbers in rows and columns."),
    ("w1 = [1 2] w1 = [3 4]", "There are two arrays w1; remove one of them."),
    ("w1=[1 2] w2=[1 2] w3=[1 2]", "These are 3 layers of weights; xorviz has two"),
    ('{"w1": [[1, 2]], "w1": 3}', "It has the entry 'w1' twice."),
    ('{"w1": [[NaN, 2]]}', "It holds NaN, which is not a number."),
    ('{"w1": -Infinity}', "It holds -Infinity,"),
    ('{"w1": [[1e999, 2]]}', "A number in it is too large."),
    ('{"w1": [[' + "9" * 400 + ", 2]]}", "A number in it is too large."),
    ('{"w1": [[' + "9" * 5000 + ", 2]]}", "A number in it has 5000 digits."),
    ('{"w1": true}', "In w1 there is something other than numbers in rows and columns."),
    ('{"w1": [[1, true]]}', "In w1 there is something other than numbers in rows and columns."),
    ('{"w1": [["1", "2"]]}', "In w1 there is something other than numbers in rows and columns."),
    ("[" * 100_000, "It is nested too deep."),
    ('{"w1":' * 30_000, "It is nested too deep."),
    ("1 " * 10_001, "These are more than 10000 numbers."),
    ("[1] " * 101, "These are more than 100 arrays;"),
    (" " * (MOST_BYTES + 1), "It is too big for the weights of a network: more than 256 KiB."),
]


def test_unreadable_texts_are_refused_in_one_sentence() -> None:
    for text, part in UNREADABLE:
        assert refusal(text).startswith(part)


# JSON.


NESTED: list[Any] = [
    {"w1": 0, "b1": 1, "w2": 2, "b2": 3},
    {"B2": 3, "W2": 2, "B1": 1, "W1": 0},
    {"model": {"fc1.weight": 0, "fc1.bias": 1, "fc2.weight": 2, "fc2.bias": 3}},
    {"hidden": {"weight": 0, "bias": 1}, "output": {"weight": 2, "bias": 3}},
    {"layers": [{"weights": 0, "biases": 1}, {"weights": 2, "biases": 3}], "rate": 0.1},
    [{"kernel": 0, "bias": 1}, {"kernel": 2, "bias": 3}],
    [0, 1, 2, 3],
]


def filled(part: Any) -> Any:
    """Return JSON values with the arrays of WHOLE in place of their numbers."""
    match part:
        case dict():
            return {name: filled(item) for name, item in part.items()}
        case list():
            return [filled(item) for item in part]
        case float():
            return part
        case _:
            return list(WHOLE.values())[part].tolist()


def test_json_arrays_may_be_named_and_nested() -> None:
    for value in NESTED:
        assert_found(parsed(json.dumps(filled(value))), WHOLE)


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("kind", ["json", "npz"])
def test_exports_read_back_with_their_settings(biases: bool, kind: str) -> None:
    recording = Recording(RunConfig(width=2, biases=biases, activation="tanh", rate=0.7))
    recording.advance(30)
    snapshot = recording.snapshot()
    data = weights_npz(snapshot) if kind == "npz" else weights_json(snapshot).encode()
    arrays = parsed(data)
    assert arrays.config == snapshot.config
    known = snapshot.weights.arrays()
    for mine, its in zip(arranged(arrays).weights.arrays(), known, strict=True):
        np.testing.assert_array_equal(mine, its)


def test_settings_of_other_programs_are_ignored() -> None:
    named = {name: array.tolist() for name, array in WHOLE.items()}
    for config in ({"lr": 3}, "tanh", None, {"width": 1e9}):
        text = json.dumps({"config": config, "weights": named, "outputs": [0, 0, 0, 0]})
        assert parsed(text).config is None


def test_a_run_file_is_refused() -> None:
    from xorviz.core.runs.project import Project  # noqa: PLC0415
    from xorviz.core.runs.record import Record  # noqa: PLC0415

    assert "is an xorviz run file" in refusal(dumps(Project(Record(RunConfig()), 0)))


# npz.


def archive(**members: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **members)
    return file.getvalue()


def test_npz_of_any_kind_of_numbers() -> None:
    for kind in ["f8", ">f8", "f4", "f2", "i1", "i8", "u2"]:
        whole = {name: np.abs(np.round(array)) for name, array in WHOLE.items()}
        data = archive(**{name: array.astype(kind) for name, array in whole.items()})
        assert_found(parsed(data), whole)


def test_npz_may_be_by_columns_compressed_and_without_names() -> None:
    assert_found(parsed(archive(w1=np.asfortranarray(W1), w2=W2)), {"w1": W1, "w2": W2})
    file = io.BytesIO()
    np.savez_compressed(file, *WHOLE.values())
    assert_found(parsed(file.getvalue()), WHOLE)
    outputs = parsed(archive(outputs=np.array([[0.1], [0.2], [0.3], [0.4]]))).outputs
    assert outputs is not None
    assert outputs.tolist() == [0.1, 0.2, 0.3, 0.4]


def member(header: str | bytes, body: bytes = b"", name: str = "w1", version: int = 1) -> bytes:
    """Return an archive with a handmade array."""
    text = header.encode() if isinstance(header, str) else header
    size = struct.pack("<H" if version == 1 else "<I", len(text))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(f"{name}.npy", b"\x93NUMPY" + bytes([version, 0]) + size + text + body)
    return file.getvalue()


HEADER = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }"


def test_headers_of_every_version_are_read() -> None:
    for version in (1, 2, 3):
        arrays = parsed(member(HEADER, struct.pack("<2d", 3, 4), version=version))
        assert_found(arrays, {"w1": np.array([[3.0], [4.0]])})


BAD_ARCHIVES: list[tuple[bytes, str]] = [
    (b"PK\x03\x04 and nothing else", "It is a damaged archive"),
    (member("", name="config"), "There are no weights in it;"),
    (member(""), "w1 is not a NumPy array."),
    (member("1"), "w1 is not a NumPy array."),
    (member("{'a': open}"), "w1 is not a NumPy array."),
    (member("(" * 5000), "w1 is not a NumPy array."),
    (member(b"\xff"), "w1 is not a NumPy array."),
    (member(" " * 20_000), "w1 is not a NumPy array."),
    (member("{}"), "w1 is not an array of real numbers or integers."),
    (member(HEADER.replace("<f8", "|O"), b"cos\n"), "w1 is not an array of real numbers"),
    (member(HEADER.replace("<f8", "?"), b"\x00\x01"), "w1 is not an array of real numbers"),
    (member(HEADER.replace("<f8", "<c16"), bytes(32)), "w1 is not an array of real"),
    (member(HEADER), "w1 is damaged: its size does not match its header."),
    (member(HEADER, bytes(17)), "w1 is damaged: its size does not match its header."),
    (member(HEADER.replace("(2, 1)", "(2**40,)")), "w1 is not a NumPy array."),
    (member(HEADER.replace("(2, 1)", "(9999999999999,)")), "w1 is damaged"),
    (member(HEADER.replace("(2, 1)", "(-1, -2)"), bytes(16)), "w1 is damaged"),
    (member(HEADER.replace("(2, 1)", "(True, 2)"), bytes(16)), "w1 is damaged"),
    (member(HEADER.replace("(2, 1)", "2"), bytes(16)), "w1 is damaged"),
    (member(HEADER.replace("(2, 1)", "(2, 1, 1)"), bytes(16)), "w1 has 3 dimensions"),
    (member(HEADER, bytes(10**8)), "w1 holds more numbers than a network of xorviz."),
    (archive(**{f"w{n}": [1] for n in range(101)}), "It holds more than 100 arrays."),
    (b"\x93NUMPY\x01\x00", "It is a single NumPy array;"),
    (b"\x89HDF\r\n", "It is neither text nor a NumPy npz file."),
    (b"\x80\x04\x95", "It is neither text nor a NumPy npz file."),
]


def test_archives_that_are_damaged_or_hostile_are_refused() -> None:
    for data, part in BAD_ARCHIVES:
        assert refusal(data).startswith(part)


def test_an_archive_without_arrays_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("archive/data.pkl", b"\x80\x02")
    assert refusal(file.getvalue()).startswith("It is an archive without NumPy arrays;")


# Files.


def test_the_format_of_a_file_is_recognised_by_its_content(tmp_path: Path) -> None:
    for name in ["weights.json", "weights.npz", "weights.txt", "weights"]:
        path = tmp_path / name
        path.write_bytes(archive(**WHOLE) if name.endswith("npz") else LINES.encode())
        assert_found(only(load_states(path)), WHOLE)
        assert_found(only(load_states(str(path))), WHOLE)
    path.write_bytes(LINES.replace("\n", "\r\n").encode("utf-16"))  # as PowerShell has it
    assert_found(only(load_states(path)), WHOLE)


def test_a_file_that_is_too_big_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(bytes(MOST_BYTES + 1))
    with pytest.raises(FileError, match=r"^It is too big for .*: more than 256 KiB\.$"):
        only(load_states(path))


# Generated content.

NUMBERS = st.floats(-1e6, 1e6)
WIDTHS = st.integers(1, 6)


@st.composite
def networks(draw: st.DrawFn) -> Named:
    width = draw(WIDTHS)
    shapes = {"w1": (2, width), "b1": (width,), "w2": (width, 1), "b2": (1,)}
    return {
        name: np.array(draw(st.lists(NUMBERS, min_size=n, max_size=n))).reshape(shape)
        for name, shape in shapes.items()
        if (n := int(np.prod(shape)))
    }


@given(networks())
def test_networks_come_back_through_json(named: Named) -> None:
    assert_found(parsed(json.dumps({n: a.tolist() for n, a in named.items()})), named)
    assert_found(parsed(json.dumps([a.tolist() for a in named.values()])), named)


@given(networks())
def test_networks_come_back_through_what_numpy_prints(named: Named) -> None:
    with np.printoptions(floatmode="unique", threshold=10_000):
        texts = [
            "\n".join(map(str, named.values())),
            "\n".join(map(repr, named.values())),
            "\n".join(f"{name} = {array}" for name, array in named.items()),
            str(OrderedDict(named)),
            str(list(named.values())),
        ]
    for text in texts:
        assert_found(parsed(text), named)


@given(networks(), st.booleans())
def test_networks_come_back_through_npz(named: Named, has_names: bool) -> None:
    file = io.BytesIO()
    np.savez(file, *named.values())
    data = archive(**named) if has_names else file.getvalue()
    assert_found(parsed(data), named)


LIKELY = st.text(st.sampled_from("[](){},:=.'\"0123456789eE+-… \nwWb12nainf_tensor"), max_size=60)


def reads_or_refuses(content: str | bytes) -> None:
    try:
        arrays = parsed(content)
    except FileError as error:
        assert_one_sentence(str(error))
        return
    if arrays.outputs is not None:
        assert 1 <= len(arrays.outputs) <= 4
        assert arrays.outputs.ndim == 1
        return
    with suppress(SettingError):
        arranged(arrays)


@given(st.one_of(LIKELY, st.text(max_size=60), st.lists(LIKELY, max_size=5).map("[".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    reads_or_refuses(text)


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["w1", "b1", "w2", "b2", "outputs", "config"]), inner),
    max_leaves=20,
))  # fmt: skip
def test_any_json_is_read_or_refused(value: object) -> None:
    reads_or_refuses(json.dumps(value))


@given(st.data())
def test_any_damaged_archive_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(archive(**WHOLE))
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(2, len(whole) - 1))] = data.draw(st.integers(0, 255))
    reads_or_refuses(bytes(whole))


@given(st.binary(max_size=200), st.sampled_from([b"", b"PK", b"PK\x03\x04", b"\x93NUMPY"]))
def test_any_bytes_are_read_or_refused(tail: bytes, head: bytes) -> None:
    reads_or_refuses(head + tail)


@given(st.text("{}()[]'descrfortan_opyul:,1248<fi \\x", max_size=40), st.binary(max_size=32))
def test_any_header_is_read_or_refused(header: str, body: bytes) -> None:
    reads_or_refuses(member(header, body))
    reads_or_refuses(member(HEADER[: len(header)] + header, body))
