"""A request on two sides of paper, for a meeting: what is said, and what is cut first.

Nothing in it tells of answers, of people of the community, or of private talk. Pure but for
translation. Source: DOMAIN 5.3, requirement R-21.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.grants.grant import Claims
from consent.grants.words import fingerprint_words
from consent.precheck import Check, Verdict
from governance.withdrawal import Level

Document = Mapping[str, Any]

MAX_SIDES = 2


@dataclass(frozen=True)
class Room:
    """How much of a request goes on the paper.

    Attributes:
        other, good, harm: most characters of one text: in general, of what is promised to the
            community, and of harm and broken rules.
        rows: most rows of one list. broken, soft: most rules that are broken, and that are
            promised or unknown.
    """

    other: int
    good: int
    harm: int
    rows: int
    broken: int
    soft: int

    @property
    def name(self) -> int:
        """Most characters of a name: what all else hangs on is cut last."""
        return max(self.other // 2, 30)

    @property
    def summary(self) -> int:
        """Most characters of the plain summary: it was written for these readers."""
        return 3 * self.other


# From all to least. Harm and broken rules never have less room than promises, and keep all of
# theirs until the promises have the least they can have.
ROOMS = (
    Room(4000, 2000, 4000, 20, 40, 40),
    Room(1200, 600, 4000, 12, 40, 40),
    Room(600, 300, 4000, 8, 40, 12),
    Room(350, 200, 4000, 6, 40, 8),
    Room(200, 120, 4000, 4, 40, 4),
    Room(160, 90, 4000, 3, 40, 3),
    Room(120, 60, 4000, 3, 40, 3),
    Room(120, 60, 1200, 3, 40, 3),
    Room(120, 60, 700, 3, 40, 2),
    Room(100, 60, 400, 2, 30, 1),
    Room(80, 60, 250, 2, 20, 1),
    Room(60, 60, 150, 2, 12, 1),
    Room(50, 50, 120, 2, 8, 1),
    Room(40, 40, 120, 1, 7, 0),
    Room(40, 40, 90, 1, 5, 0),
)
LARGE_ROOMS = (
    Room(300, 160, 500, 4, 8, 3),
    Room(160, 100, 500, 2, 8, 2),
    Room(100, 60, 500, 1, 8, 1),
    Room(80, 60, 300, 1, 6, 0),
    Room(60, 60, 180, 1, 4, 0),
    Room(60, 60, 110, 1, 3, 0),
    Room(50, 50, 80, 1, 2, 0),
    Room(40, 40, 60, 1, 1, 0),
    Room(30, 30, 40, 1, 1, 0),
)


@dataclass(frozen=True)
class Facts:
    """What a packet is made of; nothing of it depends on who prints.

    Attributes:
        rule: how the community decides, without the name of a steward.
        late: how many promises of the same people are late.
        url: of the page on the screen. qr: the same as an SVG element.
    """

    community: str
    dataset: str
    title: str
    document: Document
    claims: Claims
    checks: tuple[Check, ...]
    level: Level | None
    rule: str
    late: int
    text_digest: str
    url: str
    qr: str


@dataclass(frozen=True)
class Row:
    """One line of a list or of a table of questions: a head, and what stands after it."""

    head: str
    text: str


def packets_of(facts: Facts, *, large: bool) -> list[dict[str, Any]]:
    """Return what the template needs, from all that can be said to the least."""
    return [_packet(facts, room) for room in (LARGE_ROOMS if large else ROOMS)]


def cut(text: str, most: int) -> str:
    """Return a text as one line of at most about ``most`` characters, and say so if it was cut."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    words = line[:most].rpartition(" ")[0]
    return f"{words or line[:most]} {_('… (more on the screen)')}"


