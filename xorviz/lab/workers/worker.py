"""Main loop of a worker process, which ends with its parent."""

import os
import signal
import threading
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue

_NICE = 10
"""Niceness added to workers, to keep the window responsive."""

_BEGUN = b""


def serve(pipe: Connection) -> None:
    """Report readiness, then answer requests from a pipe; exit when its other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl+C means
    stand_back()
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, requests), daemon=True).start()
    answer = _BEGUN
    while True:
        with suppress(OSError):  # the other end is closed; the other thread ends the process
            pipe.send_bytes(answer)
        answer = answer_to(requests.get())


def stand_back() -> None:
    """Lower the priority of this process, or on Linux of this thread."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_NICE)


def answer_to(request: bytes) -> bytes:
    """Run a pickled call; return, pickled, whether it succeeded and its result or error.

    An error has a note with its traceback.
    """
    try:
        return pickled((True, ForkingPickler.loads(request)()))
    except Exception as error:  # any, for the caller
        note = f"In a worker process:\n{traceback.format_exc()}"
        return _failure(error, note)


def pickled(thing: object) -> bytes:
    """Return an object as bytes."""
    return bytes(ForkingPickler.dumps(thing))


def _failure(error: Exception, note: str) -> bytes:
    try:
        error.add_note(note)
        return pickled((False, error))
    except Exception:  # not every error can be sent
        return pickled((False, RuntimeError(note)))


def _receive(pipe: Connection, requests: SimpleQueue[bytes]) -> None:
    """Receive requests in a thread, so that a closed pipe is noticed during work too."""
    with suppress(EOFError, OSError):
        while True:
            requests.put(pipe.recv_bytes())
    os._exit(0)
