"""Clauses in the community's own words: what stands beside them, what is missing, what waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from governance.clauses import Clause, library
from governance.labels import fitting
from governance.models import ClauseVoice, Community, User
from governance.queries.communities import communities_where, roles_in
from governance.rules import Verb, community_may

# Every version by clause and language, newest first.
Found = dict[tuple[str, str], list[ClauseVoice]]


@dataclass(frozen=True)
class Spoken:
    """What stands beside one clause: the wording for this reader, and those in other languages.

    ``slug`` is the community's short name.
    """

    slug: str
    first: ClauseVoice
    others: tuple[ClauseVoice, ...]


@dataclass(frozen=True)
class Words:
    """One clause in one language.

    Attributes:
        shown: the newest version that is confirmed; None if there is none.
        waiting: the newest version, when a person made it and nobody confirmed it.
        machine: the newest version by a machine, when there is nothing else.
        rest: every other version that the reader may read, newest first.
    """

    language: str
    shown: ClauseVoice | None = None
    waiting: ClauseVoice | None = None
    machine: ClauseVoice | None = None
    rest: tuple[ClauseVoice, ...] = ()

    @property
    def missing(self) -> bool:
        """Whether no person has said it yet. What only a machine said is missing."""
        return not (self.shown or self.waiting)

    @property
    def texts(self) -> list[str]:
        return [each.text for each in (self.shown, self.waiting, self.machine) if each]


@dataclass(frozen=True)
class ClauseWords:
    """One clause of the library in each of the community's languages."""

    clause: Clause
    languages: tuple[Words, ...]

    @property
    def text(self) -> str:
        """The clause as it is signed, with dots for what each protocol fills in."""
        return self.clause.filled({param.name: "…" for param in self.clause.params})

    def only(self, language: str) -> "ClauseWords":
        kept = tuple(words for words in self.languages if words.language == language)
        return replace(self, languages=kept)


@dataclass(frozen=True)
class Progress:
    """How many clauses of the library are confirmed in a language, and how many wait."""

    language: str
    confirmed: int
    waiting: int
    of: int


def keeps_words(user: User, community: Community) -> bool:
    """Whether this person writes the community's own words, and sees those not confirmed."""
    return community_may(roles_in(user, community), Verb.NAME_BODIES)


def voices_seen(community: Community, *, keeper: bool) -> QuerySet[ClauseVoice]:
    """Wordings of one community that its members may read and hear.

    Args:
        keeper: whether she keeps the community's words; all others see only what is confirmed and
            was not removed.
    """
    rows = ClauseVoice.objects.filter(community=community)
    if not keeper:
        rows = rows.filter(confirmed_at__isnull=False, removed_at__isnull=True)
    people = ("community", "written_by", "confirmed_by", "removed_by")
    return rows.select_related(*people).order_by("clause", "language", "-version")


def of_one(community: Community, clause: str, language: str) -> QuerySet[ClauseVoice]:
    """Every version of a clause in a language, removed ones too, newest first."""
    rows = ClauseVoice.objects.filter(community=community, clause=clause, language=language)
    return rows.order_by("-version")


def spoken_in(community: Community, languages: Sequence[str]) -> dict[str, Spoken]:
    """Return what stands beside the clauses on pages, by the code of the clause. One query.

    The newest confirmed wording of each language; nothing that is unconfirmed, made by a machine
    or removed, whoever reads.

    Args:
        languages: the reader's, best first, as BCP 47 tags.
    """
    rows = ClauseVoice.objects.filter(
        community=community, machine=False, confirmed_at__isnull=False, removed_at__isnull=True
    )
    newest = rows.order_by("clause", "language", "-version").distinct("clause", "language")
    found = {}
    for code, group in groupby(newest, key=lambda voice: voice.clause):
        voices = list(group)
        first = fitting([(voice.language, voice) for voice in voices], languages)
        others = tuple(voice for voice in voices if voice is not first)
        found[code] = Spoken(community.slug, first, others)
    return found


def words_of(community: Community, *, keeper: bool) -> list[ClauseWords]:
    """Return every clause of the library in every language that the community uses. One query."""
    found = _found(community, keeper=keeper)
    languages = _used(found)
    return [_clause_words(clause, languages, found) for clause in library().values()]


def words_on(community: Community, clause: Clause, *, keeper: bool) -> ClauseWords:
    """Return one clause with all its versions. One query.

    Also in a language in which everything was removed: its keepers can still read why.
    """
    found = _found(community, keeper=keeper)
    here = {language for code, language in found if code == clause.code}
    return _clause_words(clause, sorted({*_used(found), *here}), found)


def _found(community: Community, *, keeper: bool) -> Found:
    found: Found = {}
    for voice in voices_seen(community, keeper=keeper):
        found.setdefault((voice.clause, voice.language), []).append(voice)
    return found


def _used(found: Found) -> list[str]:
    """The languages in which something is written that nobody removed."""
    return sorted(
        {
            language
            for (_clause, language), voices in found.items()
            if any(not voice.removed_at for voice in voices)
        }
    )


def _clause_words(clause: Clause, languages: Sequence[str], found: Found) -> ClauseWords:
    words = (_words(each, found.get((clause.code, each), [])) for each in languages)
    return ClauseWords(clause, tuple(words))


def _words(language: str, voices: Sequence[ClauseVoice]) -> Words:
    """Sort the versions of one clause in one language, which come newest first."""
    in_use = [voice for voice in voices if not voice.removed_at]
    shown = next((voice for voice in in_use if voice.confirmed_at), None)
    person = next((voice for voice in in_use if not voice.machine), None)
    waiting = person if person is not None and not person.confirmed_at else None
    machine = in_use[0] if in_use and person is None else None
    told = [voice for voice in (shown, waiting, machine) if voice is not None]
    rest = tuple(voice for voice in voices if voice not in told)
    return Words(language, shown, waiting, machine, rest)


def progress_in(rows: Iterable[ClauseWords]) -> list[Progress]:
    """Count, for each language, what is confirmed and what waits for a second person."""
    by_language: dict[str, list[Words]] = {}
    for row in rows:
        for words in row.languages:
            by_language.setdefault(words.language, []).append(words)
    return [
        Progress(
            language,
            confirmed=sum(words.shown is not None for words in cells),
            waiting=sum(words.waiting is not None for words in cells),
            of=len(cells),
        )
        for language, cells in by_language.items()
    ]


def voices_waiting(user: User) -> list[dict[str, Any]]:
    """Return, for each of her communities, how many wordings wait for this steward's eyes.

    Only the newest a person wrote in each language counts, and none that she wrote herself.

    Returns:
        ``slug``, ``name`` and ``waiting`` of each community with any.
    """
    newer = ClauseVoice.objects.filter(
        community=OuterRef("community"),
        clause=OuterRef("clause"),
        language=OuterRef("language"),
        version__gt=OuterRef("version"),
        machine=False,
        removed_at__isnull=True,
    )
    rows = ClauseVoice.objects.filter(
        ~Exists(newer),
        community__in=communities_where(user, Verb.DECIDE),
        clause__in=list(library()),
        machine=False,
        confirmed_at__isnull=True,
        removed_at__isnull=True,
    ).exclude(written_by__user_id=user.pk)
    counted = rows.order_by().values("community__slug", "community__name")
    return [
        {"slug": row["community__slug"], "name": row["community__name"], "waiting": row["waiting"]}
        for row in counted.annotate(waiting=Count("pk")).order_by("community__name")
    ]
