"""Whether a request names somebody whom a community does not want to hear from. Pure."""

from collections.abc import Mapping
from typing import Any, Protocol

from consent.rules import BlockKind


class Blocked(Protocol):
    """What of a ``consent.models.Block`` counts here."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def orcid(self) -> str: ...
    @property
    def ror(self) -> str: ...


def names_blocked(block: Blocked, document: Mapping[str, Any]) -> bool:
    """Say whether the block fits somebody whom the document names.

    People are known by e-mail or ORCID, never by name alone: two people share names. Institutions
    are known by their ROR or their name, whatever part they have: asking, partner or funder.
    """
    if block.kind == BlockKind.PERSON:
        return any(_same_person(block, person) for person in document.get("people") or [])
    return any(_same_institution(block, body) for body in _institutions(document))


def _same_person(block: Blocked, person: Mapping[str, Any]) -> bool:
    return _same(block.email, person.get("email")) or _same(block.orcid, person.get("orcid"))


def _same_institution(block: Blocked, body: Mapping[str, Any]) -> bool:
    return _same(block.ror, body.get("ror")) or _same(block.name, body.get("name"))


def _same(mine: str, theirs: object) -> bool:
    return bool(_plain(mine)) and _plain(mine) == _plain(theirs)


def _plain(text: object) -> str:
    return " ".join(text.casefold().split()) if isinstance(text, str) else ""


def _institutions(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    asking = document.get("institution")
    found = [asking] if isinstance(asking, Mapping) else []
    return [*found, *(document.get("partners") or []), *(document.get("funding") or [])]
