from django.db import models


class CommunityKey(models.Model):
    """The key under which a community's private talk is kept, itself wrapped by the platform's.

    Destroying the row destroys everything that was sealed with it.
    """

    community = models.OneToOneField(
        "governance.Community", on_delete=models.PROTECT, related_name="sealing_key"
    )
    wrapped = models.BinaryField(help_text="AES-256-GCM under KINHOLD_SEALING_KEY.")
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"key of community {self.community_id}"
