"""check_code: right code is never called faulty, wrong arrays are found, weights are put back."""

from collections import Counter, deque
from collections.abc import Callable
from functools import partial
from itertools import cycle, permutations
from typing import Any

import numpy as np
import pytest

from tests.core.check.code.programs import PROGRAMS, faults, nested, trained, two_classes
from tests.core.check.programs.planting import Fault, fits_of, planted
from tests.core.check.programs.task import ENTROPIES, Task
from tests.core.check.test_planted_faults import FAULTS as PLANTED
from tests.core.check.test_planted_faults import Edits, taken, usual
from tests.support.cases import some
from xorviz import CodeCheck, SettingError
from xorviz import check_code as check_code_in_time
from xorviz.core.check.code.holders import Holders
from xorviz.core.check.factors import names_of
from xorviz.core.network import UNITS, Weights

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])
check_code = partial(check_code_in_time, seconds=1000)  # however slow the machine
MOMENTS = [(kind, moment) for moment in (7, 0, 60) for kind in (np.float64, np.float32)]


FAULTS = list(faults())


def checked(made: Callable[..., Any], kind: type = float, moment: int = 7) -> CodeCheck:
    """Return what is found of a program, which is left as it was."""
    weights, predict, train, said = trained(made, moment, seed=moment + 1, kind=kind)
    held = Holders(weights, said.get("names"))
    before = held.read()
    found = check_code(weights, predict, train, **said)
    assert held.read().tobytes() == before.tobytes()
    return found


@pytest.mark.parametrize(("kind", "moment"), some(MOMENTS, 1))
def test_right_code_is_correct_and_never_faulty(kind: type, moment: int) -> None:
    verdicts = [checked(made, kind, moment).verdict for made in PROGRAMS]
    assert "faulty" not in verdicts
    assert verdicts.count("correct") >= 0.9 * len(verdicts)


@pytest.mark.parametrize(("name", "made", "arrays"), some(FAULTS[::9]))
def test_the_wrong_arrays_are_found(name: str, made: Callable[..., Any], arrays: set[str]) -> None:
    assert set(checked(made).wrong) == arrays


@pytest.mark.thorough
def test_nine_of_ten_faults_are_located() -> None:
    """Each of them at one moment, in single or double precision: which one hardly matters."""
    given = zip(FAULTS, cycle(MOMENTS[1:3]))
    found = [(checked(made, *how), arrays) for (_, made, arrays), how in given]
    assert "correct" not in {one.verdict for one, _ in found}
    assert sum(set(one.wrong) == arrays != set() for one, arrays in found) >= 0.9 * len(found)


def through(fault: Fault, edits: Edits, net: Weights, task: Task) -> CodeCheck:
    """Return what is found of a program of the other tests, with its own lines or with a fault."""
    held = {name: getattr(net, name).copy() for name in names_of(net)}
    step = planted(fault.program, edits)

    def predict(x: Any) -> Any:
        h = UNITS[task.activation].value(x @ held["w1"] + held.get("b1", 0))
        return UNITS[task.output].value(h @ held["w2"] + held.get("b2", 0))

    def train() -> None:
        after = step(Weights(held["w1"], held.get("b1"), held["w2"], held.get("b2")), task)
        for name, array in held.items():
            array[...] = getattr(after, name)

    loss = "cross-entropy" if task.loss in ENTROPIES else "squares"
    said: dict[str, Any] = {"loss": loss} if "loss" in fault.says else {}
    return check_code(held, predict, train, inputs=task.x, targets=task.t, names=list(held), **said)


@pytest.mark.thorough
def test_the_faults_of_a_step_are_found_in_the_programs_that_take_it() -> None:
    """Drawn without a choice: of seven styles, every third of their faults, in usual settings."""
    random, told = np.random.default_rng(1), Counter[str]()
    for fault in PLANTED[::3]:
        if "full" not in fault.only.get("batch", fits_of(fault.program).batch):
            continue
        only = usual(fault) if all(usual(fault).values()) else {}
        (net, _), task = taken(fault, random, only | {"batch": ("full",)})
        right, found = through(fault, (), net, task), through(fault, fault.edits, net, task)
        assert right.verdict != "faulty", (fault, task, right)
        assert found.verdict != "correct", (fault, task, found)
        is_located = set(found.wrong) == set(fault.arrays) & set(names_of(net))
        told.update(all=1, right=right.verdict == "correct", located=is_located,
                    faulty=found.verdict == "faulty")  # fmt: skip
    shares = [told[name] / told["all"] for name in ("right", "faulty", "located")]
    assert all(np.array(shares) >= [0.97, 0.85, 0.84]), told


