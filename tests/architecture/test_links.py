"""No log holds a link that opens something by itself."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import get_resolver
from gunicorn.config import Config
from gunicorn.glogging import Logger

from config.links import SECRET_AFTER, without_links
from config.weblog import WebLog

SECRET = "Uk3_o27tCvd9-myCdpr03GtRE0FE97sfCzV1uvyoY2s"


@pytest.mark.parametrize("word", SECRET_AFTER)
def test_the_secret_of_a_link_is_taken_out(word: str) -> None:
    for text in (
        f"/{word}/{SECRET}/",
        f"https://here.example/{word}/{SECRET}",
        f"GET /{word}/{SECRET}?x HTTP/1.1",
    ):
        hidden = without_links(f"Bad Request: {text}")
        assert SECRET not in hidden
        assert f"/{word}/(secret)" in hidden


@pytest.mark.parametrize("text", ["/reviews/5c0c/advice/", "/reviews/5c0c/advice/ask/", "Join us."])
def test_what_is_no_secret_stays(text: str) -> None:
    assert without_links(text) == text


def test_every_address_that_takes_a_secret_is_known() -> None:
    """An address with a ``token`` or ``key`` must be one of those that are hidden."""
    found = set()

    def walk(patterns: Any, before: str) -> None:
        for entry in patterns:
            whole = before + str(entry.pattern)
            if hasattr(entry, "url_patterns"):
                walk(entry.url_patterns, whole)
            elif re.search(r"<(str:)?(token|key)>", whole):
                found.add(whole)

    walk(get_resolver().url_patterns, "/")
    assert found
    for address in found:
        assert any(f"/{word}/" in address.replace("^", "") for word in SECRET_AFTER), address


def test_gunicorns_log_shows_no_secret() -> None:
    request = SimpleNamespace(
        method="GET",
        uri=f"/advice/{SECRET}/",
        path=f"/advice/{SECRET}/",
        query="",
        version=(1, 1),
        headers=[("REFERER", f"https://here.example/join/{SECRET}/")],
    )
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[])
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": f"/advice/{SECRET}/",
        "PATH_INFO": f"/advice/{SECRET}/",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://here.example/join/{SECRET}/",
    }
    took = SimpleNamespace(seconds=1, microseconds=1)

    made = WebLog(Config()).atoms(answer, request, environ, took)
    plain = Logger(Config()).atoms(answer, request, environ, took)

    assert SECRET in str(plain), "gunicorn itself would write it"
    assert SECRET not in str(made)
    assert made["s"] == plain["s"]
