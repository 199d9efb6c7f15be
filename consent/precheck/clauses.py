"""What each clause of the library is held against, one small function for each question."""

import re
from collections.abc import Iterable

from consent.precheck.answers import (
    after_text,
    good_text,
    money_text,
    on_first_form,
    says_afterwards,
)
from consent.precheck.permission import ancestry_forbidden, disease
from consent.precheck.verdict import (
    NOT_SAID,
    Document,
    Found,
    Rule,
    Verdict,
    count,
    parts,
    said,
    words_in,
)
from governance.vocabulary import mondo, places

_CLINIC = ("clinic", "clinical", "treat", "patient", "diagnos", "bedside")
_POWERS = ("police", "immigration", "border", "insur", "employer", "welfare", "prosecut")
_ROR = re.compile(r"ror\.org/(0[a-z0-9]{8})")
_ORCID = re.compile(r"(?:[0-9]{4}-){3}[0-9]{3}[0-9X]")
_NUMBER = re.compile(r"(?:https?://)?ror\.org/\S{9}|(?:https?://orcid\.org/)?" + _ORCID.pattern)
# A name as a file's column has it, not a description of one.
_COLUMN = re.compile(r"[a-z_][a-z0-9_.]*")


_NOBODY_NAMED = (Verdict.UNKNOWN, "Our rule names none yet, so nothing can be compared.")


def scope_disease(document: Document, rule: Rule) -> Found:
    terms, free = mondo.read(rule.hole("diseases"))
    return disease(document, [term.id for term in terms], free=bool(free))


def no_ancestry(document: Document, rule: Rule) -> Found:
    return ancestry_forbidden(document)


def no_stigma(document: Document, rule: Rule) -> Found:
    asked = [each["id"] for each in document.get("diseases") or [] if each["id"]]
    topics = rule.listed("topics")
    for topic in topics:
        term = mondo.find(topic)
        if term and any(mondo.covers([term.id], each) for each in asked):
            return Verdict.BREAKS, f"They study a kind of “{topic}”."
    text = said(document, "title", "summary", "question", "why_us", "where_published")
    text += f"\n{good_text(document)}\n{after_text(document)}\n" + str(
        (document.get("purpose") or {}).get("text", "")
    )
    text += "\n" + "\n".join(each["text"] for each in document.get("diseases") or [])
    if not text.strip():
        return NOT_SAID
    if word := words_in(text, topics):
        return Verdict.UNKNOWN, f"“{word}” stands in their text. Read there what they mean by it."
    return Verdict.PROMISE, "They do not speak of it. That it stays so is their word."


def no_clinic(document: Document, rule: Rule) -> Found:
    text = f"{after_text(document)}\n{good_text(document)}"
    return _unless_spoken_of(document, _CLINIC, text)


def no_police(document: Document, rule: Rule) -> Found:
    text = f"{money_text(document)}\n{after_text(document)}"
    return _unless_spoken_of(document, _POWERS, f"{text}\n{said(document, 'commercial_interest')}")


def named_only(document: Document, rule: Rule) -> Found:
    people = document.get("people") or []
    if not people:
        return NOT_SAID
    wanted = rule.hole("people")
    if not wanted or "named in the request" in wanted:
        named = count(len(people), "person", "people")
        return (
            Verdict.PROMISE,
            f"The agreement names {named}. That nobody else uses it is their word.",
        )
    orcids, names = set(_ORCID.findall(wanted)), _names(rule, "people")
    for person in people:
        if person["orcid"] not in orcids and person["name"].lower() not in names:
            return Verdict.BREAKS, f"{person['name']} is not one of them."
    return Verdict.PROMISE, "Only these are named. That nobody else uses it is their word."


def institutions_only(document: Document, rule: Rule) -> Found:
    institution = document.get("institution") or {}
    name, ror = institution.get("name", "").lower(), institution.get("ror", "")
    if not name and not ror:
        return NOT_SAID
    wanted = rule.hole("institutions")
    if not wanted:
        return _NOBODY_NAMED
    numbers = set(_ROR.findall(wanted))
    number = _ROR.search(ror)
    if number and number[1] in numbers:
        return Verdict.FITS, "It is one of these, by its number in the list of institutions (ROR)."
    if name in _names(rule, "institutions"):
        return Verdict.PROMISE, "It is one of these by its name. That it is so is their word."
    return Verdict.BREAKS, f"{institution.get('name', ror)} is none of these."


