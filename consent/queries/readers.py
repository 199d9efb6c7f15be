"""Who will read a message, said before it is sent."""

import hashlib
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consent.document import read_back
from consent.models import Review
from consent.queries.deliberation import people_who_deliberate
from consent.queries.talk import researchers_of
from governance.models import User


@dataclass(frozen=True)
class Readers:
    """``sentence`` names who reads it, as far as the writer may know the names.

    ``mark`` goes with the form; it is another one as soon as others would read it.
    """

    sentence: str
    mark: str


def readers_of_talk(review: Review, researchers: list[User] | None = None) -> Readers:
    """Who reads what is said between the community and the researchers.

    Args:
        researchers: of the request, where the caller has read them already.
    """
    if researchers is None:
        researchers = researchers_of(review.revision.request)
    institution = read_back(review.revision.text)["institution"]["name"]
    told = {
        "researchers": _names([person.name for person in researchers]),
        "institution": institution,
        "community": review.community.name,
    }
    sentence = _("%(researchers)s of %(institution)s, and the people of %(community)s.") % told
    return Readers(sentence, _mark("talk", review, researchers))


def readers_among_themselves(review: Review) -> Readers:
    """Who reads what the community says in private."""
    people = people_who_deliberate(review)
    told = {
        "community": review.community.name,
        "names": _names([person.shown_name for person in people]),
    }
    sentence = _("Only stewards and convenors of %(community)s: %(names)s.") % told
    return Readers(sentence, _mark("private", review, [person.user for person in people]))


def _names(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(some)s and %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}


def _mark(kind: str, review: Review, people: list[User]) -> str:
    ids = ",".join(str(person.pk) for person in sorted(people, key=lambda person: person.pk))
    seen = f"{kind}|{review.revision.request_id}|{review.community_id}|{ids}"
    return hashlib.sha256(seen.encode()).hexdigest()[:32]
