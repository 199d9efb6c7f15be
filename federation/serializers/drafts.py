"""The form of a request as scripts send it. Every field may be missing until it is submitted."""

from typing import Any

from rest_framework import serializers

from consent.questions import QUESTIONS
from federation.serializers.revisions import NoteIn

_MAY_BE_EMPTY: dict[str, Any] = {"required": False, "allow_blank": True}
_BODY = "public, non-profit or company"
_MONTHS = "Months after the yes, 1 to 120."


class Closed(serializers.Serializer[Any]):
    """Refuses fields that it does not know: a misspelt one must not be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError(
                {name: ["There is no such field."] for name in unknown}
            )
        return super().to_internal_value(data)


class Purpose(Closed):
    code = serializers.CharField(
        **_MAY_BE_EMPTY, help_text="A class of investigation: DUO:0000031 to DUO:0000040."
    )
    text = serializers.CharField(**_MAY_BE_EMPTY)


class Disease(Closed):
    id = serializers.CharField(**_MAY_BE_EMPTY, help_text="A term of Mondo, such as MONDO:0005015.")
    text = serializers.CharField(**_MAY_BE_EMPTY, help_text="Its name, or your own words.")


class Person(Closed):
    name = serializers.CharField(**_MAY_BE_EMPTY)
    email = serializers.CharField(**_MAY_BE_EMPTY)
    orcid = serializers.CharField(**_MAY_BE_EMPTY)


class Body(Closed):
    name = serializers.CharField(**_MAY_BE_EMPTY)
    ror = serializers.CharField(
        **_MAY_BE_EMPTY, help_text="Like https://ror.org/04gyf1771; empty when it has none."
    )
    type = serializers.CharField(**_MAY_BE_EMPTY, help_text=_BODY)


class Payer(Closed):
    name = serializers.CharField(**_MAY_BE_EMPTY)
    type = serializers.CharField(**_MAY_BE_EMPTY, help_text=_BODY)
    conditions = serializers.CharField(
        **_MAY_BE_EMPTY, help_text="What comes with the money; `none` when nothing does."
    )


class Benefit(Closed):
    text = serializers.CharField(**_MAY_BE_EMPTY, help_text="What the communities get.")
    due_months = serializers.IntegerField(required=False, allow_null=True, help_text=_MONTHS)
    checked_by = serializers.CharField(**_MAY_BE_EMPTY, help_text="Who sees that it was done.")


class ResultsReturn(Closed):
    how = serializers.CharField(**_MAY_BE_EMPTY, help_text="How results come back first.")
    due_months = serializers.IntegerField(required=False, allow_null=True, help_text=_MONTHS)


class Contact(Closed):
    name = serializers.CharField(**_MAY_BE_EMPTY)
    email = serializers.CharField(**_MAY_BE_EMPTY)


class Noise(Closed):
    """Noise that each node adds to what leaves it. Its numbers are texts, as in what is signed."""

    epsilon = serializers.CharField(
        **_MAY_BE_EMPTY, help_text="Privacy loss of all rounds together: above 0, at most 20."
    )
    delta = serializers.CharField(
        **_MAY_BE_EMPTY, help_text="How rarely the limit may fail: above 0, at most 0.01."
    )
    unit = serializers.CharField(required=False, help_text="Whom it hides: `person`.")


class Privacy(Closed):
    dp = Noise(
        required=False,
        allow_null=True,
        help_text="Null or missing for none. Needed with fewer than 3 communities.",
    )
    secure_aggregation = serializers.BooleanField(
        required=False,
        help_text="Whether answers are mixed before anybody reads them; needs 3 communities. "
        "Missing: yes where at least 3 must take part together.",
    )


class WantedJob(Closed):
    name = serializers.CharField(**_MAY_BE_EMPTY)
    parameters = serializers.DictField(required=False, child=serializers.JSONField())


class _Fixed(Closed):
    """What is more than one text."""

    title = serializers.CharField(max_length=160)
    summary = serializers.CharField(
        **_MAY_BE_EMPTY,
        max_length=4000,
        help_text="In plain words, for stewards. At most 300 words when it is submitted.",
    )
    datasets = serializers.ListField(
        required=False, child=serializers.SlugField(), help_text="One of each community."
    )
    protocols = serializers.DictField(
        required=False,
        child=serializers.SlugField(),
        help_text="Where a community lets you choose: its short name, and the line you ask under.",
    )
    job = WantedJob(required=False)
    max_rounds = serializers.IntegerField(required=False, help_text="1 to 1000.")
    months = serializers.IntegerField(required=False, help_text="1 to 60, from the yes.")
    min_cohort = serializers.IntegerField(
        required=False, help_text="Fewest people at each node, 20 or more."
    )
    max_cohort = serializers.IntegerField(
        required=False, allow_null=True, help_text="Most people at each node; null for no limit."
    )
    min_nodes = serializers.IntegerField(
        required=False, help_text="Fewest communities that take part together, 1 to 100."
    )
    privacy = Privacy(required=False)
    purpose = Purpose(required=False)
    diseases = Disease(
        required=False, many=True, help_text="What is studied. Missing counts as unknown."
    )
    places = serializers.ListField(
        required=False,
        child=serializers.CharField(),
        help_text="Where computers and people are: ISO 3166-1 codes. Missing counts as unknown.",
    )
    people = Person(required=False, many=True)
    institution = Body(required=False)
    partners = Body(required=False, many=True, help_text="Others who work on it; may be none.")
    funding = Payer(required=False, many=True, help_text="Who pays; at least one.")
    benefits_list = Benefit(required=False, many=True, help_text="At least one, with its date.")
    results_return = ResultsReturn(required=False)
    contact = Contact(required=False, help_text="Whom to ask in the ten years that follow.")


class DraftIn(_Fixed):
    """A draft: every field may be missing until it is submitted."""

    def get_fields(self) -> dict[str, Any]:
        texts = {
            name: serializers.CharField(
                **_MAY_BE_EMPTY,
                max_length=question.most,
                help_text=f"On {question.words}. Required in the end; `none` is an answer.",
            )
            for name, question in QUESTIONS.items()
        }
        return super().get_fields() | texts


class SubmitIn(NoteIn):
    terms = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="Digest of the terms that you take on. A change needs it only for new terms.",
    )


class TermsOut(serializers.Serializer[Any]):
    digest = serializers.CharField(help_text="SHA-256, lower-case hex.")
    sentences = serializers.ListField(child=serializers.CharField())
