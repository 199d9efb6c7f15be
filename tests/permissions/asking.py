"""One person asks one address: what comes back, and whether anything was written meanwhile."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from tests.permissions.table import NO_SUCH_PAGE

READS = ("GET", "HEAD")
# What is kept about a visit itself, not about what the platform holds.
_OF_THE_VISIT = frozenset({"django_session"})
_WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+"?(\w+)', re.IGNORECASE)
_EMPTY_FORM = {"data": "sent=yes", "content_type": "application/x-www-form-urlencoded"}
_EMPTY_JSON = {"data": "{}", "content_type": "application/json"}
_SENT_ON = {
    "/accounts/login/": "login",
    "/accounts/reauthenticate/": "prove",
    "/accounts/2fa/reauthenticate/": "prove",
    "/accounts/2fa/webauthn/reauthenticate/": "prove",
}


@dataclass
class Visitor:
    """A browser that is signed in as one person, or as nobody."""

    client: Client
    cookies: str = ""

    def __post_init__(self) -> None:
        self.cookies = self.client.cookies.output(header="", sep=";")

    def ask(self, method: str, path: str, **sent: Any) -> Any:
        """Ask as if for the first time: what an earlier answer left in the browser is gone."""
        self.client.cookies = SimpleCookie(self.cookies)
        return self.client.generic(method, path, **sent)


@dataclass
class Asked:
    answer: Any  # the test client's response, with its context
    outcome: str
    written: set[str] = field(default_factory=set)
    mails: int = 0


def ask(visitor: Visitor, method: str, path: str) -> Asked:
    """Send a form without its fields, and take back whatever that did."""
    cache.clear()  # how often somebody asks is counted; that is tested elsewhere
    mails = len(mail.outbox)
    kind, body = (
        ("json", "{}") if path.startswith("/api/") else ("x-www-form-urlencoded", "sent=yes")
    )
    sent = {} if method in READS else {"data": body, "content_type": f"application/{kind}"}
    with _taken_back(), _watched() as written:
        answer = visitor.ask(method, path, **sent)
    asked = Asked(answer, outcome_of(answer), written, len(mail.outbox) - mails)
    del mail.outbox[mails:]
    return asked


def outcome_of(answer: HttpResponse) -> str:
    """Name an answer as the table does."""
    if answer.status_code == 404:
        return NO_SUCH_PAGE
    if answer.status_code in (302, 303):
        return _SENT_ON.get(urlsplit(answer["Location"]).path, str(answer.status_code))
    return str(answer.status_code)


def went_through(method: str, outcome: str) -> bool:
    """Whether something may have been written: only by what is no look and was not refused."""
    return method not in READS and outcome[0] in "23"


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _watched() -> Iterator[set[str]]:
    """Collect the tables into which anything is written."""
    written: set[str] = set()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if (found := _WRITE.match(sql)) and found[1] not in _OF_THE_VISIT:
            written.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield written
