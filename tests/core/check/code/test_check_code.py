"""check_code: right code is never called faulty, wrong arrays are found, weights are put back."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import xorviz
from tests.core.check.code.models import KerasModel, TorchModule
from tests.core.check.code.programs import FAULTS, PROGRAMS, Fault, planted, trained
from tests.support.cases import some
from xorviz import CodeCheck, SettingError, check_code

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])


def checked(made: Callable[..., Any], moment: int, kind: type = float) -> CodeCheck:
    weights, predict, train, said = trained(made, moment, seed=moment + 1, kind=kind)
    return check_code(weights, predict, train, **said)


@pytest.mark.parametrize(
    ("kind", "moment"), some([(k, m) for m in (7, 0, 60) for k in (np.float32, float)])
)
def test_right_code_is_correct_and_never_faulty(kind: type, moment: int) -> None:
    verdicts = {name: checked(made, moment, kind).verdict for name, made in PROGRAMS.items()}
    assert [name for name, verdict in verdicts.items() if verdict == "faulty"] == []
    right = sum(verdict == "correct" for verdict in verdicts.values())
    assert right >= 0.9 * len(verdicts)


def located(fault: Fault, moment: int, kind: type = float) -> bool:
    found = checked(planted(fault), moment, kind)
    assert found.verdict != "correct"
    return set(found.wrong or ["?"]) == set(fault.arrays.split())


@pytest.mark.parametrize("fault", some(FAULTS, 12), ids=str)
def test_the_wrong_arrays_are_found(fault: Fault) -> None:
    assert located(fault, 7)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_nine_of_ten_faults_are_located(kind: type) -> None:
    found = [located(fault, moment, kind) for fault in FAULTS for moment in (0, 7, 60)]
    assert sum(found) >= 0.9 * len(found)


class Net:
    """A network with one hidden layer, of any activation and rule of update."""

    def __init__(self, rule: str = "descent", seed: int = 0) -> None:
        random = np.random.default_rng(seed)
        self.relu = rule == "relu"
        self.w1, self.w2 = random.normal(size=(2, 3)), random.normal(size=(3, 1))
        self.b1 = np.zeros(3) if self.relu else random.normal(size=3)
        self.b2 = np.zeros(1)
        self.rule, self.random = rule, random
        self.size: list[Any] = [0.0] * 4

    def forward(self, x: Any) -> Any:
        z = x @ self.w1 + self.b1
        self.h = np.maximum(0, z) if self.relu else np.tanh(z)
        return 1 / (1 + np.exp(-(self.h @ self.w2 + self.b2)))

    def gradients(self) -> list[Any]:
        d = self.forward(X) - Y
        # Both slopes of ReLU are right at 0; this one is the rarer.
        slope = (X @ self.w1 + self.b1 >= 0) if self.relu else 1 - self.h**2
        d_h = d @ self.w2.T * slope
        return [X.T @ d_h, self.h.T @ d, d_h.sum(axis=0), d.sum(axis=0)]

    def step(self) -> None:
        arrays = [self.w1, self.w2, self.b1, self.b2]
        for n, (array, slope) in enumerate(zip(arrays, self.gradients(), strict=True)):
            change = 0.1 * slope
            match self.rule:
                case "adam":
                    self.size[n] = 0.9 * self.size[n] + 0.1 * slope**2
                    change = 0.01 * slope / (np.sqrt(self.size[n]) + 1e-8)
                case "clipped":
                    change = 0.1 * np.clip(slope, -0.1, 0.1)
                case "clipped by array":
                    change = 0.1 * slope / max(1, 20 * float(np.linalg.norm(slope)))
                case "decay":
                    change += 0.001 * array if n < 2 else 0
                case "decay of the sign":
                    change += 0.001 * np.sign(array) if n == 0 else 0
                case "both decays":
                    change += 0.001 * (np.sign(array) + array) if n < 2 else 0
                case "noise":
                    change += self.random.normal(size=(2, 3)) if n == 0 else 0
            np.subtract(array, change, out=array)

    def epochs(self) -> None:
        for _ in range(100):
            self.step()


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        ("relu", "correct"), ("decay", "correct"), ("decay of the sign", "correct"),
        ("both decays", "correct"), ("adam", "undecided"), ("clipped", "undecided"),
        ("clipped by array", "undecided"), ("noise", "undecided"),
    ],
)  # fmt: skip
def test_right_code_of_another_kind(rule: str, verdict: str) -> None:
    net = Net(rule)
    assert check_code(net, net.forward, net.step).verdict == verdict


def test_a_dead_unit_is_right_and_many_steps_are_undecided() -> None:
    net, other = Net("relu", seed=1), Net()
    net.b1[0] = -50.0
    assert check_code(net, net.forward, net.step).verdict == "correct"
    assert check_code(other, other.forward, other.epochs).verdict == "undecided"


def test_decay_and_rate_are_reported() -> None:
    net = Net("decay")
    found = check_code(net, net.forward, net.step)
    assert (found.decay, found.rate) == pytest.approx((0.001, 0.1))
    assert (found.loss, found.rows) == ("cross-entropy", "all rows")


def test_gradients_are_taken_from_a_function_a_list_or_by_name() -> None:
    net = Net("adam")
    for given in (net.gradients, net.gradients(), [-slope for slope in net.gradients()]):
        assert check_code(net, net.forward, gradients=given).verdict == "correct"
    w1, w2, b1, b2 = net.gradients()
    named = {"dw2": w2, "db1": b1, "dw1": 4 * w1, "db2": b2}
    found = check_code(net, net.forward, gradients=named)
    assert found.wrong == ["w1"]
    with pytest.raises(SettingError):
        check_code(net, net.forward, gradients=[w1, b1, w2, b2])


@pytest.mark.parametrize("kind", [TorchModule, KerasModel])
def test_models_of_libraries(kind: Callable[[], Any]) -> None:
    model = kind()
    kept = [np.array(array) for array in model.arrays()]
    assert check_code(model, model, model.step, loss="squares").verdict == "correct"
    found = check_code(model, model, model.wrong_step)
    assert (found.verdict, len(found.wrong)) == ("faulty", 1)
    assert all(np.array_equal(a, b) for a, b in zip(kept, model.arrays(), strict=True))


@pytest.mark.parametrize("limit", [1, 40, 150, 400])
def test_everything_is_put_back_to_the_last_bit_when_a_program_raises(limit: int) -> None:
    net, calls = Net(), iter(range(limit))
    kept = {name: (getattr(net, name), getattr(net, name).copy()) for name in ("w1", "b1", "w2")}

    def forward(x: Any) -> Any:
        if next(calls, None) is None:
            raise ZeroDivisionError
        return net.forward(x)

    def step() -> None:
        net.w1 = net.w1 - 1.0
        net.step()
        raise ZeroDivisionError

    with pytest.raises((ZeroDivisionError, SettingError)):
        check_code(net, forward, step)
    for name, (array, copy) in kept.items():
        assert getattr(net, name) is array
        assert array.tobytes() == copy.tobytes()


def test_a_check_puts_back_lists_histories_and_new_arrays() -> None:
    weights, predict, train, said = trained(PROGRAMS["nested"], 7)
    before, w1 = repr(vars(weights)), weights.w1
    check_code(weights, predict, train, **said)
    assert repr(vars(weights)) == before
    assert weights.w1 is w1


@pytest.mark.parametrize(
    "changed",
    [
        {"weights": object()},
        {"weights": {"w": np.array([np.ones(2), None], dtype=object)}},
        {"weights": [np.array([1.0, np.nan])]},
        {"names": ["w9"]},
        {"predict": lambda x: Net().forward(x) > 0.5},
        {"predict": lambda x: np.round(Net().forward(x))},
        {"predict": lambda x: np.ones(7)},
        {"inputs": X[:3]},
        {"inputs": "0110"},
        {"targets": [[0, 1], [1, 0], [1, 0]]},
        {"train": lambda: None},
        {"train": lambda x: None},
        {"train": None},
        {"loss": "hinge"},
        {"train": None, "gradients": [np.ones(3)]},
    ],
)
def test_bad_input_gets_one_sentence(changed: dict[str, Any]) -> None:
    net = Net()
    given: dict[str, Any] = {"weights": net, "predict": net.forward, "train": net.step} | changed
    with pytest.raises(SettingError) as caught:
        check_code(**given)
    assert "\n" not in str(caught.value)
    assert 10 < len(str(caught.value)) < 250


def test_weights_that_predict_does_not_use_and_chance_are_reported() -> None:
    net, other = Net(), Net()
    assert check_code(net, other.forward, net.step).verdict == "undecided"
    noise = np.random.default_rng(0)
    found = check_code(net, lambda x: net.forward(x) + noise.random(), net.step)
    assert found.verdict == "undecided"
    net.b3 = np.zeros(1)  # type: ignore[attr-defined]
    named = check_code(net, net.forward, net.step, names=["w1", "b1", "w2", "b2", "b3"])
    assert named.verdict == "correct"
    assert "not used by predict" in named.arrays["b3"].finding


def test_a_check_is_shown_as_text_as_a_table_and_as_json() -> None:
    net = Net()
    held = {"<w1>": net.w1, "b1": net.b1, "w2": net.w2, "b2": net.b2}
    found = check_code(held, net.forward, net.step)
    assert str(found).startswith("correct: ")
    assert "&lt;w1&gt;" in found._repr_html_()
    assert found.to_dict()["arrays"]["<w1>"]["finding"] == "exact"
    assert xorviz.CodeCheck is type(found)


def test_one_hidden_layer_gets_the_name_of_its_fault() -> None:
    fault = next(f for f in FAULTS if f.program == "a_class")
    found = checked(planted(fault), 7)
    assert found.wrong == ["weights1", "bias1"]
    assert "hidden" in found.sentence
