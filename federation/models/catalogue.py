from django.db import models


class JobVersion(models.Model):
    """One vetted job at one version: its bundle (FAB) and what it may send out."""

    name = models.SlugField(max_length=60)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    description = models.TextField()
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the FAB.")
    bundle = models.BinaryField(help_text="The FAB, byte for byte.")
    manifest = models.JSONField(help_text="Parameters, outputs and limits, for people and forms.")
    published_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "-published_at"]
        constraints = [models.UniqueConstraint(name="job_version_once", fields=["name", "version"])]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
