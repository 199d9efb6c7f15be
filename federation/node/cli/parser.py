"""Reads the words of a command line; wrong ones end with one sentence and status 2."""

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn, Protocol

from federation.node.home import Home

Command = Callable[[Home, argparse.Namespace], int]

WRONG_USE = 2


class Parser(argparse.ArgumentParser):
    """As argparse's own, but what is wrong is told in one sentence."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"kinhold-node: {message}. What can be said: {self.prog} --help\n")
        sys.exit(WRONG_USE)


class Add(Protocol):
    """Adds one command and gives its parser, to which flags can be added."""

    def __call__(self, name: str, command: Command, text: str) -> Parser: ...
