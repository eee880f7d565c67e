"""News of watched runs: of each run one at a time."""

from tests.support.watched import source_of, watched_record
from xorviz.engine.watching.news import News, NewsSender

A, B = source_of("a").key, source_of("b").key


class Runs:
    """Runs of which there are news, by their keys."""

    def __init__(self) -> None:
        self.known = {
            source_of(name).key: News(watched_record(steps=3, name=name), is_live=True)
            for name in "ab"
        }
        self.sent: list[str] = []

    def sender(self) -> NewsSender:
        """Return what sends their news."""
        return NewsSender(self.known.get, lambda news: self.sent.append(news.key))


def test_the_next_news_of_a_run_wait_until_the_last_were_taken() -> None:
    runs = Runs()
    sender = runs.sender()
    for key in (A, A, A, B):
        sender.note(key)
    assert runs.sent == [A, B]
    sender.took(A)
    assert runs.sent == [A, B, A]  # once, whatever has happened meanwhile
    sender.took(A)
    sender.took(B)
    assert runs.sent == [A, B, A]
    sender.note(A)
    assert runs.sent == [A, B, A, A]


def test_nothing_is_sent_of_a_run_without_news() -> None:
    runs = Runs()
    sender = runs.sender()
    sender.note(A)
    sender.note(A)
    del runs.known[A]
    sender.took(A)
    assert runs.sent == [A]
