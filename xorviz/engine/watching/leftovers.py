"""Whether windows still listen, and what those that died have left."""

from PySide6.QtNetwork import QLocalSocket

from xorviz.watching import places

_LONGEST_MS = 100
_NOBODY = {
    QLocalSocket.LocalSocketError.ConnectionRefusedError,
    QLocalSocket.LocalSocketError.ServerNotFoundError,
}


def remove_leftovers() -> None:
    """Remove the files by which windows were found that listen no more. Raises PlaceError."""
    for path in places.folder().iterdir():
        is_own = path.suffix in {".json", ".sock"} and path.stem.isdecimal()
        if is_own and not answers(places.new_place(int(path.stem)).address):
            path.unlink(missing_ok=True)


def answers(address: str) -> bool:
    """Return whether a window listens at an address."""
    socket = QLocalSocket()
    socket.connectToServer(address)
    is_answered = socket.waitForConnected(_LONGEST_MS) or socket.error() not in _NOBODY
    socket.abort()
    return is_answered
