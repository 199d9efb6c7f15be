"""Promises and publications, as a researcher's script reads and sends them."""

from datetime import date
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from consent.actions.publications import MAX_LINE, MAX_SUMMARY
from consent.models import Obligation, Publication
from consent.promises import Standing
from consent.queries.obligations import naming_of, standing_of
from consent.queries.publications import what_locks
from consent.reports import FORMS, MAX_ANSWER, answers_in
from consent.rules import ObligationKind, PublicationAnswer, PublicationKind


class PromiseOut(serializers.ModelSerializer[Obligation]):
    """One promise. ``questions`` are what a report of it answers."""

    id = serializers.UUIDField(source="public_id")
    community = serializers.CharField(source="community.slug")
    name = serializers.CharField(source="community.name")
    kind = serializers.ChoiceField(choices=[k.value for k in ObligationKind])
    standing = serializers.SerializerMethodField(
        help_text=f"One of: {', '.join(s.value for s in Standing)}."
    )
    questions = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField(help_text="What you reported last.")

    class Meta:
        model = Obligation
        fields = (
            "id",
            "community",
            "name",
            "kind",
            "text",
            "due_on",
            "source",
            "standing",
            "questions",
            "answers",
            "reported_at",
            "sent_back_because",
            "done_at",
            "let_off_at",
            "let_off_because",
        )

    def get_standing(self, row: Obligation) -> str:
        return standing_of(row, _today()).value

    def get_questions(self, row: Obligation) -> list[dict[str, Any]]:
        return [
            {"name": asked.name, "label": str(asked.label), "required": asked.required}
            for asked in FORMS[ObligationKind(row.kind)]
        ]

    def get_answers(self, row: Obligation) -> dict[str, str]:
        return answers_in(row.report)


class ReportIn(serializers.Serializer[Any]):
    answers = serializers.DictField(
        child=serializers.CharField(max_length=MAX_ANSWER, allow_blank=True),
        help_text="By the names of the promise's questions. As a form: `answers.text=…`.",
    )
    evidence = serializers.FileField(
        required=False, help_text="A file that shows it; only as multipart/form-data."
    )


class NamingOut(serializers.Serializer[Any]):
    """How the community is to be named: if not ``named``, not at all."""

    named = serializers.BooleanField()
    wording = serializers.CharField()


class PublicationOut(serializers.ModelSerializer[Publication]):
    id = serializers.UUIDField(source="public_id")
    community = serializers.CharField(source="grant.community.slug")
    kind = serializers.ChoiceField(choices=[k.value for k in PublicationKind])
    follows = serializers.UUIDField(source="follows.public_id", allow_null=True, default=None)
    answer = serializers.ChoiceField(
        choices=[a.value for a in PublicationAnswer],
        allow_blank=True,
        help_text="Empty until a steward answers; time never fills it in.",
    )
    naming = serializers.SerializerMethodField()
    locks = serializers.SerializerMethodField(
        help_text="Why it may not be marked as published yet; empty when it may."
    )

    class Meta:
        model = Publication
        fields = (
            "id",
            "community",
            "kind",
            "title",
            "where",
            "plain_summary",
            "follows",
            "submitted_at",
            "answer_due_on",
            "answer",
            "answer_text",
            "answered_at",
            "naming",
            "locks",
            "published_at",
            "link",
        )

    def get_naming(self, row: Publication) -> dict[str, Any]:
        wish = naming_of(row.grant)
        if row.answer == PublicationAnswer.WITHHOLD_NAME.value:
            return {"named": False, "wording": ""}
        return dict(NamingOut(wish).data)

    def get_locks(self, row: Publication) -> list[str]:
        return what_locks(row, today=_today())


class PublicationIn(serializers.Serializer[Any]):
    community = serializers.SlugField(help_text="Its short name. One that said yes to the request.")
    kind = serializers.ChoiceField(choices=[k.value for k in PublicationKind])
    title = serializers.CharField(max_length=MAX_LINE)
    where = serializers.CharField(max_length=MAX_LINE, help_text="Journal, meeting or site.")
    plain_summary = serializers.CharField(max_length=MAX_SUMMARY)
    follows = serializers.UUIDField(
        required=False, help_text="The version before, which the community did not agree to."
    )
    file = serializers.FileField(
        required=False, help_text="The text itself; only as multipart/form-data."
    )


class PublishedIn(serializers.Serializer[Any]):
    published_at = serializers.DateField()
    link = serializers.URLField(required=False, allow_blank=True, max_length=300)


def _today() -> date:
    return timezone.localdate()
