"""Somebody at a terminal, whose answers are known before."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


class Typed(io.StringIO):
    """Standard input of a terminal: each answer is a line; after the last there is no more."""

    def __init__(self, *answers: str) -> None:
        super().__init__("".join(f"{answer}\n" for answer in answers))

    def isatty(self) -> bool:
        return True


@contextmanager
def typed(*answers: str) -> Iterator[Typed]:
    with patch("sys.stdin", Typed(*answers)) as stdin:
        yield stdin
