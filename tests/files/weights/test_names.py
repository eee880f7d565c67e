"""Names of arrays in other programs."""

import pytest

from xorviz.files.atomic import FileError
from xorviz.files.weights.names import kind_of, roles, shown

NAMES: list[str] = [
    "w1 b1 w2 b2",
    "W1 B1 W2 B2",
    "W_1 b_1 W_2 b_2",
    "W[1] b[1] W[2] b[2]",
    "weights1 bias1 weights2 bias2",
    "W0 b0 W1 b1",
    "hidden.weight hidden.bias output.weight output.bias",
    "fc1.weight fc1.bias fc2.weight fc2.bias",
    "layer1.weight layer1.bias out.weight out.bias",
    "0.weight 0.bias 2.weight 2.bias",
    "net.0.weight net.0.bias net.2.weight net.2.bias",
    "dense/kernel:0 dense/bias:0 dense_1/kernel:0 dense_1/bias:0",
    "seq/dense_4/kernel seq/dense_4/bias seq/dense_5/kernel seq/dense_5/bias",
    "weights_ih bias_h weights_ho bias_o",
    "weights_input_hidden bias_hidden weights_hidden_output bias_output",
    "wih bh who bo",
    "W_h b_h W_o b_o",
    "syn0 bias0 syn1 bias1",
    "layers.0.weights layers.0.biases layers.1.weights layers.1.biases",
]


def test_many_naming_schemes_are_recognised() -> None:
    for names in NAMES:
        in_order = dict(zip(names.split(), ("w1", "b1", "w2", "b2"), strict=True))
        assert roles(list(in_order)) == in_order
        assert roles(list(in_order)[::-1]) == in_order
        assert [kind_of(name) for name in in_order] == ["w", "b", "w", "b"]


OTHERS = (
    "loss outputs lr1 W bias weights d_w1 grad.w1 fc1.weight.grad velocity.w1 dw1 x1 h1 conv "
    "config.biases 1 step2"
)


def test_names_of_other_arrays_are_ignored() -> None:
    for name in ["", *OTHERS.split()]:
        assert kind_of(name) is None
        assert roles([name, "w1"]) == {"w1": "w1"}


def test_more_than_two_layers_are_refused() -> None:
    with pytest.raises(FileError, match=r"^These are 3 layers of weights; xorviz has two"):
        roles(["fc1.weight", "fc2.weight", "fc3.weight"])


def test_two_names_for_an_array_are_refused() -> None:
    with pytest.raises(FileError, match=r"^Both w1 and hidden\.weight would be w1\.$"):
        roles(["w1", "hidden.weight"])


def test_names_are_shortened_in_messages() -> None:
    assert shown("w1\n\x00") == "w1??"
    assert shown("w" * 500) == "w" * 80 + "…"
    assert kind_of("x" * 10**6 + ".fc1.weight") == "w"
