from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, also when it is empty; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None
