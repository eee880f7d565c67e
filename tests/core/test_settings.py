"""Settings of a run: defaults, ranges, errors and JSON."""

import dataclasses
import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import quoted
from xorviz.core.rules import Bits, Choice, Real, SettingError, Whole, parsed
from xorviz.core.settings import LIVE, LOSS_NAMES, SETTINGS, SQUARED, RunConfig, field_order
from xorviz.core.truth_table import ROWS


def values_of(rule: Any) -> st.SearchStrategy[Any]:
    """Return any values that a rule allows."""
    match rule:
        case Whole():
            return st.integers(rule.low, rule.high)
        case Real():
            low, high = rule.above_low, rule.below_high
            return st.floats(rule.low, rule.high, exclude_min=low, exclude_max=high)
        case Choice():
            return st.sampled_from(rule.names)
        case Bits():
            return st.tuples(*[st.integers(0, 1)] * rule.count)
    return st.booleans()


VALID = {name: values_of(row.rule) for name, row in SETTINGS.items()}
"""Any values of each setting."""

ENDS: dict[str, tuple[tuple[object, ...], tuple[object, ...]]] = {
    "width": ((1, 64), (0, 65, True)),
    "rate": ((5e-324, 1000), (0, math.nextafter(1000, 1001), True)),
    "seed": ((0, 2**32 - 1), (-1, 2**32, True)),
    "biases": ((False, True), (0, 1)),
    "momentum": ((0, math.nextafter(1, 0)), (-5e-324, 1, True)),
    "init_range": ((5e-324, 100), (0, math.nextafter(100, 101), True)),
    "perturbation": ((5e-324, 1), (0, math.nextafter(1, 2), True)),
    "targets": (((0,) * 4, (1,) * 4), ((1, 0, 1), (1, 0, 1, 0, 1), (1, 0, 1, 2), True)),
    "activation": (("sigmoid", "tanh", "relu"), ("Sigmoid", True)),
    "loss": (
        ("sse", "half-sse", "mse", "half-mse", "cross-entropy", "mean-cross-entropy"),
        ("l2", True),
    ),
    "init": (
        ("uniform", "fan-in", "zero", "equal", "nearly-equal", "default-rng"),
        ("nearly equal", True),
    ),
    "batch": (("full", "pass", "shuffled"), ("row", True)),
    "row_order": (("00,01,10,11", "11,10,01,00"), ("00,01,10", "00,01,10,10", True)),
    "output": (("sigmoid", "tanh", "linear"), ("relu", True)),
    "coding": (("zero-one", "plus-minus"), ("0 and 1", True)),
    "optimizer": (("gradient-descent", "adam"), ("sgd", True)),
}
"""Both ends of what is allowed, or all of it, and values beyond."""


def test_the_defaults_are_those_of_the_28_lines() -> None:
    config = RunConfig(3, 0.01, 1234, "sigmoid", "sse", False, 0.0, "uniform", 1.0, 1e-6)
    assert RunConfig() == replace(config, targets=(1, 0, 1, 0))
    assert ROWS == ((1, 0), (0, 0), (0, 1), (1, 1))
    assert sorted(SETTINGS) == sorted(field.name for field in dataclasses.fields(RunConfig))
    assert {"rate", "momentum"} == LIVE


def test_a_loss_has_other_names() -> None:
    for typed, name in (("MSE", "mse"), ("mean_squared_error", "mse"), ("half_mse", "half-mse"),
                        ("bce", "mean-cross-entropy"), ("CrossEntropy", "cross-entropy"),
                        ("binary_crossentropy", "mean-cross-entropy")):  # fmt: skip
        assert RunConfig(loss=typed).loss == SETTINGS["loss"].rule.parse(typed) == name


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_takes_its_range_and_refuses_all_beyond(name: str) -> None:
    assert name in ENDS, f"ENDS lacks the ends of {name}"
    good, bad = ENDS[name]
    for value in good:
        assert getattr(RunConfig.from_dict({name: value}), name) == value
    for value in bad:
        with pytest.raises(SettingError) as failure:
            RunConfig.from_dict({name: value})
        allowed = SETTINGS[name].rule.allowed
        assert str(failure.value) == f"{name} is {quoted(value)}; allowed: {allowed}"


