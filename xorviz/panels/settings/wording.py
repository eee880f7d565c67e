"""Labels and explanations of a run's settings, and names of the functions of two bits."""

from xorviz.core.network import LOSSES
from xorviz.core.runs.source import UNKNOWN, WatchedSource

LOSS_TEXTS = {name: loss.words.removeprefix("the ").capitalize() for name, loss in LOSSES.items()}
"""Texts for the values of RunConfig.loss."""

STARTS = {
    "uniform": "Uniform",
    "zero": "All zero",
    "equal": "All equal",
    "nearly-equal": "Almost equal",
    "default-rng": "Uniform, by default_rng",
}
"""Texts for the values of RunConfig.init."""

LABELS = {
    "width": "Width",
    "rate": "Learning rate",
    "seed": "Seed",
    "activation": "Activation",
    "loss": "Loss",
    "biases": "Biases",
    "momentum": "Momentum",
    "init": "Initial weights",
    "init_range": "Initial range ±",
    "perturbation": "Perturbation ±",
    "targets": "Targets",
}
"""Labels of the fields."""

WHATS_THIS = {
    "width": "The number of hidden units.",
    "rate": (
        "How far each step goes: every weight changes by minus this times the gradient of the loss."
    ),
    "seed": (
        "The number that selects the random initial weights: the same seed always gives the same "
        "weights."
    ),
    "activation": (
        "The function that each hidden unit applies to its input. The output unit is always a "
        "sigmoid."
    ),
    "loss": (
        "The number that training makes small. Half the loss at twice the rate gives the same run."
    ),
    "biases": (
        "Whether units have a bias, so that their boundaries need not go through the origin. The "
        "other initial weights stay the same."
    ),
    "momentum": "The share of the last step that is added to the next one.",
    "init": (
        "How initial weights and biases are chosen: at random, all zero, all equal, or almost "
        "equal. Hidden units that start equal stay equal. “Uniform, by default_rng” draws them "
        "unit by unit with NumPy's default_rng, as a published experiment does."
    ),
    "init_range": (
        "Random initial weights are between minus and plus this; equal ones have this value. It "
        "has no effect where all are zero."
    ),
    "perturbation": (
        "How far almost equal weights may differ from their value: to each a random number "
        "between minus and plus this is added."
    ),
    "targets": "The function of the two inputs that the network learns.",
}
"""What the settings are, for any run."""

_FROM_HERE = "A change applies from the next step and is marked on the loss curve."
_ANEW = "Changing it starts the run again."
_CONTINUES = "A change continues here, as a run of ours."
_OTHER_WEIGHTS = "Changing it starts a run of ours, from other weights."
_NOT_OURS = "The program of this run has chosen its initial weights."


def tip_of_current(name: str) -> str:
    """Return what a setting of the current run is, and what follows from a change."""
    effect = _FROM_HERE if name in {"rate", "momentum"} else _ANEW
    return f"{WHATS_THIS[name]} {effect}"


def tip_of_watched(name: str, is_assumed: bool) -> str:
    """Return the same of a setting of a watched run."""
    if name in UNKNOWN:
        return _NOT_OURS
    effect = _OTHER_WEIGHTS if name in {"width", "biases"} else _CONTINUES
    assumed = " The program has not said it; it is assumed." if is_assumed else ""
    return f"{WHATS_THIS[name]}{assumed} {effect}"


def tip_of_locked(name: str) -> str:
    """Return what a setting is that cannot be changed now."""
    return f"{WHATS_THIS[name]} It is locked."


def note_of(source: WatchedSource) -> tuple[str, str]:
    """Return what is said above the settings of a watched run, and more of it in a tip."""
    by = source.program or "another program"
    note = f"Trained by {by}. A change continues here."
    names = [LABELS[name].lower() for name in source.assumed]
    if not names:
        return note, f"The program of {source.name} has said all settings, or its steps tell them."
    return note, (
        f"Assumed, as the program of {source.name} has not said them: {', '.join(names)}. What the "
        "check of its steps finds takes their place."
    )
