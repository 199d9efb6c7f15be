from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.navigation import desk_of
from governance.queries import communities_of


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Tell a visitor what this is, and somebody signed in what waits for her."""
    if not request.user.is_authenticated:
        return render(request, "governance/welcome.html")
    context = {
        "waiting": desk_of(request.user),
        "communities": communities_of(request.user).order_by("name"),
    }
    return render(request, "governance/home.html", context)