RANDOM = np.random.default_rng(9)
RULES: dict[str, Callable[[Any, Any], Any]] = {
    "descent": lambda g, w: 0.1 * g,
    "decay": lambda g, w: 0.1 * g + 0.001 * w * (w.ndim > 1),
    "decay of the sign": lambda g, w: 0.1 * g + 0.001 * np.sign(w) * (w.shape == (2, 3)),
    "decay of both": lambda g, w: 0.1 * g + 0.001 * (np.sign(w) + w),
    "decay by array": lambda g, w: 0.1 * g + 0.001 * len(w) * w * (w.ndim > 1),
    "adam": lambda g, w: 0.01 * g / (np.abs(g) + 1e-8),
    "clipped": lambda g, w: 0.1 * np.clip(g, -0.3, 0.3),
    "clipped by array": lambda g, w: 0.1 * g / max(1, 20 * float(np.linalg.norm(g))),
    "noise": lambda g, w: 0.1 * g + RANDOM.normal(size=w.shape) * (w.shape == (2, 3)),
}


class Net:
    """A network with one hidden layer, of either activation and any rule of update."""

    def __init__(self, rule: str = "descent", seed: int = 0, *, is_relu: bool = False) -> None:
        random = np.random.default_rng(seed)
        self.w1, self.w2 = random.normal(size=(2, 3)), random.normal(size=(3, 1))
        self.b1, self.b2 = np.zeros(3) if is_relu else random.normal(size=3), np.ones(1)
        self.rule, self.is_relu, self.used = RULES[rule], is_relu, [0, 1, 2, 3]

    def forward(self, x: Any) -> Any:
        z = x @ self.w1 + self.b1
        self.h = np.maximum(0, z) if self.is_relu else np.tanh(z)
        return 1 / (1 + np.exp(-(self.h @ self.w2 + self.b2)))

    def gradients(self) -> list[Any]:
        x, t = X[self.used], Y[self.used]
        d = self.forward(x) - t
        # Both slopes of ReLU are right at 0; this one is the rarer.
        slope = (x @ self.w1 + self.b1 >= 0) if self.is_relu else 1 - self.h**2
        d_h = d @ self.w2.T * slope
        return [x.T @ d_h, self.h.T @ d, d_h.sum(axis=0), d.sum(axis=0)]

    def step(self) -> None:
        arrays = [self.w1, self.w2, self.b1, self.b2]
        for array, slope in zip(arrays, self.gradients(), strict=True):
            np.subtract(array, self.rule(slope, array), out=array)


MEMORIES: dict[str, Callable[[Any, dict[str, Any], int], Any]] = {
    "momentum": lambda g, kept, _: mean(kept, "m", 0.9, g),
    "rmsprop": lambda g, kept, _: g / (np.sqrt(mean(kept, "v", 0.9, g**2)) + 1e-8),
    "adam": lambda g, kept, t: mean(kept, "m", 0.9, g) / (1 - 0.9**t)
    / np.sqrt(mean(kept, "v", 0.999, g**2) / (1 - 0.999**t) + 1e-8),
}  # fmt: skip


def mean(kept: dict[str, Any], name: str, share: float, value: Any) -> Any:
    kept[name] = share * kept.get(name, 0.0) + (1 - share) * value
    return kept[name]


def with_memory(net: Net, kind: str, fault: Callable[[Any], Any] = lambda g: g) -> Any:
    """Return an update that remembers in a closure; a fault is of the first array."""
    kept: list[dict[str, Any]] = [{} for _ in range(4)]
    count = [0]

    def step() -> None:
        count[0] += 1
        w1, *slopes = net.gradients()
        arrays = [net.w1, net.w2, net.b1, net.b2]
        for array, slope, held in zip(arrays, [fault(w1), *slopes], kept, strict=True):
            array -= 0.01 * MEMORIES[kind](slope, held, count[0])  # noqa: PLW2901 # in place

    return step


@pytest.mark.parametrize("kind", MEMORIES)
@pytest.mark.parametrize("updates", [0, 30])
def test_what_an_optimizer_remembers_shows_whether_its_gradient_is_right(
    kind: str, updates: int
) -> None:
    net = Net(seed=3)
    step = with_memory(net, kind)
    for _ in range(updates):
        step()
    assert check_code(net, net.forward, step).verdict == "correct"
    wrong = with_memory(net, kind, lambda g: g[:, ::-1])
    found = check_code(net, net.forward, wrong)
    assert (found.verdict, found.wrong) in [("faulty", ["w1"]), ("undecided", [])]
    assert kind == "rmsprop" or found.verdict == "faulty"


