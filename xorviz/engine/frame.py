"""The one frame that may be under way."""

from xorviz.engine.commands import Command


class FrameUnderWay:
    """The command the session waits for, and whether its answer is still wanted."""

    def __init__(self) -> None:
        self._requests = 0  # counts requests to play, step, seek or change the speed
        self._frame: Command | None = None
        self._request = 0  # the one that the frame belongs to

    def __bool__(self) -> bool:
        """Whether a frame is under way."""
        return self._frame is not None

    def begin_request(self) -> None:
        """Make the frame under way unwanted."""
        self._requests += 1

    def send(self, frame: Command) -> Command:
        """Record a frame as under way and return it."""
        self._frame, self._request = frame, self._requests
        return frame

    def arrive(self, command: Command) -> tuple[bool, bool]:
        """Return whether a command was the frame, and whether it is still wanted."""
        is_frame = command is self._frame
        if is_frame:
            self._frame = None
        return is_frame, is_frame and self._request == self._requests
