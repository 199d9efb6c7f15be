"""What a protocol that is being written holds, and what of it goes into the signed text. Pure.

``ProtocolDraft.content`` has this shape; whoever imports a file hands it over in the same one::

    {
      "clauses":  {"PUB_REVIEW": {"days": "30"}, "NO_COMM": {}},   # code -> hole -> what was typed;
                                                                   # lists: one entry on each line
      "settings": {"min_cohort": 100, "max_rounds": 20, "max_months": 12,
                   "cooling_off_s": 604800, "min_nodes": 3, "code_policy": "preinstalled"},
      "use":      "DUO:0000006",       # a permission of the Data Use Ontology, or ""
      "ancestry": "no",                # "no", "ask", "yes"; "" while nobody has answered
      "law":      {"governing": "...", "disputes": "..."}          # both empty at first
    }

The statement has the same five, with ``clauses`` as the list that ``clauses.compose`` makes.
"""

from collections.abc import Collection, Mapping
from typing import Any, TypedDict

from governance.clauses import OpenHole, compose, library
from governance.rules import CODE_POLICIES, PROTOCOL_NUMBERS

GRU, NRES, HMB, DS, POA = "DUO:0000042", "DUO:0000004", "DUO:0000006", "DUO:0000007", "DUO:0000011"
USES = ("", HMB, DS, GRU, POA, NRES)
# Both let ancestry research in without saying so, which is how the Havasupai's blood was used.
BROAD = frozenset({GRU, NRES})
ANCESTRY = ("no", "ask", "yes")
MAX_LAW = 400  # characters
DAY = 86_400  # seconds

# Sensible for a small community. Source: DOMAIN 6.2; each of them may be changed.
DEFAULT_SETTINGS: dict[str, int | str] = {
    "min_cohort": 100,
    "max_rounds": 20,
    "max_months": 12,
    "cooling_off_s": 7 * DAY,
    "min_nodes": 3,
    "code_policy": CODE_POLICIES[0],
}

SAY_ANCESTRY = (
    "This use lets ancestry research in. Say whether you allow research on ancestry: yes, no, or "
    "only after you were asked."
)


class Law(TypedDict):
    governing: str
    disputes: str


class Content(TypedDict):
    clauses: dict[str, dict[str, str]]
    settings: dict[str, int | str]
    use: str
    ancestry: str
    law: Law


class Unfinished(ValueError):
    """Something is missing or does not fit together: a sentence for each field of the form."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(problems.values())))
        self.problems = dict(problems)


def blank(also: Collection[str] = ()) -> Content:
    """Return what a new protocol begins with: what is recommended, and no law.

    Args:
        also: codes of further clauses to tick.
    """
    codes = [c.code for c in library().values() if c.on or c.locked or c.code in also]
    return {
        "clauses": {code: _defaults(code) for code in codes},
        "settings": dict(DEFAULT_SETTINGS),
        "use": "",
        "ancestry": "",
        "law": {"governing": "", "disputes": ""},
    }


def content_of(document: Mapping[str, Any]) -> Content:
    """Return the content that a statement was made from, to write the next one."""
    clauses: dict[str, dict[str, str]] = {}
    for held in document["clauses"]:
        if clause := library().get(held["code"]):
            params = held.get("params", {})
            clauses[clause.code] = {
                param.name: str(params.get(param.name, "")) for param in clause.asked
            }
    return tidy({**document, "clauses": clauses})


def tidy(raw: Mapping[str, Any]) -> Content:
    """Return content of the right shape out of something that may not be: what is odd falls away.

    Nothing is decided by it: what is missing is asked for before the text is put to the stewards.
    """
    content = blank()
    settings = _mapping(raw.get("settings"))
    for name in content["settings"]:
        if _setting_fits(name, settings.get(name)):
            content["settings"][name] = settings[name]
    clauses = _mapping(raw.get("clauses"))
    content["clauses"] = {
        clause.code: _holes(clause.code, _mapping(clauses.get(clause.code)))
        for clause in library().values()
        if clause.code in clauses or clause.locked
    }
    use, ancestry, law = raw.get("use"), raw.get("ancestry"), _mapping(raw.get("law"))
    content["use"] = use if use in USES else ""
    content["ancestry"] = ancestry if ancestry in ANCESTRY else ""
    content["law"] = {"governing": _line(law, "governing"), "disputes": _line(law, "disputes")}
    return content


def parts(content: Content) -> dict[str, Any]:
    """Return the five parts of the statement.

    Raises:
        Unfinished: with one sentence for each thing that is missing or does not fit.
    """
    problems: dict[str, str] = {}
    settings = _settings(content, problems)
    ancestry = settled_ancestry(content, problems)
    _use_fits(content, problems)
    law = {
        "governing": _law(content, "governing", "Say which law governs this protocol.", problems),
        "disputes": _law(content, "disputes", "Say where disputes are settled.", problems),
    }
    clauses = [] if "settings" in problems else _clauses(content, ancestry, settings, problems)
    if problems:
        raise Unfinished(problems)
    return {
        "clauses": clauses,
        "settings": settings,
        "use": content["use"],
        "ancestry": ancestry,
        "law": law,
    }


def preview(content: Content) -> dict[str, Any]:
    """Return the parts as they would be now; open holes are dots, open questions stay open."""
    settings = DEFAULT_SETTINGS | content["settings"]
    ancestry = settled_ancestry(content, {})
    return {
        "clauses": [
            compose(code, content["clauses"].get(code, {}), settings, lenient=True)
            for code in _codes(content, ancestry)
        ],
        "settings": settings,
        "use": content["use"],
        "ancestry": ancestry,
        "law": dict(content["law"]),
    }


def settled_ancestry(content: Content, problems: dict[str, str]) -> str:
    """Return the answer on ancestry research; for a narrow use the ticked clause is an answer.

    A use that lets ancestry in by its own words needs an answer in so many words (R-09).
    """
    answer, ruled_out = content["ancestry"], "NO_ANCESTRY" in content["clauses"]
    if content["use"] == POA and answer != "yes":
        problems["ancestry"] = "A use for ancestry research only needs a yes to ancestry research."
    elif not answer and content["use"] in BROAD:
        problems["ancestry"] = SAY_ANCESTRY
    elif not answer and not ruled_out:
        problems["ancestry"] = "Say whether you allow research on ancestry."
    elif answer in ("ask", "yes") and ruled_out:
        problems["ancestry"] = (
            "You ticked that no ancestry studies may be done. Untick it, or answer no here."
        )
    return answer or ("no" if ruled_out else "")


# --- the parts one by one


def _codes(content: Content, ancestry: str) -> list[str]:
    """Return the codes in the library's order, with those that nobody can leave out."""
    return [
        clause.code
        for clause in library().values()
        if clause.code in content["clauses"]
        or clause.locked
        or (clause.code == "NO_ANCESTRY" and ancestry == "no")
    ]


