from django.conf import settings
from django.db import models


class Collaborator(models.Model):
    """A person named in a request, and whether she took on its terms herself.

    The link in her mail is kept as a digest only. ``user`` is set once she came in by it.
    """

    request = models.ForeignKey(
        "consent.TrainingRequest", on_delete=models.PROTECT, related_name="collaborators"
    )
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    orcid = models.CharField(max_length=19, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    token_digest = models.CharField(max_length=64, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_digest = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the terms as she read them."
    )
    declined_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="collaborator_once",
                fields=["request", "email"],
                condition=models.Q(removed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="collaborator_accepted_something",
                condition=models.Q(accepted_at__isnull=True) | ~models.Q(accepted_digest=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} on request {self.request_id}"
