"""What each field of a request and of an agreement is called on a page."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Text = str | Promise

# Keys as in consent/document.py. What stands in a list or in another field has its own part below.
REQUEST: dict[str, Text] = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("Plain summary"),
    "question": gettext_lazy("Their question"),
    "why_us": gettext_lazy("Why these communities"),
    "why_not_other": gettext_lazy("Why not other data"),
    "people": gettext_lazy("People"),
    "institution": gettext_lazy("Institution"),
    "partners": gettext_lazy("Partners"),
    "contact_made": gettext_lazy("Contact so far"),
    "past_work": gettext_lazy("Past work with the communities"),
    "conflicts": gettext_lazy("Conflicts of interest"),
    "funders": gettext_lazy("Who pays"),
    "funding": gettext_lazy("Who pays"),
    "forced_sharing": gettext_lazy("Sharing that somebody asks for"),
    "commercial_interest": gettext_lazy("Who could profit"),
    "patents": gettext_lazy("Patents"),
    "sales": gettext_lazy("Expected sales"),
    "ownership": gettext_lazy("Who owns what"),
    "datasets": gettext_lazy("Datasets"),
    "protocols": gettext_lazy("Protocols chosen"),
    "variables": gettext_lazy("Columns that are read"),
    "purpose": gettext_lazy("Purpose"),
    "diseases": gettext_lazy("Illnesses that they study"),
    "places": gettext_lazy("Where they work with it"),
    "months": gettext_lazy("Months"),
    "max_rounds": gettext_lazy("Most rounds"),
    "min_cohort": gettext_lazy("Fewest people at each node"),
    "max_cohort": gettext_lazy("Most people at each node"),
    "min_nodes": gettext_lazy("Fewest communities together"),
    "others_decide": gettext_lazy("Who else decides"),
    "privacy": gettext_lazy("Privacy"),
    "job": gettext_lazy("Job"),
    "code_review": gettext_lazy("Who looked at the code"),
    "attack_test": gettext_lazy("Tests against attacks"),
    "outputs": gettext_lazy("What leaves the node"),
    "where_published": gettext_lazy("Where it is published"),
    "model_licence": gettext_lazy("Licence of the model"),
    "deployment": gettext_lazy("How the model is used"),
    "retention": gettext_lazy("How long things are kept"),
    "benefits": gettext_lazy("Good for the communities"),
    "benefits_list": gettext_lazy("Good for the communities"),
    "results_return": gettext_lazy("How results come back"),
    "capacity": gettext_lazy("What people can learn"),
    "authorship": gettext_lazy("Authorship"),
    "harm_person": gettext_lazy("Harm to one person"),
    "harm_family": gettext_lazy("Harm to a family"),
    "harm_people": gettext_lazy("Harm to a people"),
    "mitigation": gettext_lazy("What is done against harm"),
    "bias": gettext_lazy("How well it works for whom"),
    "ethics": gettext_lazy("Ethics approval"),
    "approvals": gettext_lazy("Letters of ethics boards"),
    "community_board": gettext_lazy("Community boards"),
    "data_protection": gettext_lazy("Data protection"),
    "after": gettext_lazy("Afterwards"),
    "destruction": gettext_lazy("What is destroyed"),
    "withdrawal_handling": gettext_lazy("When a community stops"),
    "contact": gettext_lazy("Contact"),
    "complaints": gettext_lazy("Complaints"),
    "attachments": gettext_lazy("Files"),
}

# Keys as in consent/grants/grant.py. A node checks each, or it stands in the signed text.
GRANT: dict[str, Text] = {
    "run": gettext_lazy("Job"),
    "data": gettext_lazy("Data"),
    "purpose": gettext_lazy("Purpose"),
    "people": gettext_lazy("People"),
    "institution": gettext_lazy("Institution"),
    "communities": gettext_lazy("Communities that take part"),
    "min_nodes": gettext_lazy("Fewest communities together"),
    "not_before": gettext_lazy("Begins"),
    "not_after": gettext_lazy("Ends"),
    "min_cohort": gettext_lazy("Fewest people at each node"),
    "privacy": gettext_lazy("Privacy"),
    "outputs": gettext_lazy("What leaves the node"),
    "cooling_off_s": gettext_lazy("Seconds that the node waits first"),
    "conditions": gettext_lazy("Conditions"),
    "protocols": gettext_lazy("Protocols"),
    "charter": gettext_lazy("Charter"),
    "request": gettext_lazy("Text of the request"),
}

_PARTS: dict[str, Text] = {
    "authors": gettext_lazy("authors"),
    "board": gettext_lazy("board"),
    "checked_by": gettext_lazy("checked by"),
    "code": gettext_lazy("code"),
    "conditions": gettext_lazy("conditions"),
    "config": gettext_lazy("configuration"),
    "config_digest": gettext_lazy("fingerprint of the configuration"),
    "dataset": gettext_lazy("dataset"),
    "digest": gettext_lazy("fingerprint"),
    "delta": gettext_lazy("delta"),
    "dp": gettext_lazy("noise"),
    "due_months": gettext_lazy("months after the yes"),
    "email": gettext_lazy("e-mail"),
    "epsilon": gettext_lazy("privacy loss (epsilon)"),
    "from": gettext_lazy("from"),
    "how": gettext_lazy("how"),
    "id": gettext_lazy("number"),
    "job": gettext_lazy("name"),
    "job_version": gettext_lazy("version"),
    "keeper": gettext_lazy("kept by"),
    "kind": gettext_lazy("kind"),
    "leaves": gettext_lazy("what it sends"),
    "line": gettext_lazy("line"),
    "max_rounds": gettext_lazy("most rounds"),
    "name": gettext_lazy("name"),
    "number": gettext_lazy("number"),
    "orcid": gettext_lazy("ORCID"),
    "parameters": gettext_lazy("settings"),
    "revision": gettext_lazy("revision"),
    "ror": gettext_lazy("ROR"),
    "secure_aggregation": gettext_lazy("mixed with others"),
    "size": gettext_lazy("bytes"),
    "text": gettext_lazy("text"),
    "title": gettext_lazy("title"),
    "type": gettext_lazy("kind"),
    "unit": gettext_lazy("counted for each"),
    "until": gettext_lazy("until"),
    "variables": gettext_lazy("columns that are read"),
    "version": gettext_lazy("version"),
}


def label_of(names: dict[str, Text], path: tuple[str, ...]) -> str:
    """Return what a field is called: its own name, then that of each part inside it.

    A field that has no name here is called as in the document, so that no change goes unsaid.
    """
    first, *inner = path
    said = [str(names.get(first, _spoken(first)))]
    return ", ".join([*said, *(str(_PARTS.get(part, _spoken(part))) for part in inner)])


def in_words(value: object) -> str:
    """Write one value of a document as a person reads it; "" where there is none."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        parts = ((key, in_words(part)) for key, part in value.items())
        return "; ".join(f"{_PARTS.get(key, _spoken(key))}: {part}" for key, part in parts if part)
    if isinstance(value, list):
        return ", ".join(filter(None, map(in_words, value)))
    return str(value)


def _spoken(name: str) -> str:
    return name.replace("_", " ")