def is_allowed(values: dict[str, Any]) -> bool:
    """Return whether the loss fits the output unit and the coding, where these are given."""
    is_usual = values.get("output", "sigmoid") == "sigmoid"
    is_usual &= values.get("coding", "zero-one") == "zero-one"
    return is_usual or "entropy" not in values.get("loss", "sse")


def test_cross_entropy_is_that_of_a_sigmoid_and_of_targets_0_and_1() -> None:
    for loss in LOSS_NAMES:
        for other in ({"output": "tanh"}, {"output": "linear"}, {"coding": "plus-minus"}):
            if "entropy" not in loss:
                assert RunConfig.from_dict({"loss": loss, **other}).loss == loss
                continue
            with pytest.raises(SettingError) as failure:
                RunConfig.from_dict({"loss": loss, **other})
            told = (loss, *other.values(), *SQUARED)
            assert all(text in str(failure.value) for text in told)


def test_an_order_of_rows_may_be_written_with_any_signs_between_them() -> None:
    for text in ("10 00 01 11", "10,00,01,11", "10-00-01-11", "10000111"):
        assert RunConfig(row_order=text).row_order == "10,00,01,11"


@given(st.fixed_dictionaries({}, optional=VALID).filter(is_allowed))
def test_a_config_survives_json(values: dict[str, Any]) -> None:
    config = RunConfig(**values)
    text = json.dumps(config.to_dict(), allow_nan=False)
    assert RunConfig.from_dict(json.loads(text)) == config
    assert json.dumps(RunConfig.from_dict(json.loads(text)).to_dict()) == text
    assert RunConfig.from_dict(config.changed()) == config
    assert all(values[name] != getattr(RunConfig(), name) for name in config.changed())


def test_fields_stand_beside_those_they_belong_to() -> None:
    order = field_order()
    assert sorted(order) == sorted(SETTINGS)
    for name, row in SETTINGS.items():
        assert not row.after or order.index(row.after) < order.index(name)
    together = "loss", "batch", "row_order", "optimizer", "momentum"
    assert [name for name in order if name in together] == [*together]


def test_settings_are_an_object_of_known_names() -> None:
    assert RunConfig.from_dict({"width": 5}) == RunConfig(width=5)
    with pytest.raises(SettingError) as failure:
        RunConfig.from_dict({"width": 5, "widht": 5})
    assert all(name in str(failure.value) for name in ("'widht'", *SETTINGS))
    odd: Any
    for odd in ([("width", 3)], "width", 7, None):
        with pytest.raises(SettingError, match="names and values"):
            RunConfig.from_dict(odd)


def test_a_config_is_a_value_of_plain_numbers() -> None:
    config = RunConfig(
        width=np.int64(5),  # type: ignore[arg-type]
        rate=np.float32(0.5),  # type: ignore[arg-type]
        targets=tuple(np.array([0, 1, 1, 0])),
    )
    assert config == RunConfig(width=5, rate=0.5, targets=(0, 1, 1, 0))
    assert json.loads(json.dumps(config.to_dict())) == config.to_dict()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.width = 5  # type: ignore[misc]
    config.to_dict()["targets"][0] = 1
    assert config.targets == (0, 1, 1, 0)
    assert {RunConfig(rate=1): "a"}[RunConfig(rate=1.0, targets=(1, 0, 1, 0))] == "a"


def test_targets_are_typed_in_counting_order_and_other_settings_as_written() -> None:
    targets = SETTINGS["targets"]
    assert targets.reader.parse("0011") == (1, 0, 0, 1)
    assert targets.option((1, 0, 0, 1)) == "0011"
    for text in ("", "001", "00112", "0012", "xor "):
        with pytest.raises(SettingError, match="allowed: 4 digits"):
            parsed(targets.reader, "targets", text)
    assert SETTINGS["rate"].reader is SETTINGS["rate"].rule
    assert SETTINGS["biases"].option(True) == "on"
    assert SETTINGS["width"].phrase == "number of hidden units"
