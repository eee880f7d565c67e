"""The texts in the columns of the table of runs, and differing settings."""

from dataclasses import replace

import pytest

from xorviz.core.config import RULES, RunConfig
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import Recording
from xorviz.panels.learn.runs.columns import (
    CHANGES,
    COLUMNS,
    LEARNED,
    LINE,
    LOSS,
    NAME,
    NEVER,
    RIGHT,
    SETTINGS,
    STEPS,
    differing_settings,
    recipe,
    texts_of,
)

FUNCTIONS = {"1010": "x1 xor x2"}


def record(*changes: Intervention, **settings: object) -> Record:
    return Record(RunConfig.from_dict(settings), changes, newest=100)


def rate(step: int, value: float) -> Intervention:
    return Intervention(step, "rate", value)


def setting(shown: Record, name: str) -> str:
    return texts_of("a", shown, FUNCTIONS, names_loss=False)[SETTINGS[name]]


def test_every_setting_has_a_column_and_every_column_a_header_and_tip() -> None:
    assert list(SETTINGS) == list(RULES)
    assert list(SETTINGS.values()) == sorted(SETTINGS.values())

    places = (LINE, NAME, CHANGES, STEPS, LOSS, RIGHT, LEARNED)
    assert [COLUMNS[place].header for place in places] == [
        *("line", "name", "changes", "steps", "final loss", "first right", "first learned")
    ]

    assert len({column.header for column in COLUMNS}) == len(COLUMNS)
    assert all(column.tip for column in COLUMNS)


def test_settings_have_readable_texts() -> None:
    for name, value, text in [
        ("width", 12, "12"),
        ("rate", 0.0001, "0.0001"),
        ("rate", 2.0, "2"),
        ("seed", 4294967295, "4294967295"),
        ("activation", "tanh", "tanh"),
        ("loss", "cross-entropy", "cross-entropy"),
        ("biases", True, "on"),
        ("biases", False, "off"),
        ("momentum", 0.9, "0.9"),
        ("init", "nearly-equal", "nearly-equal"),
        ("init_range", 2.5, "2.5"),
        ("perturbation", 0.001, "0.001"),
        ("targets", [1, 0, 1, 0], "x1 xor x2"),
        ("targets", [1, 1, 0, 0], "1100"),
    ]:
        assert setting(record(**{name: value}), name) == text


def test_a_changed_setting_shows_first_and_last_value() -> None:
    assert setting(record(rate(3, 1.0), rate=0.5), "rate") == "0.5 → 1"
    assert setting(record(rate(3, 1.0), rate(9, 2.0), rate=0.5), "rate") == "0.5 → … → 2"
    changed = record(Intervention(3, "momentum", 0.25), rate(4, 1.0))
    assert setting(changed, "momentum") == "0 → 0.25"
    assert setting(record(Intervention(3, "w1", 9.0, (0, 1))), "rate") == "0.01"


def test_a_real_run_has_its_results() -> None:
    recording = Recording(RunConfig(width=5, rate=1, biases=True, momentum=0.5))
    recording.advance(1000)
    recording.intervene("rate", 2.0)
    recording.intervene("w1", 0.5, (0, 1))
    recording.advance(1000)
    seen = recording.snapshot()
    texts = texts_of("mine", seen.record, FUNCTIONS, names_loss=False)
    assert texts[NAME] == "mine"
    assert texts[CHANGES] == "2"
    assert texts[STEPS] == "2\u2009000"
    assert float(texts[LOSS]) == pytest.approx(seen.loss, rel=1e-3)
    assert (texts[RIGHT], texts[LEARNED]) == ("82", "168")  # as tests.support.snapshots.QUICK says


def test_the_loss_has_its_name_on_request_and_missing_results_are_dashes() -> None:
    shown = Recording(RunConfig(loss="half-mse")).record()
    plain = texts_of("a", shown, FUNCTIONS, names_loss=False)[LOSS]
    assert texts_of("a", shown, FUNCTIONS, names_loss=True)[LOSS] == f"{plain} half-mse"

    texts = texts_of("a", Record(RunConfig()), FUNCTIONS, names_loss=False)
    assert (texts[LOSS], texts[RIGHT], texts[LEARNED]) == (NEVER, NEVER, NEVER)
    assert (texts[STEPS], texts[CHANGES]) == ("0", "0")


def test_differing_settings_are_those_at_the_start_and_by_changes() -> None:
    assert differing_settings([record(), record(), record()]) == frozenset()

    runs = [record(), record(width=4), record(seed=1)]
    assert differing_settings(iter(runs)) == {"width", "seed"}

    assert differing_settings([record(), record(rate(3, 1.0))]) == {"rate"}
    # A rate changed back is still changed.
    there_and_back = record(rate(3, 1.0), rate(4, 0.01))
    assert differing_settings([record(), there_and_back]) == {"rate"}
    weight = record(Intervention(3, "w1", 9.0, (0, 1)))
    assert differing_settings([record(), weight]) == frozenset()

    assert differing_settings([record(rate(3, 1.0)), record(rate(30, 1.0))]) == frozenset()


def test_the_recipe_has_every_setting_in_one_line() -> None:
    shown = recipe("<b>x</b>", record(rate(3, 1.0), rate=0.5), FUNCTIONS)
    assert shown == (
        "<b>x</b>: width 3, rate 0.5 → 1, seed 1234, activation sigmoid, loss sse, biases off, "
        "momentum 0, init uniform, init range 1, perturbation 1e-06, learns x1 xor x2; "
        "changed 1 time on the way"
    )
    twice = replace(record(), interventions=(rate(3, 1.0), rate(4, 2.0)))
    assert recipe("a", twice, {}).endswith("learns 1010; changed 2 times on the way")
    assert recipe("a", record(), {}).endswith("learns 1010")
