"""Which of the people named in a request is its applicant, and who still has to answer. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Person = Mapping[str, Any]


class Account(Protocol):
    """What of an account counts here."""

    @property
    def email(self) -> str: ...
    @property
    def orcid(self) -> str: ...
    @property
    def name(self) -> str: ...


def others_named(people: Sequence[Person], applicant: Account) -> list[Person]:
    """Return the people but the applicant herself: known by e-mail, else ORCID, else full name.

    A team may give the address of its institute for her and not the one she signs in with; hence
    the name. At most one person is left out.
    """
    own = next((p for p in people if _plain(p["email"]) == _plain(applicant.email)), None)
    if own is None and applicant.orcid:
        own = next((p for p in people if p["orcid"] == applicant.orcid), None)
    if own is None:
        own = next((p for p in people if _plain(p["name"]) == _plain(applicant.name)), None)
    return [person for person in people if person is not own]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
