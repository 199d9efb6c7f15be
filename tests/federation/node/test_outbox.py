"""A receipt reaches the platform exactly once, whatever breaks in between."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable

import pytest

from federation.node.books.receipts import count_unsent
from federation.node.books.state import State
from federation.node.decision import sync
from federation.node.home import Home
from federation.node.platform import Platform
from tests.federation.node.conftest import Made
from tests.federation.node.filled import RUNS, receipt

_FORK = multiprocessing.get_context("fork")


def _send_all(home: Home, link: Callable[[], Platform]) -> None:
    state = State(home.state)
    platform = link()
    while sync.send_receipts(state, platform):
        continue
    os._exit(0)


def _sender(made: Made) -> "multiprocessing.process.BaseProcess":
    sender = _FORK.Process(target=_send_all, args=(made.home, made.link))
    sender.start()
    return sender


def _there(made: Made) -> list[int]:
    return [document["sequence"] for document in made.platform.receipts["river"]]


@pytest.mark.parametrize("breaks", [1, 2])
def test_a_receipt_whose_answer_was_lost_is_sent_again(made: Made, breaks: int) -> None:
    for run in RUNS[:3]:
        receipt(made, run)
    made.platform.breaks_off = breaks
    link = made.link()

    while count_unsent(made.state):
        sync.send_receipts(made.state, link)

    assert _there(made) == [1, 2, 3]
    assert made.platform.conflicts == 0
    assert len(made.platform.requests) == 3 + breaks


def test_two_senders_at_once_deliver_each_receipt_once(made: Made) -> None:
    for number in range(20):
        receipt(made, RUNS[number % 10])

    senders = [_sender(made), _sender(made)]
    for sender in senders:
        sender.join(timeout=60)

    assert [sender.exitcode for sender in senders] == [0, 0]
    assert sorted(_there(made)) == list(range(1, 21))
    assert (made.platform.conflicts, count_unsent(made.state)) == (0, 0)
    assert all("another receipt" not in text for _, text in made.state.events())


def test_a_sender_that_is_killed_leaves_the_rest_to_the_next(made: Made) -> None:
    for number in range(30):
        receipt(made, RUNS[number % 10])
    sender = _sender(made)
    give_up = time.monotonic() + 60
    while not _there(made) and time.monotonic() < give_up:
        time.sleep(0.001)
    os.kill(sender.pid or 0, signal.SIGKILL)
    sender.join(timeout=60)

    while count_unsent(made.state):
        sync.send_receipts(made.state, made.link())

    assert sorted(_there(made)) == list(range(1, 31))
    assert made.platform.conflicts == 0
