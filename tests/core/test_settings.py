"""Settings of a run: defaults, ranges, errors and JSON."""

import dataclasses
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import quoted
from xorviz.core.rules import SettingError
from xorviz.core.settings import ACTIVATION_NAMES, INIT_NAMES, LIVE, LOSS_NAMES, SETTINGS, RunConfig
from xorviz.core.truth_table import ROWS

VALID: dict[str, st.SearchStrategy[Any]] = {
    "width": st.integers(1, 64),
    "rate": st.floats(0, 1000, exclude_min=True),
    "seed": st.integers(0, 2**32 - 1),
    "activation": st.sampled_from(ACTIVATION_NAMES),
    "loss": st.sampled_from(LOSS_NAMES),
    "biases": st.booleans(),
    "momentum": st.floats(0, 1, exclude_max=True),
    "init": st.sampled_from(INIT_NAMES),
    "init_range": st.floats(0, 100, exclude_min=True),
    "perturbation": st.floats(0, 1, exclude_min=True),
    "targets": st.tuples(*[st.integers(0, 1)] * 4),
}
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=6)
    | st.binary(max_size=4)
    | st.complex_numbers()
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.tuples(inner, inner, inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=6,
)


def is_allowed(name: str, value: object) -> bool:
    """Return whether a value is allowed, written independently of the rules."""
    whole, number = type(value) is int, type(value) in {int, float}
    entropies = ("cross-entropy", "mean-cross-entropy")
    allowed: dict[str, Callable[[Any], bool]] = {
        "width": lambda v: whole and 1 <= v <= 64,
        "rate": lambda v: number and 0 < v <= 1000,
        "seed": lambda v: whole and 0 <= v <= 4294967295,
        "activation": lambda v: v in ("sigmoid", "tanh", "relu"),
        "loss": lambda v: v in ("sse", "half-sse", "mse", "half-mse", *entropies),
        "biases": lambda v: v is True or v is False,
        "momentum": lambda v: number and 0 <= v < 1,
        "init": lambda v: v in ("uniform", "zero", "equal", "nearly-equal", "default-rng"),
        "init_range": lambda v: number and 0 < v <= 100,
        "perturbation": lambda v: number and 0 < v <= 1,
        "targets": lambda v: len(v) == 4 and all(type(b) is not bool and b in (0, 1) for b in v),
    }
    try:
        return allowed[name](value)
    except TypeError:
        return False


def error_of(name: str, value: object) -> str:
    """Return the error message for an invalid value."""
    with pytest.raises(SettingError) as failure:
        RunConfig(**{name: value})  # type: ignore[arg-type]
    return str(failure.value)


def test_the_defaults_are_those_of_the_28_lines() -> None:
    assert RunConfig().to_dict() == {
        "width": 3,
        "rate": 0.01,
        "seed": 1234,
        "activation": "sigmoid",
        "loss": "sse",
        "biases": False,
        "momentum": 0.0,
        "init": "uniform",
        "init_range": 1.0,
        "perturbation": 1e-6,
        "targets": [1, 0, 1, 0],
    }
    assert ROWS == ((1, 0), (0, 0), (0, 1), (1, 1))


def test_every_field_has_a_rule() -> None:
    assert sorted(SETTINGS) == sorted(field.name for field in dataclasses.fields(RunConfig))
    assert {"rate", "momentum"} == LIVE


ENDS: dict[str, tuple[object, ...]] = {
    "width": (1, 64),
    "rate": (5e-324, 1000),
    "seed": (0, 2**32 - 1),
    "biases": (False, True),
    "momentum": (0, math.nextafter(1, 0)),
    "init_range": (5e-324, 100),
    "perturbation": (5e-324, 1),
    "targets": ((0, 0, 0, 0), (1, 1, 1, 1)),
    "activation": ACTIVATION_NAMES,
    "loss": LOSS_NAMES,
    "init": INIT_NAMES,
}
BEYOND: dict[str, tuple[object, ...]] = {
    "width": (0, 65, True),
    "rate": (0, math.nextafter(1000, 1001), True),
    "seed": (-1, 2**32, True),
    "biases": (0, 1),
    "momentum": (-5e-324, 1, True),
    "init_range": (0, math.nextafter(100, 101), True),
    "perturbation": (0, math.nextafter(1, 2), True),
    "targets": ((1, 0, 1), (1, 0, 1, 0, 1), (1, 0, 1, 2), True),
    "activation": ("Sigmoid", True),
    "loss": ("SSE", True),
    "init": ("nearly equal", True),
}


