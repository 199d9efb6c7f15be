from django.conf import settings
from django.db import models

from governance.rules import Combine


class Dataset(models.Model):
    """The description of data that stays at a community's node. No row of it is ever here."""

    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="datasets"
    )
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField()
    variables = models.JSONField(help_text="[{name, type, unit, label}], in the file's order.")
    size_band = models.CharField(max_length=20, help_text="People, as a band: 100-199.")
    provenance = models.JSONField(
        default=dict, help_text="Where the data comes from: peoples, territory, consent and so on."
    )
    combine = models.CharField(
        max_length=3,
        choices=[(c.value, c.value) for c in Combine],
        default=Combine.ALL.value,
        help_text="How the keeper's own protocols on it go together.",
    )
    node = models.SlugField(
        max_length=60, blank=True, help_text="Name of the keeper's node that described it."
    )
    described_at = models.DateTimeField(
        null=True, blank=True, help_text="When the node last described it."
    )
    signed_description = models.JSONField(
        default=dict, help_text="{text, signature}: what the node sent last, exactly."
    )
    edited = models.JSONField(
        default=list, help_text="What people wrote here; a node's description leaves it."
    )
    listed = models.BooleanField(default=False, help_text="Shown to signed-in researchers.")
    registered_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="dataset_combine_known",
                condition=models.Q(combine__in=[c.value for c in Combine]),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def variable_names(self) -> list[str]:
        return [variable["name"] for variable in self.variables]


class DatasetHolder(models.Model):
    """A further community that has a say over a dataset. Its own yes is needed for every use."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="holders")
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="held_datasets"
    )
    combine = models.CharField(
        max_length=3,
        choices=[(c.value, c.value) for c in Combine],
        default=Combine.ALL.value,
        help_text="How this holder's own protocols on it go together.",
    )
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["community__name"]
        constraints = [
            models.UniqueConstraint(
                name="dataset_holder_once",
                fields=["dataset", "community"],
                condition=models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="dataset_holder_combine_known",
                condition=models.Q(combine__in=[c.value for c in Combine]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community} holds {self.dataset} too"


class DatasetProtocol(models.Model):
    """One of a community's protocols, by its line, under which a dataset is published."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="protocol_lines")
    community = models.ForeignKey(
        "governance.Community",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The keeper or a further holder; each sets its own.",
    )
    line = models.SlugField(max_length=40)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(
                name="dataset_protocol_once",
                fields=["dataset", "community", "line"],
                condition=models.Q(removed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.dataset} under {self.line} of {self.community}"
