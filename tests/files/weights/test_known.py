"""What is known of another program's network."""

import numpy as np

from xorviz.core.network import Weights
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.weights.known import Known, known_of
from xorviz.files.weights.own_network import OwnNetwork


def network(weights: Weights | None = None) -> OwnNetwork:
    some = Weights(np.ones((2, 3)), None, np.ones((3, 1)), None)
    return OwnNetwork(weights or some, ())


def test_arrays_say_width_and_biases() -> None:
    found = known_of({}, None, network())
    assert found.said == {"width": 3, "biases": False}
    assert (found.config.width, found.config.biases) == (3, False)


def test_the_activation_with_which_a_network_has_learned_is_assumed() -> None:
    for activation in ("sigmoid", "tanh", "relu"):
        config = RunConfig(width=5, activation=activation, biases=True, rate=0.1, seed=2)
        recording = Recording(config)
        recording.advance(20_000)
        found = known_of({}, None, network(recording.snapshot().weights))
        assert found.assumed["activation"] == found.config.activation == activation
        said = known_of({"activation": "tanh"}, None, network(recording.snapshot().weights))
        assert said.assumed == {"loss": "sse"}


def test_a_file_of_ours_says_all_but_the_steps() -> None:
    saved = RunConfig(activation="tanh", rate=3)
    found = known_of({"rate": 0.2}, saved, network())
    assert found.config == RunConfig(activation="tanh", rate=0.2)
    assert (found.assumed, found.unknown) == ({}, ("steps",))
    assert found.text == "Steps are not known."


def test_no_momentum_is_assumed_beside_a_rate() -> None:
    found = known_of({"rate": 0.5, "steps": 7, "init_range": 1}, None, network())
    assert found.text == "Assumed: sigmoid, sum of squared errors, no momentum."
    assert Known({}, {}, RunConfig()).text.startswith("Width, rate, activation")
