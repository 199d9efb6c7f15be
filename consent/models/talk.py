"""What is said about a request: to the researchers, among the community, and by advisers."""

import uuid

from django.conf import settings
from django.db import models

from consent.rules import Audience, MessageKind


class Message(models.Model):
    """One message in a review. Never changed. Private ones are kept sealed, never as plain text."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey("consent.Review", on_delete=models.PROTECT, related_name="messages")
    audience = models.CharField(max_length=12, choices=[(a.value, a.value) for a in Audience])
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in MessageKind])
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(
        "governance.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Of the community; empty when a researcher wrote it.",
    )
    text = models.TextField(blank=True, help_text="Only of messages to and from researchers.")
    sealed = models.BinaryField(null=True, help_text="Only of private ones.")
    answers = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="answered_by"
    )
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="message_private_is_sealed",
                condition=models.Q(audience="community", text="", sealed__isnull=False)
                | models.Q(audience="applicant", sealed__isnull=True) & ~models.Q(text=""),
            ),
            models.CheckConstraint(
                name="message_private_is_the_communitys",
                condition=models.Q(audience="applicant") | models.Q(membership__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in review {self.review_id}"


class Advice(models.Model):
    """Advice that a community asks of somebody outside. She reads the request by a link.

    What she writes is for the community alone, and is kept sealed.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey("consent.Review", on_delete=models.PROTECT, related_name="advice")
    adviser_name = models.CharField(max_length=120)
    adviser_email = models.EmailField(max_length=254)
    question = models.TextField(max_length=2000)
    asked_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    token_digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    interests = models.CharField(
        max_length=400, blank=True, help_text="What ties her to the researchers; asked of her."
    )
    sealed = models.BinaryField(null=True)
    given_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="advice_given_is_sealed",
                condition=models.Q(given_at__isnull=True, sealed__isnull=True)
                | models.Q(given_at__isnull=False, sealed__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"advice of {self.adviser_name} on review {self.review_id}"
