"""The recording of a label's text, sent to who may hear it and to nobody else."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.models import Dataset, LabelText, User
from governance.queries import datasets_listed
from governance.queries.labels import texts_visible_to
from governance.rules import Verb, platform_may
from governance.uploads import part_of
from governance.views.visitor import user_of


@never_cache
@require_safe
def label_audio(request: HttpRequest, label_id: object, text_id: int) -> HttpResponseBase:
    """Send the file, or the one piece of it that a player asks for."""
    user = user_of(request)
    texts = texts_visible_to(user, datasets_listed() if _asks(user) else Dataset.objects.none())
    text = get_object_or_404(texts, pk=text_id, label__public_id=label_id)
    try:
        file = text.audio.open("rb")
    except (ValueError, FileNotFoundError):  # there is no recording; it was lost with a disk
        raise Http404 from None
    size = text.audio.size
    headers = {
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
    }
    if (part := part_of(file, size, request.headers.get("Range", ""))) is not None:
        file.close()
        content, first, last = part
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        return HttpResponse(content, text.audio_type, 206, headers=headers)
    return FileResponse(file, content_type=text.audio_type, filename=_name(text), headers=headers)


def _name(text: LabelText) -> str:
    """Return the name under which a browser saves the file: nothing of the stored one."""
    return f"label-{text.pk}.{text.audio_type.rpartition('/')[2]}"


def _asks(user: User) -> bool:
    return platform_may(user.platform_role, Verb.ASK)
