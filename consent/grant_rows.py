"""A grant row by row: every bound item in words, none left out.

Each row names the fields of ``Claims`` that it tells; a test fails when a field has no row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consent.grants.grant import Claims, duration_words
from consent.hiding_words import mixing_in_words, noise_in_words
from consent.purposes import PURPOSES

Text = str | Promise


@dataclass(frozen=True)
class Line:
    """One line of a row: words, and perhaps a page, or a digest to compare."""

    text: str
    url: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Row:
    title: Text
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Around:
    """What the signed text names by code, and a page tells in words.

    Attributes:
        parameters: the job's settings as the request states them, by name.
        variables: label of each variable, by name. communities: name of each, by slug.
        protocols: title and page, by digest.
        request_url, charter_url: pages; "" where the reader may not go.
    """

    job_title: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    dataset_title: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    communities: Mapping[str, str] = field(default_factory=dict)
    protocols: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    request_url: str = ""
    charter_url: str = ""


Tell = Callable[[Claims, Around], list[Line]]


def rows_of(claims: Claims, around: Around) -> list[Row]:
    """Return the whole grant, one row for each thing that it binds."""
    found = ((title, tell(claims, around)) for title, _fields, tell in ROWS)
    return [Row(title, tuple(lines)) for title, lines in found]


def _code(claims: Claims, around: Around) -> list[Line]:
    name = f"{claims.job} {claims.job_version}"
    shown = f"{around.job_title} ({name})" if around.job_title else name
    return [Line(shown), Line(_("Fingerprint of the code:"), digest=claims.code)]


def _configuration(claims: Claims, around: Around) -> list[Line]:
    settings = [Line(f"{name}: {_value(value)}") for name, value in around.parameters.items()]
    told = settings or [Line(_("As the request states it."))]
    return [*told, Line(_("Fingerprint of all settings:"), digest=claims.config)]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _data(claims: Claims, around: Around) -> list[Line]:
    title = around.dataset_title
    shown = f"{title} ({claims.dataset})" if title else claims.dataset
    return [
        Line(shown),
        Line(_("Kept by %(name)s.") % {"name": _community(claims.keeper, around)}),
    ]


def _variables(claims: Claims, around: Around) -> list[Line]:
    return [
        Line(f"{name}: {label}" if (label := around.variables.get(name)) else name)
        for name in claims.variables
    ]


def _purpose(claims: Claims, around: Around) -> list[Line]:
    name = PURPOSES.get(claims.purpose_code, "")
    return [Line(claims.purpose_text), Line(f"{name} ({claims.purpose_code})".strip())]


def _people(claims: Claims, around: Around) -> list[Line]:
    return [
        Line(", ".join(filter(None, (person.name, person.email, person.orcid))))
        for person in claims.people
    ]


def _institution(claims: Claims, around: Around) -> list[Line]:
    return [Line(claims.institution_name, url=claims.institution_ror)]


def _granted_by(claims: Claims, around: Around) -> list[Line]:
    lines = [Line(_community(claims.community, around))]
    if claims.under is not None:
        lines.append(Line(_("One steward decided, under a delegation.")))
    return lines


def _together(claims: Claims, around: Around) -> list[Line]:
    fewest = ngettext(
        "At least %(n)s community must take part.",
        "At least %(n)s communities must take part.",
        claims.min_nodes,
    )
    names = ", ".join(_community(slug, around) for slug in claims.communities)
    return [Line(names), Line(fewest % {"n": claims.min_nodes})]


def _rounds(claims: Claims, around: Around) -> list[Line]:
    most = ngettext("At most %(n)s round.", "At most %(n)s rounds.", claims.max_rounds)
    return [Line(most % {"n": claims.max_rounds})]


def _time(claims: Claims, around: Around) -> list[Line]:
    told = {"begin": _moment(claims.not_before), "end": _moment(claims.not_after)}
    return [Line(_("From %(begin)s until %(end)s.") % told)]


def _moment(at: Any) -> str:
    """A time as the node reads it: always UTC, so that page and node cannot differ."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _cooling_off(claims: Claims, around: Around) -> list[Line]:
    if not claims.cooling_off_s:
        return [Line(_("None: the node may begin at once."))]
    words = duration_words(claims.cooling_off_s)
    return [Line(_("The node waits %(time)s after it first sees this.") % {"time": words})]


