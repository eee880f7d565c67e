"""The one frame that may be under way, and what it was asked for."""

from xorviz.engine.commands import Command


class FrameUnderWay:
    """Knows which command the session waits for, and whether its answer is still wanted."""

    def __init__(self) -> None:
        self._errands = 0  # counts what was wished for: to play, to step, to seek, another speed
        self._frame: Command | None = None
        self._errand = 0  # for which the frame was asked

    def __bool__(self) -> bool:
        """Whether there is one."""
        return self._frame is not None

    def begin_errand(self) -> None:
        """Note that something else is wished for from now on."""
        self._errands += 1

    def send(self, frame: Command) -> Command:
        """Note that a frame is under way; return it."""
        self._frame, self._errand = frame, self._errands
        return frame

    def arrive(self, command: Command) -> tuple[bool, bool]:
        """Return whether a command was the frame, and whether it is still wanted."""
        is_frame = command is self._frame
        if is_frame:
            self._frame = None
        return is_frame, is_frame and self._errand == self._errands