def test_both_ends_of_every_range_are_valid() -> None:
    for name in SETTINGS:
        for value in ENDS[name]:
            assert getattr(RunConfig.from_dict({name: value}), name) == value


def test_an_error_names_field_value_and_allowed_range() -> None:
    for name in SETTINGS:
        for value in BEYOND[name]:
            assert (
                error_of(name, value)
                == f"{name} is {quoted(value)}; allowed: {SETTINGS[name].rule.allowed}"
            )


@given(st.sampled_from(sorted(SETTINGS)), ANYTHING)
def test_any_value_is_accepted_or_rejected_with_its_name(name: str, value: object) -> None:
    if is_allowed(name, value):
        taken = getattr(RunConfig.from_dict({name: value}), name)
        assert (list(taken) == list(value)) if isinstance(value, list | tuple) else (taken == value)
    else:
        assert error_of(name, value).startswith(f"{name} is {quoted(value)}; allowed: ")


@given(st.fixed_dictionaries({}, optional=VALID))
def test_a_config_survives_json(values: dict[str, Any]) -> None:
    config = RunConfig(**values)
    text = json.dumps(config.to_dict(), allow_nan=False)
    assert RunConfig.from_dict(json.loads(text)) == config
    assert json.dumps(RunConfig.from_dict(json.loads(text)).to_dict()) == text


def test_missing_settings_take_their_defaults() -> None:
    assert RunConfig.from_dict({"width": 5}) == RunConfig(width=5)


def test_an_unknown_setting_is_rejected_with_the_known_ones() -> None:
    with pytest.raises(SettingError) as failure:
        RunConfig.from_dict({"width": 5, "widht": 5})
    assert "'widht'" in str(failure.value)
    for name in SETTINGS:
        assert name in str(failure.value)


def test_numpy_numbers_become_plain_ones() -> None:
    config = RunConfig(
        width=np.int64(5),  # type: ignore[arg-type]
        seed=np.uint32(2**32 - 1),  # type: ignore[arg-type]
        rate=np.float32(0.5),  # type: ignore[arg-type]
        targets=tuple(np.array([0, 1, 1, 0])),
    )
    assert config == RunConfig(width=5, seed=2**32 - 1, rate=0.5, targets=(0, 1, 1, 0))
    assert json.loads(json.dumps(config.to_dict())) == config.to_dict()


def test_a_config_is_frozen() -> None:
    config = RunConfig()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.width = 5  # type: ignore[misc]
    config.to_dict()["targets"][0] = 0
    assert config == RunConfig()


def test_equal_configs_are_equal_keys() -> None:
    assert {RunConfig(rate=1): "a"}[RunConfig(rate=1.0, targets=(1, 0, 1, 0))] == "a"


def test_settings_that_are_not_a_mapping_are_rejected() -> None:
    cases: list[object] = [[("width", 3)], "width", 7, None]
    for values in cases:
        with pytest.raises(SettingError, match="names and values"):
            RunConfig.from_dict(values)  # type: ignore[arg-type]


def test_targets_are_typed_in_counting_order_and_other_settings_as_written() -> None:
    targets = SETTINGS["targets"]
    assert targets.reader.parse("0011") == (1, 0, 0, 1)
    assert targets.option((1, 0, 0, 1)) == "0011"
    assert SETTINGS["rate"].reader is SETTINGS["rate"].rule
    assert SETTINGS["biases"].option(True) == "on"
    assert SETTINGS["width"].phrase == "number of hidden units"
