"""Asks the operator at a terminal, and says at once when an answer cannot be used."""

import sys
from collections.abc import Callable
from typing import TextIO

from federation.node.errors import NodeError


def at_terminal() -> bool:
    """Say whether somebody is there to answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def read_line(prompt: str, out: TextIO) -> str:
    """Ask once and give what was typed, without the spaces around it.

    Raises:
        NodeError: there is no more to be read.
    """
    out.write(prompt)
    out.flush()
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError:
        return "\0"  # nothing that any question takes
    if not line:
        out.write("\n")
        raise NodeError("The questions were not answered to the end.")
    return line.strip()


def ask(
    question: str, *, about: str, default: str, wrong: Callable[[str], str], out: TextIO
) -> str:
    """Ask until the answer can be used.

    Args:
        about: a sentence that helps to answer.
        default: what an empty answer means; "" where there is nothing sensible to take.
        wrong: says what is wrong with an answer; "" when nothing is.
    Raises:
        NodeError: there is no more to be read.
    """
    out.write(f"\n{about}\n")
    while True:
        answer = read_line(f"{question} [{default}]: " if default else f"{question}: ", out)
        answer = answer or default
        problem = wrong(answer)
        if not problem:
            return answer
        out.write(f"That cannot be used: {problem}.\n")