def _packet(facts: Facts, room: Room) -> dict[str, Any]:
    document, claims = facts.document, facts.claims
    return {
        "facts": facts,
        "words": fingerprint_words(facts.text_digest),
        "mark": facts.text_digest[:8],
        "asks": cut(document["institution"]["name"], room.name),
        "why": cut(document["purpose"]["text"], max(room.other, room.name)),
        "summary": cut(document["summary"], room.summary),
        "leaves": _some([cut(line, room.other) for line in document["job"]["leaves"]], room.rows),
        "variables": cut(", ".join(claims.variables), room.other),
        "outputs": cut(", ".join(claims.outputs), room.other),
        "who": _who(document, room),
        "good": _good(document, room),
        "harm": _rows(document, _HARM, room.harm),
        "broken": _broken(facts.checks, room),
        "soft": _soft(facts.checks, room),
        "counts": {v.value: sum(c.verdict is v for c in facts.checks) for v in Verdict},
        "after": _rows(document, _AFTER, room.other),
        "conditions": _some([cut(c, room.harm) for c in claims.conditions], -(-room.broken // 4)),
        "undo": [cut(str(text), max(room.harm, 90)) for text in _undo(facts.level)],
        "title": cut(facts.title, 2 * room.name),
    }


_HARM: dict[str, str | Promise] = {
    "harm_person": gettext_lazy("To one person"),
    "harm_family": gettext_lazy("To a family"),
    "harm_people": gettext_lazy("To us as a people"),
}
_AFTER: dict[str, str | Promise] = {
    "where_published": gettext_lazy("Published"),
    "model_licence": gettext_lazy("Use of the model"),
    "deployment": gettext_lazy("Put to use"),
    "retention": gettext_lazy("Kept"),
    "destruction": gettext_lazy("The end"),
    "after": gettext_lazy("Afterwards"),
}


def _undo(level: Level | None) -> list[str | Promise]:
    return [level.undone, level.stays] if level else []


def _rows(document: Document, heads: Mapping[str, str | Promise], most: int) -> list[Row]:
    return [
        Row(f"{head}:", cut(document[name], most))
        for name, head in heads.items()
        if document.get(name)
    ]


def _some(rows: Sequence[Any], most: int) -> list[Any]:
    """Return the first rows, and one that says how many more there are."""
    rows = list(rows)
    if len(rows) <= most:
        return rows
    more = _("… and %(n)s more, on the screen") % {"n": len(rows) - most}
    return [*rows[:most], more if isinstance(rows[0], str) else Row(more, "")]


def _who(document: Document, room: Room) -> list[Row]:
    names = [cut(person["name"], room.name) for person in document["people"]]
    people = _some(names, room.rows)
    payers = [f"{each['name']}: {each['conditions']}" for each in document.get("funding", [])]
    paid = _some([cut(payer, room.other) for payer in payers], room.rows)
    found = [
        Row(_("People:"), ", ".join(people)),
        Row(_("Who pays:"), "; ".join(paid) or cut(document.get("funders", ""), room.other)),
    ]
    heads: dict[str, str | Promise] = {
        "commercial_interest": _("Who could profit"),
        "forced_sharing": _("Must share"),
        "past_work": _("Past work"),
        "ethics": _("Ethics"),
    }
    return [*found, *_rows(document, heads, room.other)]


def _good(document: Document, room: Room) -> list[str]:
    if "benefits_list" not in document:
        return [cut(document.get("benefits", ""), room.good)]
    due = _("%(text)s (due %(n)s months after the yes; who looks: %(who)s)")
    if room.rows == 1:
        due = _("%(text)s (due %(n)s months after the yes)")
    promised = [
        due
        % {
            "text": cut(each["text"], room.good),
            "n": each["due_months"],
            "who": cut(each["checked_by"], room.good),
        }
        for each in document["benefits_list"]
    ]
    back = document["results_return"]
    results = _("Results come back to us within %(n)s months: %(how)s")
    told = results % {"n": back["due_months"], "how": cut(back["how"], room.good)}
    return [told, *_some(promised, room.rows)]


def _broken(checks: Sequence[Check], room: Room) -> list[Row]:
    found = [check for check in checks if check.verdict is Verdict.BREAKS]
    most = max(room.harm, 60)
    rows = [Row(cut(check.rule, most), cut(check.sentence, most)) for check in found]
    return _some(rows, room.broken)


def _soft(checks: Sequence[Check], room: Room) -> list[Row]:
    """Rules of which they only promise, or we do not know, that they are kept."""
    found = [c for c in checks if c.verdict in (Verdict.UNKNOWN, Verdict.PROMISE)]
    rows = [Row(cut(c.rule, room.other), cut(c.sentence, room.other)) for c in found]
    return _some(rows, room.soft) if room.soft else []
