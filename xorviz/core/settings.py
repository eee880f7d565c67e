"""The table of a run's settings: all that is known of each, but what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum, auto
from typing import Any, TypeVar

from xorviz.core import numerals
from xorviz.core.rules import (
    Bits,
    Choice,
    Readable,
    Real,
    Reordered,
    Rule,
    SettingError,
    Switch,
    Whole,
    checked,
    written,
)
from xorviz.core.truth_table import COUNTED, FUNCTIONS, ORDER_NAMES, ROWS

Value = int | float | str | bool | tuple[int, ...]
_T = TypeVar("_T", bound=Value)


class Role(Enum):
    """The part of a run that a setting decides."""

    SHAPE = auto()
    """How many trainable numbers there are."""
    START = auto()
    """How the initial weights are drawn: without meaning where they are given."""
    TRAINING = auto()
    """What the network is trained for, and how."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the table; its name, type and default are those of RunConfig's field. A value."""

    rule: Rule
    part: Role
    help: str
    """What it is. The first sentence is its help on the command line, too."""
    short: str = ""
    """Its name in recipes, columns and on axes; by default that of RunConfig's field."""
    label: str = ""
    """Of its field; by default its short name."""
    is_live: bool = False
    """Whether a change applies from the next step. Any other starts the run again."""
    is_advanced: bool = False
    """Whether its field is shown on request only."""
    after: str = ""
    """The setting whose field its own follows; by default the last."""
    is_told: bool = False
    """Whether a user may state it of another program's network."""
    is_always_said: bool = False
    """Whether recipes state it even at its default."""
    recipe_text: "Callable[[RunConfig], str] | None" = None
    """Returns what recipes state in place of its short name and value."""
    matters: "Callable[[RunConfig], bool]" = lambda _: True
    """Returns whether it has an effect beside the other settings."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Names of the values to choose from, by how a value is written."""
    formulas: Mapping[str, str] = field(default_factory=dict)
    """What such a value stands for."""
    typed: Reordered | None = None
    """How a value is typed, if not by the rule."""
    tried: tuple[Value, ...] = ()
    """Values that a success map tries by default; a setting without them is not varied."""

    @property
    def phrase(self) -> str:
        """What it is, as part of a sentence."""
        first = self.help.partition(". ")[0].removesuffix(".")
        return first[:1].lower() + first[1:]

    @property
    def reader(self) -> Readable:
        """What reads a typed value."""
        return self.typed or self.rule

    def option(self, value: Any) -> str:
        """Return a value as an option of the command line takes it."""
        return self.typed.written(value) if self.typed else written(value)

    def shown(self, value: Value) -> str:
        """Return a value in short: as it is written, or the name of a function of two bits."""
        text = written(value)
        return self.words[text] if isinstance(self.rule, Bits) else text.replace(",", " ")


def setting(default: _T, rule: Rule, part: Role = Role.TRAINING, **facts: Any) -> _T:
    """Return the field of RunConfig that is this row of the table; the facts are Setting's."""
    made: _T = field(default=default, metadata={Setting: Setting(rule, part, **facts)})
    return made


def choice(
    default: str, words: Mapping[str, str], others: Mapping[str, str] | None = None, **facts: Any
) -> str:
    """Return the field of a setting that is one of some words.

    Its field is shown on request, users may state it of other programs, and maps try each word.
    """
    rule = Choice(tuple(words), others or {})
    usual: dict[str, Any] = {"is_advanced": True, "is_told": True}
    return setting(default, rule, words=words, tried=rule.names, **usual | facts)


ACTIVATION_WORDS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU"}
ACTIVATION_NAMES = tuple(ACTIVATION_WORDS)