def places_only(document: Document, rule: Rule) -> Found:
    asked = document.get("places") or []
    if not asked:
        return NOT_SAID
    codes, free = places.read(rule.hole("places"))
    if not codes and not free:
        return _NOBODY_NAMED
    outside = [code for code in asked if code not in codes]
    abroad = [code for code in rule.server if code not in codes]
    if outside and not free:
        return Verdict.BREAKS, f"They work in {_named(outside)}; that is outside."
    if abroad and not free:
        return Verdict.BREAKS, f"Kinhold's own server stands in {_named(abroad)}; that is outside."
    if outside or abroad:
        return Verdict.UNKNOWN, f"No list here can tell where “{free[0]}” is. Ask them."
    if not rule.server:
        return Verdict.UNKNOWN, "Nobody has said where Kinhold's own server stands. Ask them."
    return Verdict.PROMISE, "They name only these places. That they stay there is their word."


def _named(codes: Iterable[str]) -> str:
    return ", ".join(places.places().get(code, code) for code in codes)


def ethics(document: Document, rule: Rule) -> Found:
    letters = document.get("approvals") or []
    if letters:
        last = max(str(letter.get("until", "")) for letter in letters)
        return (
            Verdict.PROMISE,
            f"They name an approval that holds until {last}. See the letter before you sign.",
        )
    if not document.get("ethics"):
        return NOT_SAID
    if on_first_form(document):
        return (
            Verdict.PROMISE,
            "They name an approval. See the letter and its date before you sign.",
        )
    return Verdict.UNKNOWN, "They entered no letter with a number and dates. Ask for it."


def extra_yes(document: Document, rule: Rule) -> Found:
    return Verdict.UNKNOWN, f"This is yours to do: ask {rule.hole('body') or 'them'} first."


def season(document: Document, rule: Rule) -> Found:
    return Verdict.UNKNOWN, "Look at your calendar: no program here can tell."


def each_decides(document: Document, rule: Rule) -> Found:
    if not document.get("datasets"):
        return NOT_SAID
    return Verdict.FITS, "Each community decides alone; a node takes part only after its own yes."


def same_work_only(document: Document, rule: Rule) -> Found:
    if not document.get("job"):
        return NOT_SAID
    return Verdict.FITS, "Our node runs this code with these settings and nothing else."


def frozen_code(document: Document, rule: Rule) -> Found:
    job = document.get("job")
    if not job:
        return NOT_SAID
    return Verdict.FITS, f"The code is {job['name']} {job['version']} of the open catalogue."


def left_out(document: Document, rule: Rule) -> Found:
    used = [name.lower() for name in document.get("variables") or []]
    if not used:
        return NOT_SAID
    kept = rule.listed("fields")
    if taken := [name for name in used if name in kept]:
        return Verdict.BREAKS, f"They ask for {', '.join(taken)}."
    if kept and all(_COLUMN.fullmatch(name) for name in kept):
        return Verdict.FITS, "They ask for none of these, and our node gives only what was agreed."
    return Verdict.UNKNOWN, f"See whether these are among what they use: {', '.join(used)}."


def opted_out(document: Document, rule: Rule) -> Found:
    if rule.enforcement == "node":
        return Verdict.FITS, "Our node leaves them out by itself; nothing they ask changes that."
    return Verdict.PROMISE, "Whoever runs our node leaves them out. No program here can see that."


def destroyed(document: Document, rule: Rule) -> Found:
    if not says_afterwards(document, "destruction"):
        return NOT_SAID
    return Verdict.PROMISE, "What becomes of a finished model is their word; see “afterwards”."


def stoppable(document: Document, rule: Rule) -> Found:
    if not says_afterwards(document, "withdrawal_handling"):
        return NOT_SAID
    return (
        Verdict.PROMISE,
        "Our node stops at once. What becomes of a finished model is their word.",
    )


def given_back(document: Document, rule: Rule) -> Found:
    if not document.get("benefits" if on_first_form(document) else "benefits_list"):
        return NOT_SAID
    return Verdict.PROMISE, "See under what they promise whether it is this, and by when."


def taught(document: Document, rule: Rule) -> Found:
    if not document.get("benefits" if on_first_form(document) else "capacity"):
        return NOT_SAID
    return Verdict.PROMISE, "See under what they promise whether it is this, and by when."


def later(document: Document, rule: Rule) -> Found:
    return Verdict.PROMISE, "This comes later. Until then it is a promise."


def their_word(document: Document, rule: Rule) -> Found:
    return Verdict.PROMISE, "No program can check this one. It rests on their word."


def _unless_spoken_of(document: Document, words: tuple[str, ...], text: str) -> Found:
    if not says_afterwards(document, "deployment"):
        return NOT_SAID
    if word := words_in(text, words):
        return Verdict.UNKNOWN, f"“{word}” stands in their text. Read there what they mean by it."
    return Verdict.PROMISE, "They do not speak of it. That it stays so is their word."


def _names(rule: Rule, hole: str) -> list[str]:
    """The names in a list, without the numbers (ORCID, ROR) that may stand beside them."""
    text = _NUMBER.sub(" ", rule.hole(hole))
    return [part.strip(" ()").lower() for part in parts(text)]