@pytest.mark.parametrize("is_drawn", [False, True])
def test_a_pass_over_the_rows_is_checked_as_one(is_drawn: bool) -> None:
    net, random = Net(seed=2), np.random.default_rng(1)

    def train() -> None:
        for row in random.permutation(4) if is_drawn else range(4):
            net.used = [row]
            for array, g in zip((net.w1, net.w2, net.b1, net.b2), net.gradients(), strict=True):
                array -= 0.5 * g  # noqa: PLW2901 # in place

    found = check_code(net, net.forward, train)
    assert (found.verdict, found.loss, found.rows) == ("correct", "cross-entropy", "each row")
    assert found.rate == pytest.approx(0.5)


class Wide:
    """A network of any width with linear outputs; w1 may climb the gradient."""

    def __init__(self, width: int, *, climbs: bool = False) -> None:
        random = np.random.default_rng(1)
        self.w1 = random.normal(size=(2, width))
        self.w2, self.climbs = random.normal(size=(width, 1)) / width, climbs

    def forward(self, x: Any) -> Any:
        return np.tanh(x @ self.w1) @ self.w2

    def step(self) -> None:
        h, d = np.tanh(X @ self.w1), self.forward(X) - Y
        slope = X.T @ (d @ self.w2.T * (1 - h**2))
        self.w2 -= 0.1 * h.T @ d
        self.w1 += (0.1 if self.climbs else -0.1) * slope


@pytest.mark.parametrize("width", some([3000, 40, 300_000], 1))
def test_arrays_of_any_size_are_looked_at(width: int) -> None:
    right, wrong = (Wide(width, climbs=climbs) for climbs in (False, True))
    found = check_code(right, right.forward, right.step, seconds=100)
    assert (found.verdict, "random directions" in found.sentence) == ("correct", True)
    assert check_code(wrong, wrong.forward, wrong.step, seconds=100).wrong == ["w1"]


def test_a_check_that_has_no_time_left_says_how_far_it_came() -> None:
    net = Net()
    before = repr(vars(net))
    found = check_code(net, net.forward, net.step, seconds=1e-9)
    assert (found.verdict, "seconds=" in found.sentence) == ("undecided", True)
    assert repr(vars(net)) == before


def test_a_history_of_copies_costs_a_few_calls() -> None:
    counts = []
    for copies in (0, 500):
        net, calls = Net(), Counter[str]()
        net.copies = [[net.w1.copy(), net.w2.copy()] for _ in range(copies)]  # type: ignore[attr-defined]

        def forward(x: Any, net: Net = net, calls: Counter[str] = calls) -> Any:
            calls["all"] += 1
            return net.forward(x)

        assert check_code(net, forward, net.step).verdict == "correct"
        counts.append(calls["all"])
    assert counts[1] < 2 * counts[0]


def test_a_change_whose_square_is_zero_has_a_length() -> None:
    net = Net()
    net.w1 *= 1e-190

    def step() -> None:
        _, w2, b1, b2 = net.gradients()
        for array, slope in ((net.w2, w2), (net.b1, b1), (net.b2, b2), (net.w1, 1e-198)):
            array -= 0.1 * slope  # noqa: PLW2901 # in place

    assert check_code(net, net.forward, step).verdict != "correct"


def test_outputs_that_do_not_use_the_inputs_are_undecided() -> None:
    held = {"b": np.ones(1)}
    train = partial(np.subtract, held["b"], 0.1, out=held["b"])
    found = check_code(held, lambda x: held["b"] + np.zeros((len(x), 1)), train)
    assert (found.verdict, "inputs" in found.sentence) == ("undecided", True)


@pytest.mark.parametrize("order", some(map(" ".join, permutations(["w1", "b1", "w2", "b2"])), 4))
def test_the_verdict_does_not_depend_on_the_order_of_the_arrays(order: str) -> None:
    """The hidden layer leaves out the slope of the output: it follows another loss."""
    net = Net(seed=4)

    def step() -> None:
        y = net.forward(X)
        slopes = dict(zip(("w1", "w2", "b1", "b2"), net.gradients(), strict=True))
        net.w1 -= 0.3 * slopes["w1"]
        net.b1 -= 0.3 * slopes["b1"]
        bell = y * (1 - y) * (y - Y)
        net.w2 -= 0.3 * net.h.T @ bell
        net.b2 -= 0.3 * bell.sum(axis=0)

    found = check_code({name: getattr(net, name) for name in order.split()}, net.forward, step)
    assert (found.verdict, sorted(found.wrong)) == ("faulty", ["b1", "w1"])


