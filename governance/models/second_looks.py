"""What one steward proposes and another one confirms before it happens."""

import uuid
from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q

from governance.rules import SecondLookKind, SecondLookOutcome

_OF_A_ROLE = [SecondLookKind.ROLE_END.value, SecondLookKind.TERM.value]
_DECIDED = [SecondLookOutcome.CONFIRMED.value, SecondLookOutcome.DROPPED.value]


class SecondLook(models.Model):
    """One proposal of one steward. Nothing changes before a second steward confirmed it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="second_looks"
    )
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in SecondLookKind])
    charter = models.ForeignKey(
        "governance.Charter",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="In force when it was proposed; under a later one the proposal counts no more.",
    )
    membership = models.ForeignKey(
        "governance.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="second_looks",
        help_text="Whose role is to end, or whose term is to be shorter.",
    )
    holder = models.ForeignKey(
        "governance.DatasetHolder",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="second_looks",
        help_text="The say over a dataset that is to be given up.",
    )
    until = models.DateTimeField(null=True, blank=True, help_text="The proposed end of the term.")
    reason = models.CharField(max_length=400)
    proposed_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(
        max_length=20, blank=True, choices=[(o.value, o.value) for o in SecondLookOutcome]
    )
    settled_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="second_look_is_about_one_thing",
                condition=Q(kind__in=_OF_A_ROLE, membership__isnull=False, holder__isnull=True)
                | Q(kind=SecondLookKind.LEAVE, membership__isnull=True, holder__isnull=False),
            ),
            models.CheckConstraint(
                name="second_look_of_a_term_has_its_end",
                condition=Q(kind=SecondLookKind.TERM, until__isnull=False)
                | ~Q(kind=SecondLookKind.TERM) & Q(until__isnull=True),
            ),
            models.CheckConstraint(name="second_look_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="second_look_settled_once",
                condition=Q(outcome="", settled_at__isnull=True, settled_by__isnull=True)
                | Q(
                    outcome=SecondLookOutcome.FELL,
                    settled_at__isnull=False,
                    settled_by__isnull=True,
                )
                | Q(outcome__in=_DECIDED, settled_at__isnull=False, settled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="second_look_confirmed_by_another",
                condition=~Q(outcome=SecondLookOutcome.CONFIRMED)
                | ~Q(settled_by=F("proposed_by"))
                & (Q(membership__isnull=True) | ~Q(settled_by=F("membership"))),
            ),
            models.CheckConstraint(
                name="second_look_not_about_its_proposer",
                condition=Q(membership__isnull=True) | ~Q(proposed_by=F("membership")),
            ),
            models.UniqueConstraint(
                name="second_look_one_open_for_a_role",
                fields=["membership"],
                condition=Q(outcome=""),
            ),
            models.UniqueConstraint(
                name="second_look_one_open_for_a_holder",
                fields=["holder"],
                condition=Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} proposed by {self.proposed_by}"

    @property
    def last_day(self) -> date | None:
        """The last day of the proposed term: ``until`` is the moment after it."""
        return (self.until - timedelta(microseconds=1)).date() if self.until else None
