"""The inside of a worker process: one task after another, for as long as its parent lives."""

import os
import signal
import threading
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue

_NICE = 10
"""How far a worker stands back for whatever a person does meanwhile."""

_BEGUN = b""


def serve(pipe: Connection) -> None:
    """Say that it has begun, and answer what comes through a pipe.

    When its other end closes, the process ends at once.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl+C means
    stand_back()
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, requests), daemon=True).start()
    answer = _BEGUN
    while True:
        with suppress(OSError):  # nobody listens: the other thread is about to end it all
            pipe.send_bytes(answer)
        answer = answer_to(requests.get())


def stand_back() -> None:
    """Let this process, or on Linux this thread, give way to whatever a person does meanwhile."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_NICE)


def answer_to(request: bytes) -> bytes:
    """Do what a pickled call asks for; return, pickled, whether it went well and what came of it.

    An error has a note that says where it was raised.
    """
    try:
        return pickled((True, ForkingPickler.loads(request)()))
    except Exception as error:  # whatever it is, it belongs to the one who asked
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
    """Take in what comes, also while work is being done, so that the end is noticed at any time."""
    with suppress(EOFError, OSError):
        while True:
            requests.put(pipe.recv_bytes())
    os._exit(0)
