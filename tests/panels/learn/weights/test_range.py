"""The range of the weights' colours: options."""

from xorviz.panels.learn.weights.range import AUTOMATIC, DEFAULT_RANGE, RANGES, range_options


def test_there_is_an_option_for_each_range_and_one_that_fits() -> None:
    options = range_options("thick")
    assert list(options) == [*RANGES, AUTOMATIC]
    texts = [text for _, text, _ in options.values()]
    assert texts[::7] == ["Up to ±1", "Up to the largest"]
    assert [name for name, _, _ in options.values()] == [f"thick_{n}" for n in options]
    assert DEFAULT_RANGE in options
