"""The roles in a community, as people read them."""

from django.utils.translation import gettext_lazy

ROLES = {
    "steward": gettext_lazy("steward"),
    "convenor": gettext_lazy("convenor"),
    "custodian": gettext_lazy("custodian"),
    "observer": gettext_lazy("observer"),
}
