"""What one program says, from its first frame to its last."""

from hmac import compare_digest

from xorviz.engine.watching.watched_runs import WatchedRuns
from xorviz.watching.frames import End, Frame, FrameError, Hello, States


class Conversation:
    """The frames of one connection: a Hello, states at rising steps, and an End."""

    def __init__(self, runs: WatchedRuns, token: str) -> None:
        self._runs, self._token = runs, token
        self._step = -1
        self.key = ""
        """Of the run, once the program has said it."""
        self.is_ended = False
        """Whether the program has said that it shows no more."""

    def take(self, frame: Frame) -> None:
        """Do what a frame asks for. Raises FrameError for what no program may say here."""
        match frame:
            case Hello() if not self.key:
                self._begin(frame)
            case States() if self.key:
                self._extend(frame)
            case End() if self.key:
                self._runs.end(self.key, frame.diverged)
                self.is_ended = True
            case _:
                raise FrameError("a frame came out of turn")

    def _begin(self, hello: Hello) -> None:
        said, known = (text.encode(errors="surrogatepass") for text in (hello.token, self._token))
        if not compare_digest(said, known):
            raise FrameError("the token is not that of this window")
        self._runs.begin(hello.config, hello.source)
        self.key = hello.source.key

    def _extend(self, states: States) -> None:
        if states.steps[0] <= self._step:
            raise FrameError("steps do not rise")
        self._runs.extend(self.key, states)
        self._step = int(states.steps[-1])
