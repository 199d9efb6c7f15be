"""Rules about money: nobody sells, or nobody sells without an agreement (R-26). Pure."""

from consent.precheck.answers import answer, on_first_form, payers
from consent.precheck.verdict import NOT_SAID, Document, Found, Rule, Verdict, words_in

COMPANY = "company"
_COMPANY_WORDS = (
    *("ltd", "inc", "gmbh", "plc", "corp", "corporation", "company", "pharma", "industry"),
)
_NOT_TOLD = (Verdict.UNKNOWN, "They did not say who pays, or who could profit. Ask them.")


def no_commerce(document: Document, rule: Rule) -> Found:
    return _broken(document) or _not_told(document) or _in_doubt(document) or _promised(document)


def negotiated_commerce(document: Document, rule: Rule) -> Found:
    kind = (document.get("institution") or {}).get("type", "")
    interest = answer(document, "commercial_interest")
    if interest is None or not kind:
        return NOT_SAID
    if interest or kind == COMPANY or _companies(document) or answer(document, "sales"):
        return Verdict.UNKNOWN, "There is a commercial interest. Is there an agreement on it yet?"
    return Verdict.PROMISE, "They say nobody can profit. That is their word."


def _broken(document: Document) -> Found | None:
    if (document.get("institution") or {}).get("type") == COMPANY:
        return Verdict.BREAKS, "They are a company."
    for partner in document.get("partners") or []:
        if partner.get("type") == COMPANY:
            return Verdict.BREAKS, f"A company works on it with them: {partner.get('name')}."
    if answer(document, "commercial_interest"):
        return Verdict.BREAKS, "They name a commercial interest; see who they are."
    if answer(document, "sales"):
        return Verdict.BREAKS, "They write about sales; see there what they expect."
    return None


def _not_told(document: Document) -> Found | None:
    asked = () if on_first_form(document) else ("sales", "patents")
    if any(answer(document, name) is None for name in ("commercial_interest", *asked)):
        return _NOT_TOLD
    kinds = [(document.get("institution") or {}).get("type")]
    if not on_first_form(document):
        kinds += [kind for _, kind in payers(document)]
    return None if payers(document) and all(kinds) else _NOT_TOLD


def _in_doubt(document: Document) -> Found | None:
    if answer(document, "patents"):
        return Verdict.UNKNOWN, "They write about patents; read there whether one is planned."
    return None


def _promised(document: Document) -> Found:
    if companies := _companies(document):
        return (
            Verdict.PROMISE,
            f"A company is among those who pay: {companies[0]}. That nobody sells is their word.",
        )
    if word := words_in("\n".join(name for name, _ in payers(document)), _COMPANY_WORDS):
        return (
            Verdict.PROMISE,
            f"A company may be among those who pay (“{word}”). That nobody sells is their word.",
        )
    return Verdict.PROMISE, "They say nobody will sell anything made from this. That is their word."


def _companies(document: Document) -> list[str]:
    return [name for name, kind in payers(document) if kind == COMPANY]
