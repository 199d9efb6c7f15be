"""From the bytes of a file to the content of a draft: everything is expected, nothing is guessed.

A rule that is lost in silence is worse than a file that is refused, so whatever is unknown, left
over or does not fit is refused with its place. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent.grants.codec import parse_json
from consent.grants.errors import Malformed
from governance.clauses import compose, library
from governance.exchange.errors import BadFile
from governance.protocol_content import Content, Unfinished, parts, tidy

MAX_BYTES = 262_144  # the largest protocol of 38 clauses with full lists is a tenth of it
MAX_TITLE = 120

# What a protocol's text holds beside its clauses, and of which type.
SHAPE: dict[str, type] = {
    "line": str,
    "title": str,
    "settings": dict,
    "use": str,
    "ancestry": str,
    "law": dict,
}


@dataclass(frozen=True)
class Imported:
    """What a file holds.

    Attributes:
        reworded: codes of clauses whose text in the file is not how this platform writes them.
    """

    title: str
    content: Content
    reworded: tuple[str, ...]


def object_in(data: bytes) -> dict[str, Any]:
    """Return the one object that a file holds.

    Raises:
        BadFile: too large, not UTF-8, not JSON, a name twice, or nested without end.
    """
    if len(data) > MAX_BYTES:
        raise BadFile("", f"The file is larger than {MAX_BYTES // 1024} kilobytes.")
    try:
        return parse_json(data, limit=MAX_BYTES)
    except Malformed as refusal:
        raise BadFile("", f"This is no file of a protocol. {refusal}") from refusal


def expect(value: object, kind: type, place: str) -> Any:
    """Return the value, if it is of that type. True and false are no numbers here."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BadFile(place, f"There must be {_KINDS[kind]} here.")
    return value


def only(value: Mapping[str, Any], names: Mapping[str, Any] | set[str], place: str) -> None:
    """Refuse a name that is not expected, and one that is missing."""
    for name in value:
        if name not in names:
            raise BadFile(_at(place, name), "This is not known here, so nothing was taken in.")
    for name in names:
        if name not in value:
            raise BadFile(_at(place, name), "This is missing.")


def imported(document: Mapping[str, Any], *, place: str = "") -> Imported:
    """Return what a protocol's text says, as content for a draft.

    Args:
        document: ``SHAPE``, and ``clauses`` as in a protocol's text; other names were refused.
        place: the path of the document inside its file.
    Raises:
        BadFile: something is unknown or does not fit.
    """
    for name, kind in SHAPE.items():
        expect(document[name], kind, _at(place, name))
    title = " ".join(document["title"].split())
    if not 1 <= len(title) <= MAX_TITLE:
        raise BadFile(_at(place, "title"), f"A title has 1 to {MAX_TITLE} characters.")
    rows = expect(document["clauses"], list, _at(place, "clauses"))
    held, texts = _clauses(rows, document["settings"], _at(place, "clauses"))
    raw = {name: document[name] for name in ("settings", "use", "ancestry", "law")}
    content = _content({**raw, "clauses": held}, place)
    reworded = [
        code
        for code, text in texts.items()
        if compose(code, held[code], content["settings"])["text"] != text
    ]
    return Imported(title, content, tuple(reworded))


def _clauses(
    rows: list[Any], settings: Mapping[str, Any], place: str
) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Return what fills the holes of each clause, and each clause's text in the file."""
    held: dict[str, dict[str, str]] = {}
    texts: dict[str, str] = {}
    for index, row in enumerate(rows):
        here = f"{place}[{index}]"
        expect(row, dict, here)
        only(row, {"code", "text", "enforcement", "params"}, here)
        code = expect(row["code"], str, f"{here}.code")
        if code not in library():
            raise BadFile(f"{here}.code", f"There is no clause {code[:40]} in the library.")
        if code in held:
            raise BadFile(f"{here}.code", f"The clause {code} stands here twice.")
        expect(row["enforcement"], str, f"{here}.enforcement")
        texts[code] = expect(row["text"], str, f"{here}.text")
        held[code] = _params(code, row["params"], settings, f"{here}.params")
    return held, texts


def _params(code: str, params: object, settings: Mapping[str, Any], place: str) -> dict[str, str]:
    given = expect(params, dict, place)
    only(given, {param.name for param in library()[code].params}, place)
    filled: dict[str, str] = {}
    for param in library()[code].params:
        value = expect(given[param.name], str, f"{place}.{param.name}")
        if not param.setting:
            filled[param.name] = value
        elif value != str(settings.get(param.setting)):
            raise BadFile(f"{place}.{param.name}", f"The setting {param.setting} says otherwise.")
    return filled


def _content(raw: Mapping[str, Any], place: str) -> Content:
    """Return the content, if nothing falls away when it is brought into shape."""
    only(raw["law"], {"governing", "disputes"}, _at(place, "law"))
    content = tidy(raw)
    only(raw["settings"], content["settings"], _at(place, "settings"))
    for name, value in raw["settings"].items():
        if type(value) is not type(content["settings"][name]) or (
            value != content["settings"][name]
        ):
            raise BadFile(_at(place, f"settings.{name}"), "This is not a value that it can have.")
    for name, value in (("use", content["use"]), ("ancestry", content["ancestry"])):
        if raw[name] != value:
            raise BadFile(_at(place, name), "This is not one of the offered answers.")
    for name, text in content["law"].items():
        if raw["law"][name] != text:
            raise BadFile(_at(place, f"law.{name}"), "There must be one line of text here.")
    if missing := sorted(set(content["clauses"]) - set(raw["clauses"])):
        raise BadFile(_at(place, "clauses"), f"The clause {missing[0]} can never be left out.")
    _whole(content, place)
    return content


def _whole(content: Content, place: str) -> None:
    """Refuse what no steward could put to the others as it is; only the law may be open."""
    try:
        made = parts(content)
    except Unfinished as refusal:
        for name, sentence in refusal.problems.items():
            if name not in ("governing", "disputes"):
                raise BadFile(_place_of(name, place), sentence) from refusal
    else:
        if {row["code"] for row in made["clauses"]} != set(content["clauses"]):
            raise BadFile(_at(place, "clauses"), "With a no to ancestry, NO_ANCESTRY stands here.")


def _place_of(name: str, place: str) -> str:
    code, _dash, hole = name.partition("-")
    if code in library():
        return _at(place, f"clauses.{code}.params.{hole}")
    return _at(place, name)


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


_KINDS: dict[type, str] = {
    str: "text",
    dict: "an object",
    list: "a list",
    int: "a whole number",
}
