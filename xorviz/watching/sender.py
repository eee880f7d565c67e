"""The thread that shows a run in a window, whichever is open. The program never waits for it."""

import time
from threading import Event, Thread

from xorviz.watching.frames import MOST_STATES, End
from xorviz.watching.kept_states import KeptStates
from xorviz.watching.link import Link, RefusalError
from xorviz.watching.places import PlaceError
from xorviz.watching.search import Search
from xorviz.watching.telling import tell

_FRAME_SECONDS, _BUSY_SECONDS = 1 / 60, 1 / 40
"""The shortest time from one frame to the next; with few new states, since each costs 0.2 ms."""
_IDLE_SECONDS = 1.0
"""How often a window is heard while the program shows nothing; else its end shows in sending."""
_STALLED_SECONDS = 3.0
"""How long the end of a run waits for a window that reads nothing."""
_MOST_SECONDS = 30.0
"""How long the end of a run waits at all, also for a window that is being opened."""
_CLOSED = "the window was closed; 'xorviz watch' opens another one, which shows the whole run"


class Sender:
    """Sends all states that are kept to a window, at most 60 frames a second.

    Where there is no window it looks for one once a second; a new one gets all again.
    """

    _was_closed = False
    """Whether a window was closed during a run of this process: then no other one is opened."""

    def __init__(self, kept: KeptStates) -> None:
        """Begin."""
        self._kept = kept
        self._woken, self._ending = Event(), Event()
        self._search = Search()
        self._link: Link | None = None
        self._sent = -1
        self._thread = Thread(target=self._run, name="xorviz watch", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Tell that a state has come."""
        if not self._woken.is_set():
            self._woken.set()

    def end(self) -> None:
        """Let the thread end once all is sent, without waiting for it."""
        self._ending.set()
        self._woken.set()

    def finish(self) -> None:
        """End, and wait until a window has got all, if there is one. Ctrl+C ends the waiting."""
        self.end()
        limit = time.monotonic() + _MOST_SECONDS
        while self._thread.is_alive() and time.monotonic() < limit:
            self._thread.join(0.1)  # on Windows a longer one would not hear Ctrl+C

    def forget(self) -> None:
        """Leave all to the parent, in a forked process, in which no thread continues."""
        self._search.close()
        if self._link is not None:
            self._link.close()

    def _run(self) -> None:
        search = self._search
        try:
            self._link = search.found() if Sender._was_closed else search.found_or_opening()
            while not self._has_shown_all():
                if self._ending.is_set():
                    if not search.expects:
                        break
                    time.sleep(search.pause)
                else:
                    self._ending.wait(search.pause)
                self._link = search.found()
        except PlaceError as error:
            tell(f"no window can be found: {error}; the program continues")
        finally:
            search.close()

    def _has_shown_all(self) -> bool:
        """Send all until the end of the run; return False if there is no window, or no longer."""
        link = self._link
        if link is None:
            return False
        try:
            self._send(link)
        except OSError as error:
            self._note_loss(link, error)
            return False
        finally:
            link.close()
        return True

    def _send(self, link: Link) -> None:
        """Send all until the end of the run, or until the window stalls then.

        Raises OSError where the window is gone.
        """
        link.put(self._kept.hello(link.place.token).packed())
        self._sent, has_ended, moved = -1, False, time.monotonic()
        while True:
            self._woken.clear()
            is_behind = False
            is_ending = self._ending.is_set()  # before the last states are taken
            if link.is_idle:
                moved = time.monotonic()
                if has_ended:
                    link.hear()
                    return
                if states := self._kept.after(self._sent):
                    self._sent = int(states.steps[-1])
                    link.put(states.packed())
                    is_behind = len(states.steps) == MOST_STATES
                elif is_ending:
                    link.put(End(self._kept.is_diverged).packed())
                    has_ended = True
                elif not self._woken.wait(_IDLE_SECONDS):
                    link.hear()
                    continue
            elif is_ending and time.monotonic() - moved > _STALLED_SECONDS:
                return
            link.push()
            time.sleep(_FRAME_SECONDS if is_ending or is_behind else _BUSY_SECONDS)

    def _note_loss(self, link: Link, error: OSError) -> None:
        """Tell why a window shows the run no longer."""
        if refusal := _refusal(link, error):
            self._search.avoid(link)
            tell(f"the window does not show this run: {refusal}")
            return
        Sender._was_closed = True
        if not self._ending.is_set():
            tell(_CLOSED)


def _refusal(link: Link, error: OSError) -> OSError | None:
    """Return what a window has said before it closed the connection, if that was a refusal."""
    try:
        if not isinstance(error, RefusalError):
            link.hear()
    except OSError as last:
        error = last
    return error if isinstance(error, RefusalError) else None
