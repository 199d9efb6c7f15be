from django.conf import settings
from django.db import models


class Community(models.Model):
    """A people or group that holds data and decides together about its use."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    about = models.TextField(blank=True)
    contact = models.CharField(
        max_length=300, blank=True, help_text="How people reach the community, in its words."
    )
    tells_decisions = models.BooleanField(
        default=False,
        help_text="Other communities asked about the same request learn what it decided.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "communities"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Body(models.Model):
    """A body of the community, in its own words: board, elders, a women's group."""

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="bodies")
    slug = models.SlugField(max_length=40, help_text="As charters spell it; never changes.")
    name = models.CharField(max_length=80)
    about = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "bodies"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="body_slug_once", fields=["community", "slug"])]

    def __str__(self) -> str:
        return self.name


class QuietTime(models.Model):
    """A time of mourning, ceremony or harvest: no reminders leave, and timers wait."""

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="quiet_times")
    starts = models.DateField()
    ends = models.DateField(help_text="The last quiet day.")
    reason = models.CharField(max_length=200, blank=True, help_text="Only if people want to say.")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts"]
        constraints = [
            models.CheckConstraint(
                name="quiet_time_ends_after_start",
                condition=models.Q(ends__gte=models.F("starts")),
            )
        ]

    def __str__(self) -> str:
        return f"quiet from {self.starts} to {self.ends} in {self.community}"
