"""Answers of a worker process, computed in this one. Its end is tested in test_pool.py."""

import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.support import lab
from xorviz.lab.workers.pool import answer_to, pickled


def answer(call: Callable[[], Any]) -> tuple[bool, Any]:
    is_done, result = pickle.loads(answer_to(pickled(call)))
    return is_done, result


def test_a_call_is_answered_with_its_result() -> None:
    assert answer(partial(lab.square, 3)) == (True, 9)


def test_an_error_is_answered_with_its_traceback() -> None:
    is_done, error = answer(lab.go_wrong)
    assert not is_done
    assert isinstance(error, ValueError)
    assert "in go_wrong" in error.__notes__[0]


def test_an_unreadable_request_is_answered_with_an_error() -> None:
    is_done, error = pickle.loads(answer_to(b"rubbish"))
    assert not is_done
    assert isinstance(error, pickle.UnpicklingError)


@pytest.mark.parametrize(
    ("call", "says"),
    [(lab.something_unsendable, "lock"), (lab.go_wrong_stubbornly, "a stubborn error")],
)
def test_a_result_that_cannot_be_pickled_is_answered_with_an_error(
    call: Callable[[], Any], says: str
) -> None:
    is_done, error = answer(call)
    assert not is_done
    assert says in "".join([str(error), *getattr(error, "__notes__", [])])