class Slots:
    """A layer without a dictionary of attributes."""

    __slots__ = ("b", "w")

    def __init__(self, w: Any, b: Any) -> None:
        self.w, self.b = w, b


@pytest.mark.parametrize("kind", [list, tuple, deque])
def test_all_that_a_program_reaches_is_put_back(kind: Callable[..., Any]) -> None:
    """Slots, deques, what is in closures, added attributes, and arguments that are changed."""
    net = Net()
    layers = kind([Slots(net.w1, net.b1), Slots(net.w2, net.b2)])
    losses, content, net.memo = deque([1.0], maxlen=3), bytearray(1), {}  # type: ignore[attr-defined]

    def forward(x: Any) -> Any:
        (net.w1, net.b1), (net.w2, net.b2) = ((layer.w, layer.b) for layer in layers)
        return net.forward(x)

    def train(x: Any, t: Any) -> None:
        forward(x)
        d = net.forward(x) - t
        d_h = d @ net.w2.T * (1 - net.h**2)
        slopes = (x.T @ d_h, d_h.sum(axis=0)), (net.h.T @ d, d.sum(axis=0))
        for layer, (w, b) in zip(layers, slopes, strict=True):
            layer.w, layer.b = layer.w - 0.1 * w, layer.b - 0.1 * b
        x *= 0
        t -= 7
        losses.append(0.5)
        content[0] += 1
        net.memo["a"] = net.new = 1  # type: ignore[attr-defined]

    def all_of() -> str:
        return repr([[(layer.w, layer.b) for layer in layers], losses, content, sorted(vars(net))])

    before = all_of()
    found = check_code(layers, forward, train)
    assert (found.verdict, found.rows) == ("correct", "each row")
    assert (all_of(), net.memo) == (before, {})  # type: ignore[attr-defined]


@pytest.mark.parametrize("rule", some(RULES, 3))
def test_right_code_of_another_kind(rule: str) -> None:
    net = Net(rule, seed=5)
    found = check_code(net, net.forward, net.step)
    assert found.verdict == ("correct" if "dec" in rule or "descent" in rule else "undecided")
    if rule == "decay":
        assert (found.decay, found.rate) == pytest.approx((0.001, 0.1))
        assert (found.loss, found.rows) == ("cross-entropy", "all rows")


@pytest.mark.parametrize(("used", "is_relu"), [([1, 2, 3], True), ([0, 3], False)])
def test_a_batch_may_be_of_some_rows(used: list[int], is_relu: bool) -> None:
    """Row 00 changes nothing in w1, which then looks as if all rows were used."""
    net = Net(is_relu=is_relu)
    net.used = used
    found = check_code(net, net.forward, net.step)
    rows = "; ".join(f"{a:g}, {b:g}" for a, b in X[used])
    assert (found.verdict, found.rows) == ("correct", f"rows {rows}")


@pytest.mark.parametrize("seed", some(range(3), 1))
def test_what_no_loss_explains_is_not_located_by_biases_alone(seed: int) -> None:
    """Of two classes, biases change by a and -a: as of any row, at some rate."""
    weights, predict, train, said = trained(two_classes, 0, seed)

    def update() -> None:
        for n in range(4):  # with weights of the rows
            for _ in range(1 + n % 2):
                train(X[n], said["targets"][n])

    assert check_code(weights, predict, update, **said).verdict == "undecided"


def test_views_of_an_array_are_no_arrays_of_their_own() -> None:
    theta = np.random.default_rng(1).normal(size=13)
    net, held = Net(), {"theta": theta, "w1": theta[:6].reshape(2, 3), "w2": theta[6:9, None]}
    net.w1, net.w2, net.b1, net.b2 = held["w1"], held["w2"], theta[9:12], theta[12:]
    found = check_code(held, net.forward, net.step)
    assert (found.verdict, list(found.arrays)) == ("correct", ["theta"])


def test_kinks_and_dead_units_are_right_and_many_steps_are_undecided() -> None:
    net, dead, other = Net(is_relu=True), Net(is_relu=True, seed=1), Net()
    dead.b1[0] = -50.0
    verdicts = [check_code(n, n.forward, n.step).verdict for n in (net, dead)]
    assert verdicts == ["correct", "correct"]
    many = check_code(other, other.forward, lambda: list(map(Net.step, [other] * 100)))
    assert many.verdict == "undecided"


