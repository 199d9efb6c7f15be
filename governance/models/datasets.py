from django.db import models


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
    listed = models.BooleanField(default=False, help_text="Shown to signed-in researchers.")
    registered_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def variable_names(self) -> list[str]:
        return [variable["name"] for variable in self.variables]