LOSS_WORDS = {
    "sse": "Sum of squared errors",
    "half-sse": "Half the sum of squared errors",
    "mse": "Mean squared error",
    "half-mse": "Half the mean squared error",
    "cross-entropy": "Cross-entropy",
    "mean-cross-entropy": "Mean cross-entropy",
}
LOSS_NAMES = tuple(LOSS_WORDS)
LOSS_FORMULAS = {
    "sse": "Σ(t−y)²",
    "half-sse": "½Σ(t−y)²",
    "mse": "¼Σ(t−y)²",
    "half-mse": "⅛Σ(t−y)²",
    "cross-entropy": "−Σ(t ln y + (1−t) ln(1−y))",
    "mean-cross-entropy": "−¼Σ(t ln y + (1−t) ln(1−y))",
}
OTHER_LOSSES = {
    **dict.fromkeys(("meansquarederror", "mseloss"), "mse"),
    **dict.fromkeys(("sumsquarederror", "sumofsquarederrors"), "sse"),
    **dict.fromkeys(("bce", "bceloss", "bcewithlogitsloss", "logloss"), "mean-cross-entropy"),
    "binarycrossentropy": "mean-cross-entropy",
    **{name.replace("-", ""): name for name in LOSS_NAMES},
}
"""What other programs call these losses; those of PyTorch and Keras are means."""

SQUARED = tuple(name for name in LOSS_NAMES if "entropy" not in name)
"""The losses of any output unit and coding; cross-entropy is that of a probability of 0 or 1."""

BATCH_WORDS = {"full": "All four rows", "pass": "Row by row", "shuffled": "Shuffled rows"}
OUTPUT_WORDS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "linear": "Linear"}
CODING_WORDS = {"zero-one": "0 and 1", "plus-minus": f"{numerals.MINUS}1 and 1"}
OPTIMIZER_WORDS = {"gradient-descent": "Gradient descent", "adam": "Adam"}

INIT_WORDS = {
    "uniform": "Uniform",
    "fan-in": "Uniform, by fan-in",
    "zero": "All zero",
    "equal": "All equal",
    "nearly-equal": "Almost equal",
    "default-rng": "Uniform, by default_rng",
}
INIT_NAMES = tuple(INIT_WORDS)


def loss_text(name: str) -> str:
    """Return a loss in words, as part of a sentence: the sum of squared errors."""
    words = LOSS_WORDS[name].lower()
    return words if words.startswith("half") else f"the {words}"


def start_text(config: "RunConfig") -> str:
    """Return how initial weights are chosen: uniform in [−1, 1], all 0, all 1, 1 ± 10⁻⁶."""
    r = numerals.plain(config.init_range)
    interval = f"[{numerals.MINUS}{r}, {r}]"
    match config.init:
        case "zero":
            return "all 0"
        case "equal":
            return f"all {r}"
        case "nearly-equal":
            return f"{r} ± {_small(config.perturbation)}"
        case "default-rng":
            return f"uniform in {interval} by default_rng"
        case "fan-in":
            return "uniform in ±1/√(inputs of the unit)"
        case _:
            return f"uniform in {interval}"


def _small(number: float) -> str:
    """Return a number up to 1, below 0.001 as a power of ten: 0.05, 10⁻⁶, 2.5·10⁻⁴."""
    if number >= 1e-3:
        return f"{number:.4g}"
    mantissa, power = numerals.power(number, 2).split("·")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return power if mantissa == "1" else f"{mantissa}·{power}"


def _not_said(_: "RunConfig") -> str:
    """Return nothing: the text of another setting has it."""
    return ""


def _batch_text(config: "RunConfig") -> str:
    """Return the rows of an update: shuffled rows; row by row 00 01 10 11."""
    order = f" {config.row_order.replace(',', ' ')}" if config.batch == "pass" else ""
    return BATCH_WORDS[config.batch].lower() + order


