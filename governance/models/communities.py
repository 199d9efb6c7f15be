from django.db import models


class Community(models.Model):
    """A people or group that holds data and decides together about its use."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    about = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "communities"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
