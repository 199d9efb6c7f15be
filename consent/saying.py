"""One text that somebody wrote, checked as the fields of a request are. Pure."""

from consent.errors import Incomplete
from consent.reading import Reader


def said(name: str, text: str, most: int, *, optional: bool = False, line: bool = False) -> str:
    """Return the text without spaces around it.

    Args:
        name: of the field, for the error. most: characters. line: one line only.
    Raises:
        Incomplete: it is empty, too long, or holds characters that cannot be seen.
    """
    problems: dict[str, str] = {}
    value = Reader({name: text}, problems).text(name, most, optional=optional, line=line)
    if problems:
        raise Incomplete(problems)
    return value
