"""What is said of networks of other programs."""

import numpy as np
import pytest

from xorviz.core.diagnosis.diagnosis import diagnose_outputs
from xorviz.core.rules import SettingError
from xorviz.files.weights.own_network import (
    EXAMPLE,
    Arrays,
    arranged,
    arrays_text,
    computed_text,
    diagnosis_html,
    outputs_text,
    refusal_text,
)
from xorviz.files.weights.reader import parse_text


def test_the_example_is_a_network_that_has_learned_xor() -> None:
    assert EXAMPLE.startswith("For example\n")
    text = EXAMPLE.partition("or JSON")[0]
    network = arranged(parse_text(text))
    assert network.summary == "2-3-1 with biases, w1 as (2, 3)"
    assert network.weights.b2 is not None
    answers = computed_text(network, "sigmoid").partition(": ")[2].split(", ")
    assert [round(float(answer)) for answer in answers] == [0, 1, 1, 0]
    assert parse_text(EXAMPLE.rpartition(": ")[2]).outputs is not None


@pytest.mark.parametrize(
    "arrays",
    [
        Arrays(
            np.array([[0.1, 1e-17], [3, 4]]), np.array([1.0, 2]), np.ones((2, 1)), np.array(5.0)
        ),
        Arrays(np.ones((3, 2)), w2=np.ones((1, 3))),
        Arrays(outputs=np.array([0.1, 0.2, 0.3, 1 / 3])),
    ],
)
def test_a_text_of_arrays_is_read_as_the_same_arrays(arrays: Arrays) -> None:
    again = parse_text(arrays_text(arrays))
    for name in ("w1", "b1", "w2", "b2", "outputs"):
        mine, its = getattr(again, name), getattr(arrays, name)
        assert (mine is None) == (its is None)
        if mine is not None:
            np.testing.assert_array_equal(mine, its)
            assert mine.shape == its.shape


def test_outputs_are_in_the_order_that_a_person_has_them() -> None:
    order = ((1, 1), (0, 0), (0, 1), (1, 0))
    assert (
        outputs_text((0.1, 0.2, 0.3, 0.4), order)
        == "Outputs for 11, 00, 01, 10: 0.400, 0.200, 0.300, 0.100"
    )


def test_a_refusal_is_a_sentence() -> None:
    assert refusal_text(SettingError("w1 is missing")) == "w1 is missing."
    assert refusal_text(SettingError("b2 is odd")) == "b2 is odd."
    assert refusal_text(SettingError("the order is odd")) == "The order is odd."


def test_a_diagnosis_is_a_headline_a_sentence_and_a_list() -> None:
    found = diagnose_outputs((1, 0, 0.5, 0.5), (1, 0, 1, 0))
    text = diagnosis_html(found)
    assert text.startswith("<p><b>Half learned</b></p><p>Rows 0 1 and 1 1 are pinned")
    assert text.count("<li>") == len(found.advice)
    assert "\u2009" not in text
    assert "<li>" not in diagnosis_html(diagnose_outputs((1, 0, 1, 0), (1, 0, 1, 0)))