def _clauses(
    content: Content, ancestry: str, settings: Mapping[str, int | str], problems: dict[str, str]
) -> list[dict[str, Any]]:
    if unknown := sorted(content["clauses"].keys() - library().keys()):
        problems["clauses"] = f"There is no clause {unknown[0]} in the library."
    made = []
    for code in _codes(content, ancestry):
        try:
            made.append(compose(code, content["clauses"].get(code, {}), settings))
        except OpenHole as refusal:
            problems[f"{refusal.code}-{refusal.param}"] = str(refusal)
    return made


def _settings(content: Content, problems: dict[str, str]) -> dict[str, int | str]:
    wanted = content["settings"]
    if wanted.keys() != PROTOCOL_NUMBERS.keys() | {"code_policy"}:
        problems["settings"] = "A protocol needs every one of its settings, and no others."
    for name in PROTOCOL_NUMBERS:
        if name in wanted and not _setting_fits(name, wanted[name]):
            least, most = PROTOCOL_NUMBERS[name]
            problems["settings"] = (
                f"The setting {name} must be a whole number from {least} to {most}."
            )
    if "settings" not in problems and wanted["code_policy"] not in CODE_POLICIES:
        problems["settings"] = f"The setting code_policy must be one of {', '.join(CODE_POLICIES)}."
    return dict(wanted)


def _setting_fits(name: str, value: object) -> bool:
    if name == "code_policy":
        return value in CODE_POLICIES
    least, most = PROTOCOL_NUMBERS[name]
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _use_fits(content: Content, problems: dict[str, str]) -> None:
    use, ticked = content["use"], content["clauses"]
    if use not in USES:
        problems["use"] = "Please choose one of the offered uses."
    elif use == DS and "SCOPE_DISEASE" not in ticked:
        problems["use"] = "This use needs the clause that names the illnesses. Tick it too."
    elif use not in ("", DS) and "SCOPE_DISEASE" in ticked:
        problems["use"] = "You named illnesses. Then the use must be research on those illnesses."


def _law(content: Content, name: str, sentence: str, problems: dict[str, str]) -> str:
    text = _line(content["law"], name)
    if not text:
        problems[name] = sentence
    elif len(text) > MAX_LAW:
        problems[name] = f"At most {MAX_LAW} characters, please; this has {len(text)}."
    return text


def _defaults(code: str) -> dict[str, str]:
    return {p.name: "" if p.may_be_empty else p.default for p in library()[code].asked}


def _holes(code: str, given: Mapping[str, Any]) -> dict[str, str]:
    return {
        param.name: given[param.name] if isinstance(given.get(param.name), str) else ""
        for param in library()[code].asked
    }


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _line(held: Mapping[str, Any], name: str) -> str:
    value = held.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""
