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
                texts = (text.encode(errors="surrogatepass") for text in (frame.token, self._token))
                if not compare_digest(*texts):
                    raise FrameError("the token is not that of this window")
                self._runs.begin(frame.config, frame.source)
                self.key = frame.source.key
            case States() if self.key:
                if frame.steps[0] <= self._step:
                    raise FrameError("steps do not rise")
                self._runs.extend(self.key, frame)
                self._step = int(frame.steps[-1])
            case End() if self.key:
                self._runs.end(self.key, frame.diverged)
                self.is_ended = True
            case _:
                raise FrameError("a frame came out of turn")