def test_gradients_are_taken_from_a_function_a_list_or_by_name() -> None:
    net = Net("adam")
    w1, w2, b1, b2 = net.gradients()
    for given in (net.gradients, net.gradients(), [-slope for slope in net.gradients()]):
        assert check_code(net, net.forward, gradients=given).verdict == "correct"
    by_name = {"dw2": w2, "db1": b1, "dw1": 4 * w1, "db2": b2}
    assert check_code(net, net.forward, gradients=by_name).wrong == ["w1"]


@pytest.mark.parametrize("limit", [1, 40, 150, 400])
def test_everything_is_put_back_to_the_last_bit_when_a_program_raises(limit: int) -> None:
    net, calls = Net(), iter(range(limit))
    kept = {
        name: (array, array.copy()) for name, array in vars(net).items() if name in {"w1", "b1"}
    }

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


def test_lists_and_histories_are_put_back() -> None:
    net, predict, train, said = trained(nested, 7)
    before, w1 = repr(vars(net)), net.w1
    check_code(net, predict, train, **said)
    assert (repr(vars(net)), net.w1 is w1) == (before, True)


def locked(array: Any) -> Any:
    array.flags.writeable = False
    return array


def test_arrays_that_are_read_only_or_change_their_shape_are_put_back() -> None:
    net = Net()
    net.w1, net.w2 = locked(net.w1), locked(net.w2)

    def step() -> None:
        for name, slope in zip(("w1", "w2", "b1", "b2"), net.gradients(), strict=True):
            setattr(net, name, locked(getattr(net, name) - 0.5 * slope))

    before = net.w1, net.w1.copy()
    assert check_code(net, net.forward, step).verdict == "correct"
    assert net.w1 is before[0]
    held = [np.ones((2, 3)), np.ones(3)]

    def turn() -> None:
        held[0] *= 2
        held[0].resize((3, 2), refcheck=False)
        if held[1].flags.writeable:
            held[1][:] = 2
        held[1].flags.writeable = False

    check_code(held, lambda x: x @ held[0].reshape(2, 3) @ held[1], turn)
    assert [array.tolist() for array in held] == [[[1.0] * 3] * 2, [1.0] * 3]


@pytest.mark.parametrize(
    "changed",
    [
        {"weights": object()},
        {"weights": {"w": np.array([np.ones(2), None], dtype=object)}},
        {"weights": [np.array([1.0, np.nan])]},
        {"names": ["w9"]},
        {"weights": [np.ones(2), np.ones(3)], "names": ["w1"]},
        {"predict": lambda x: Net().forward(x) > 0.5},
        {"predict": lambda x: np.round(Net().forward(x))},
        {"predict": lambda x: np.ones(7)},
        {"inputs": X[:3]},
        {"inputs": "0110"},
        {"targets": [[0, 1], [1, 0], [1, 0]]},
        {"train": lambda: None},
        {"train": lambda x: None},
        {"train": None},
        {"train": 5},
        {"loss": "hinge"},
        {"seconds": 0},
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


@pytest.mark.parametrize("kept", [{"w": np.ones(2)}, [np.ones(2)]])
def test_arrays_that_a_program_takes_away_are_put_back(kept: Any) -> None:
    before, key = list(kept), "w" if isinstance(kept, dict) else 0
    with pytest.raises(SettingError, match=r"the program takes .* away"):
        check_code(kept, lambda x: x @ kept[key], kept.clear)
    assert len(before) == len(kept) == 1


def test_weights_that_predict_does_not_use_and_chance_are_reported() -> None:
    net = Net()
    assert check_code(net, Net().forward, net.step).verdict == "undecided"
    noisy = check_code(net, lambda x: net.forward(x) + RANDOM.random(), net.step)
    assert noisy.verdict == "undecided"
    net.b3 = np.zeros(1)  # type: ignore[attr-defined]
    found = check_code(net, net.forward, net.step, names=["w1", "b1", "w2", "b2", "b3"])
    assert found.verdict == "correct"
    assert "not used by predict" in found.arrays["b3"].finding


def test_a_fault_is_named_and_shown_as_text_as_a_table_and_as_json() -> None:
    found = checked(next(made for _, made, arrays in FAULTS if arrays == {"weights1", "bias1"}))
    assert "derivative of the hidden activation" in found.sentence
    assert str(found).startswith(f"faulty: {found.sentence}")
    assert "<td>another direction</td>" in found._repr_html_()
    assert found.to_dict()["arrays"]["bias2"]["finding"] == "exact"
