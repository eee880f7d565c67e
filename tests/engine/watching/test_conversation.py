"""What a program may say, and in which order."""

import pytest

from tests.engine.watching.program import states
from tests.support.watched import SHOWN, source_of
from xorviz.engine.watching.conversation import Conversation
from xorviz.engine.watching.watched_runs import WatchedRuns
from xorviz.watching.frames import End, Frame, FrameError, Hello, Refused

TOKEN = "of this window"
HELLO = Hello(TOKEN, SHOWN, source_of())


def said(*frames: Frame) -> Conversation:
    """Return a conversation of which these frames have come."""
    conversation = Conversation(WatchedRuns(), TOKEN)
    for frame in frames:
        conversation.take(frame)
    return conversation


def test_a_program_says_which_run_shows_states_and_ends() -> None:
    conversation = said(HELLO, states([0, 1]), states([2]))
    assert (conversation.key, conversation.is_ended) == (source_of().key, False)
    conversation.take(End())
    assert conversation.is_ended


@pytest.mark.parametrize("token", ["", "of another window", TOKEN + "!", "schlüssel", "\udc80"])
def test_another_token_is_refused(token: str) -> None:
    with pytest.raises(FrameError, match="the token is not that of this window"):
        said(Hello(token, SHOWN, source_of()))


@pytest.mark.parametrize(
    "frames",
    [(states([0]),), (End(),), (Refused("no"),), (HELLO, HELLO), (HELLO, Refused("no"))],
    ids=["states first", "end first", "refusal", "two hellos", "refusal later"],
)
def test_a_frame_out_of_turn_is_refused(frames: tuple[Frame, ...]) -> None:
    with pytest.raises(FrameError, match="out of turn"):
        said(*frames)


def test_steps_must_rise_from_one_frame_to_the_next() -> None:
    with pytest.raises(FrameError, match="steps do not rise"):
        said(HELLO, states([0, 5]), states([5, 6]))
