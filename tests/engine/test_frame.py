"""The one frame under way."""

from xorviz.core.runs.stopping import NEVER
from xorviz.engine.commands import Advance, Intervene
from xorviz.engine.frame import FrameUnderWay

FRAME = Advance(1, 10, 0.0, NEVER)
EQUAL = Advance(1, 10, 0.0, NEVER)


def test_nothing_is_under_way_at_first() -> None:
    frame = FrameUnderWay()
    assert not frame
    assert frame.arrive(FRAME) == (False, False)


def test_a_frame_is_under_way_until_it_arrives() -> None:
    frame = FrameUnderWay()
    assert frame.send(FRAME) is FRAME
    assert frame
    assert frame.arrive(FRAME) == (True, True)
    assert not frame
    assert frame.arrive(FRAME) == (False, False)


def test_an_equal_command_is_not_the_frame() -> None:
    frame = FrameUnderWay()
    frame.send(FRAME)
    for other in (Intervene(1, "rate", 0.5), EQUAL):
        assert frame.arrive(other) == (False, False)
    assert frame


def test_a_new_request_makes_the_frame_unwanted() -> None:
    frame = FrameUnderWay()
    frame.send(FRAME)
    frame.begin_request()
    assert frame.arrive(FRAME) == (True, False)
    frame.send(EQUAL)
    assert frame.arrive(EQUAL) == (True, True)