@dataclass(frozen=True, slots=True)
class RunConfig:
    """All settings that determine a run; the defaults are those of the 28 lines.

    Targets are in the order of ROWS, 10, 00, 01, 11, here and in files; on the command line, and in
    functions that take outputs or targets from users, in counting order: 00, 01, 10, 11. Files hold
    only what differs from the defaults, which therefore never change. Raises SettingError with the
    field, the value and the allowed range.
    """

    width: int = setting(
        3,
        Whole(1, 64),
        Role.SHAPE,
        help="Number of hidden units.",
        is_told=True,
        is_always_said=True,
        tried=(2, 3, 4, 5, 6, 8, 12, 16),
    )
    rate: float = setting(
        0.01,
        Real(0, 1000, above_low=True),
        label="Learning rate",
        help="Learning rate: each step subtracts this times the gradient of the loss.",
        is_live=True,
        is_told=True,
        is_always_said=True,
        tried=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50),
    )
    seed: int = setting(
        1234,
        Whole(0, 2**32 - 1),
        Role.START,
        help="Seed of the random initial weights. The same seed always gives the same weights.",
        recipe_text=_not_said,
    )
    activation: str = choice(
        "sigmoid",
        ACTIVATION_WORDS,
        help="Activation of the hidden units.",
        recipe_text=lambda config: config.activation,
    )
    loss: str = choice(
        "sse",
        LOSS_WORDS,
        help="Loss over the four rows, which training minimises. Half the loss at twice the "
        "rate gives the same run.",
        is_always_said=True,
        recipe_text=lambda config: LOSS_FORMULAS[config.loss],
        others=OTHER_LOSSES,
        formulas=LOSS_FORMULAS,
    )
    biases: bool = setting(
        False,
        Switch(),
        Role.SHAPE,
        help="Whether units have biases, so that their boundaries need not go through the "
        "origin. The other initial weights stay the same.",
        is_told=True,
        is_always_said=True,
        recipe_text=lambda config: "biases" if config.biases else "no biases",
        tried=(False, True),
    )
    momentum: float = setting(
        0.0,
        Real(0, 1, below_high=True),
        help="Share of the last update that is added to the next one. It has no effect with Adam.",
        is_live=True,
        is_advanced=True,
        is_told=True,
        matters=lambda config: config.optimizer == "gradient-descent",
        tried=(0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99),
    )
    init: str = choice(
        "uniform",
        INIT_WORDS,
        part=Role.START,
        short="initial weights",
        help="How initial weights and biases are chosen; hidden units that start equal stay equal. "
        "“Uniform, by default_rng” draws them unit by unit, as a published experiment does; "
        "“Uniform, by fan-in” between ±1/√(inputs of the unit), as PyTorch does.",
        is_always_said=True,
        recipe_text=lambda config: f"initial weights {start_text(config)}",
    )
    init_range: float = setting(
        1.0,
        Real(0, 100, above_low=True),
        Role.START,
        label="Initial range ±",
        short="initial range",
        help="Bound of random initial weights, between minus and plus this, or the value of "
        "equal ones. It has no effect where all are zero, or drawn by fan-in.",
        is_advanced=True,
        is_told=True,
        recipe_text=_not_said,
        matters=lambda config: config.init not in {"zero", "fan-in"},
        tried=(0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10),
    )
    perturbation: float = setting(
        1e-6,
        Real(0, 1, above_low=True),
        Role.START,
        label="Perturbation ±",
        help="How far almost equal weights may differ from their value. To each, a random "
        "number between minus and plus this is added.",
        is_advanced=True,
        recipe_text=_not_said,
        matters=lambda config: config.init == "nearly-equal",
    )
    targets: tuple[int, ...] = setting(
        (1, 0, 1, 0),
        Bits(len(ROWS)),
        help="Function of the two inputs that the network learns: its targets for the rows "
        "00, 01, 10, 11.",
        is_advanced=True,
        recipe_text=lambda c: f"targets {' '.join(str(c.targets[row]) for row in COUNTED)}",
        typed=Reordered(Bits(len(ROWS)), COUNTED),
        words=FUNCTIONS,
    )
    batch: str = choice(
        "full",
        BATCH_WORDS,
        help="Rows used in each update. “All four rows” is one update a step; “Row by row” and "
        "“Shuffled rows” are a pass of four updates a step, each by the loss of its own row.",
        after="biases",
        recipe_text=_batch_text,
    )
    row_order: str = setting(
        ORDER_NAMES[0],
        Choice(
            ORDER_NAMES,
            {name.replace(",", ""): name for name in ORDER_NAMES},
            "the rows 00, 01, 10, 11 in any order, such as 00,01,10,11 or 00011011",
        ),
        help="Order of the rows in each pass. It has no effect on other batches; that of a "
        "shuffled pass follows from the seed and the number of the pass.",
        is_advanced=True,
        after="batch",
        is_told=True,
        recipe_text=_not_said,
        matters=lambda config: config.batch == "pass",
        words={name: name.replace(",", " ") for name in ORDER_NAMES},
    )
    output: str = choice(
        "sigmoid",
        OUTPUT_WORDS,
        label="Output unit",
        help="Activation of the output unit. Cross-entropy needs a sigmoid.",
        after="activation",
        recipe_text=lambda config: f"{config.output} output",
    )
    coding: str = choice(
        "zero-one",
        CODING_WORDS,
        help="Numbers that stand for the two values of inputs and targets. Cross-entropy needs "
        "0 and 1.",
        after="output",
        recipe_text=lambda config: f"inputs and targets {CODING_WORDS[config.coding]}",
    )
    optimizer: str = choice(
        "gradient-descent",
        OPTIMIZER_WORDS,
        help="How an update follows from the gradient. Adam scales the step of each weight by the "
        "recent size of its gradients (β₁ 0.9, β₂ 0.999, ε 10⁻⁸), and has no momentum setting.",
        after="row_order",
        recipe_text=lambda config: OPTIMIZER_WORDS[config.optimizer],
    )

    def __post_init__(self) -> None:
        for name, row in SETTINGS.items():
            object.__setattr__(self, name, checked(row.rule, name, getattr(self, name)))
        if self.loss not in SQUARED and (self.output, self.coding) != ("sigmoid", "zero-one"):
            raise SettingError(
                f"loss is {self.loss!r} with output {self.output} and coding {self.coding}; "
                f"allowed with these: {', '.join(SQUARED)}"
            )

    @property
    def step_word(self) -> str:
        """What a step is called: a pass, where it is one."""
        return "step" if self.batch == "full" else "pass"

    def named(self, step: int) -> str:
        """Return the name of a step: step 459, pass 12."""
        return f"{self.step_word} {numerals.whole(step)}"

    @property
    def is_descent(self) -> bool:
        """Whether a step follows the gradient of the loss of all rows, which foretells its fall."""
        return self.batch == "full" and self.optimizer == "gradient-descent"

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent."""
        plain = {name: getattr(self, name) for name in SETTINGS}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in plain.items()}

    def changed(self) -> dict[str, Any]:
        """Return those of ``to_dict`` that are not at their default, as files hold them."""
        default = RunConfig()
        values = self.to_dict().items()
        return {n: v for n, v in values if getattr(self, n) != getattr(default, n)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "RunConfig":
        """Return a config with these values and defaults for the rest."""
        if not isinstance(values, Mapping):
            raise SettingError("settings must be an object of names and values")
        if unknown := [str(name) for name in values if name not in SETTINGS]:
            raise SettingError(f"unknown setting {unknown[0]!r}; known: {', '.join(SETTINGS)}")
        return cls(**values)


def _named(name: str, row: Setting) -> Setting:
    """Return a row with the names that follow from that of its field."""
    short = row.short or name.replace("_", " ")
    return replace(row, short=short, label=row.label or short.capitalize())


SETTINGS: Mapping[str, Setting] = {
    row.name: _named(row.name, row.metadata[Setting]) for row in fields(RunConfig)
}
"""The table, by name."""


def field_order() -> tuple[str, ...]:
    """Return the names of all settings in the order of their fields."""
    names: list[str] = []
    for name, row in SETTINGS.items():
        names.insert(names.index(row.after) + 1 if row.after else len(names), name)
    return tuple(names)


def settings_of(*parts: Role) -> tuple[str, ...]:
    """Return the names of the settings that decide these parts of a run."""
    return tuple(name for name, row in SETTINGS.items() if row.part in parts)


def refusal(config: RunConfig, **values: Any) -> str:
    """Return why a run cannot have these values beside its other settings; empty if it can."""
    try:
        replace(config, **values)
    except SettingError as error:
        return str(error)
    return ""


LIVE = frozenset(name for name, row in SETTINGS.items() if row.is_live)
"""Settings that can change during a run."""
