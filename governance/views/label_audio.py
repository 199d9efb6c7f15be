"""The recording of a label's text, sent to who may hear it and to nobody else."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.models import Dataset, User
from governance.queries import datasets_listed
from governance.queries.labels import texts_visible_to
from governance.rules import Verb, platform_may
from governance.views.sound import send_sound
from governance.views.visitor import user_of


@never_cache
@require_safe
def label_audio(request: HttpRequest, label_id: object, text_id: int) -> HttpResponseBase:
    """Send the file, or the one piece of it that a player asks for."""
    user = user_of(request)
    texts = texts_visible_to(user, datasets_listed() if _asks(user) else Dataset.objects.none())
    text = get_object_or_404(texts, pk=text_id, label__public_id=label_id)
    return send_sound(request, text.audio, text.audio_type, name=f"label-{text.pk}")


def _asks(user: User) -> bool:
    return platform_may(user.platform_role, Verb.ASK)