def _cohort(claims: Claims, around: Around) -> list[Line]:
    return [Line(_("At least %(n)s people must be in the data.") % {"n": claims.min_cohort})]


def _privacy(claims: Claims, around: Around) -> list[Line]:
    mixed = mixing_in_words(claims.secure_aggregation, together=claims.min_nodes)
    return [Line(noise_in_words(claims.dp)), Line(mixed)]


def _outputs(claims: Claims, around: Around) -> list[Line]:
    return [Line(output) for output in claims.outputs]


def _protocols(claims: Claims, around: Around) -> list[Line]:
    lines = []
    for ref in claims.protocols:
        title, url = around.protocols.get(ref.digest, (ref.line, ""))
        told = {"title": title, "n": ref.number}
        lines.append(Line(_("%(title)s, version %(n)s") % told, url, ref.digest))
    return lines


def _request(claims: Claims, around: Around) -> list[Line]:
    told = _("Revision %(n)s of the request") % {"n": claims.request_revision}
    return [
        Line(told, url=around.request_url, digest=claims.request_digest),
        Line(_("Number of the request: %(id)s") % {"id": claims.request_id}),
    ]


def _conditions(claims: Claims, around: Around) -> list[Line]:
    return [Line(text) for text in claims.conditions] or [Line(_("None beyond the protocol."))]


def _charter(claims: Claims, around: Around) -> list[Line]:
    told = _("Charter %(n)s") % {"n": claims.charter_number}
    return [Line(told, url=around.charter_url, digest=claims.charter_digest)]


def _itself(claims: Claims, around: Around) -> list[Line]:
    return [
        Line(_("Number of this grant: %(id)s") % {"id": claims.id}),
        Line(_("Fingerprint of its text:"), digest=claims.digest),
    ]


def _community(slug: str, around: Around) -> str:
    return around.communities.get(slug, slug)


ROWS: tuple[tuple[Text, str, Tell], ...] = (
    (gettext_lazy("Who allows it"), "community under", _granted_by),
    (gettext_lazy("Code"), "job job_version code", _code),
    (gettext_lazy("Settings"), "config", _configuration),
    (gettext_lazy("Data"), "dataset keeper", _data),
    (gettext_lazy("Variables that are read"), "variables", _variables),
    (gettext_lazy("Purpose"), "purpose_code purpose_text", _purpose),
    (gettext_lazy("People who asked"), "people", _people),
    (gettext_lazy("Institution"), "institution_name institution_ror", _institution),
    (gettext_lazy("Together with"), "communities min_nodes", _together),
    (gettext_lazy("Rounds"), "max_rounds", _rounds),
    (gettext_lazy("Time"), "not_before not_after", _time),
    (gettext_lazy("Cooling off"), "cooling_off_s", _cooling_off),
    (gettext_lazy("Smallest group"), "min_cohort", _cohort),
    (gettext_lazy("Privacy"), "dp secure_aggregation", _privacy),
    (gettext_lazy("What leaves the node"), "outputs", _outputs),
    (gettext_lazy("Conditions"), "conditions", _conditions),
    (gettext_lazy("Protocols it follows"), "protocols", _protocols),
    (gettext_lazy("Request"), "request_id request_revision request_digest", _request),
    (gettext_lazy("Charter that decided"), "charter_number charter_digest", _charter),
    (gettext_lazy("This grant"), "id digest", _itself),
)
"""Title, the fields of ``Claims`` that the row tells, and how."""
